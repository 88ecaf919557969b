"""The application object for gunicorn."""

from __future__ import annotations

import os
from functools import partial
from typing import Any

import connexion
from connexion.middleware import MiddlewarePosition

from chassis.auth import TokenVerifier
from chassis.connexion_app import make_app
from chassis.database import check_database
from chassis.logs import configure_logging
from services.directory.bootstrap import SERVICE, Directory, build
from services.directory.domain.errors import ContentDoesNotFit
from services.directory.entrypoints.api.problems import PROBLEMS, answer_misfit
from services.directory.entrypoints.api.public_access import PreflightMiddleware, PublicAccessMiddleware
from services.directory.entrypoints.api.slow_readers import SlowReaderMiddleware
from services.directory.settings import DirectorySettings


def create_app(
    settings: DirectorySettings, directory: Directory, *, verifier: TokenVerifier | None = None
) -> connexion.FlaskApp:
    """Return the application over what the composition root built."""
    app = make_app(
        service=SERVICE,
        spec="directory.yaml",
        settings=settings,
        container=directory,
        problems=PROBLEMS,
        readiness={"database": partial(check_database, directory.engine)},
        verifier=verifier,
        file_uploads={"/imports": settings.import_max_bytes},
        outermost=partial(_around, settings),
        at_once=settings.requests_at_once,
    )
    app.add_error_handler(ContentDoesNotFit, answer_misfit)
    app.add_middleware(PreflightMiddleware, position=MiddlewarePosition.BEFORE_EXCEPTION)
    return app


def _around(settings: DirectorySettings, app: Any) -> SlowReaderMiddleware:
    """Put around the edge what every answer passes last: what is compressed goes out no faster than it is read."""
    return SlowReaderMiddleware(
        PublicAccessMiddleware(app),
        bytes_per_second=settings.reader_bytes_per_second,
        patience_seconds=settings.reader_patience_seconds,
    )


def __getattr__(name: str) -> connexion.FlaskApp:
    # Built when gunicorn asks for it, so that importing this module needs no environment.
    if name != "app":
        raise AttributeError(name)
    settings = DirectorySettings.from_environment(os.environ)
    configure_logging(SERVICE, settings.log_level)
    return create_app(settings, build(settings))
