"""The application object for gunicorn."""

from __future__ import annotations

import os
from functools import partial

import connexion

from chassis.auth import TokenVerifier
from chassis.connexion_app import make_app
from chassis.database import check_database
from chassis.logs import configure_logging
from services.identity.bootstrap import Container, build_container
from services.identity.entrypoints.api.problems import PROBLEMS
from services.identity.entrypoints.authorization_server import add_authorization_server
from services.identity.settings import IdentitySettings


def create_app(container: Container) -> connexion.FlaskApp:
    """Return the application over what the composition root built; it checks its own tokens with its own keys."""
    settings = container.settings
    app = make_app(
        service="identity",
        spec="identity.yaml",
        settings=settings,
        container=container,
        problems=PROBLEMS,
        readiness={"database": partial(check_database, container.engine)},
        verifier=TokenVerifier(issuer=settings.issuer, audience=settings.audience, fetch=container.keys.public_set),
    )
    add_authorization_server(app.app, container)
    return app


def __getattr__(name: str) -> connexion.FlaskApp:
    # Built when gunicorn asks for it, so that importing this module needs no environment.
    if name != "app":
        raise AttributeError(name)
    settings = IdentitySettings.from_environment(os.environ)
    configure_logging("identity", settings.log_level)
    container = build_container(settings)
    container.keys.ensure()
    return create_app(container)
