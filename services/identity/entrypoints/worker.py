"""Runs the service's background roles: relay, and housekeeping that forgets what has served its time."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Sequence

from sqlalchemy.exc import DBAPIError

from chassis.events.log import open_event_log
from chassis.logs import configure_logging, get_logger
from chassis.outbox.relay import Relay
from chassis.worker import run_worker
from services.identity.adapters.session_store import forget_old
from services.identity.bootstrap import Container, build_container
from services.identity.settings import IdentitySettings

TOPIC = "identity.events.v1"
_HOUSEKEEPING_SECONDS = 3600.0
_logger = get_logger(__name__)


def run_relay(container: Container, stop: threading.Event) -> None:
    """Publish this service's events."""
    log = open_event_log(container.settings)
    try:
        Relay(engine=container.engine, event_log=log, topic=TOPIC).run(stop)
    finally:
        log.close()


def run_housekeeping(container: Container, stop: threading.Event) -> None:
    """Delete sessions and counted tries that are over."""
    while not stop.is_set():
        try:
            with container.engine.begin() as connection:
                count = forget_old(connection, container.clock.now())
            _logger.info("old sessions forgotten", extra={"fields": {"count": count}})
        except DBAPIError as error:
            _logger.warning("housekeeping paused", extra={"fields": {"error": type(error).__name__}})
        stop.wait(_HOUSEKEEPING_SECONDS)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the roles named on the command line, or all."""
    settings = IdentitySettings.from_environment(os.environ)
    configure_logging("identity", settings.log_level)
    container = build_container(settings)
    return run_worker(
        service="identity",
        roles={
            "relay": lambda stop: run_relay(container, stop),
            "housekeeping": lambda stop: run_housekeeping(container, stop),
        },
        argv=argv,
    )


if __name__ == "__main__":
    sys.exit(main())
