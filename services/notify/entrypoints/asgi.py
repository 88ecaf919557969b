"""The application object for gunicorn."""

from __future__ import annotations

import os
from functools import partial

import connexion

from chassis.auth import TokenVerifier
from chassis.connexion_app import make_app
from chassis.database import check_database
from chassis.logs import configure_logging
from services.notify.bootstrap import SERVICE, Container, build_container
from services.notify.entrypoints.api.problems import PROBLEMS
from services.notify.settings import NotifySettings


def create_app(container: Container, *, verifier: TokenVerifier | None = None) -> connexion.FlaskApp:
    """Return the application over what the composition root built."""
    return make_app(
        service=SERVICE,
        spec="notify.yaml",
        settings=container.settings,
        container=container,
        problems=PROBLEMS,
        readiness={"database": partial(check_database, container.engine)},
        verifier=verifier,
    )


def __getattr__(name: str) -> connexion.FlaskApp:
    # Built when gunicorn asks for it, so that importing this module needs no environment.
    if name != "app":
        raise AttributeError(name)
    settings = NotifySettings.from_environment(os.environ)
    configure_logging(SERVICE, settings.log_level)
    return create_app(build_container(settings))
