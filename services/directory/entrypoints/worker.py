"""Runs the directory's background roles: relay, consumer, reconciler, imports, small_imports, clock."""

from __future__ import annotations

import gc
import os
import sys
import threading
from collections.abc import Sequence

from sqlalchemy.exc import InterfaceError, OperationalError

from chassis.events.log import open_event_log
from chassis.events.registry import default_registry
from chassis.inbox.consumer import Consumer
from chassis.inbox.reconciler import Reconciler
from chassis.logs import configure_logging, get_logger
from chassis.outbox.relay import Relay
from chassis.worker import run_worker
from services.directory.bootstrap import SERVICE, TOPIC, Directory, build, build_feeds
from services.directory.settings import DirectorySettings

_CLOCK_SECONDS = 30
_IMPORT_SECONDS = 1
_OBJECTS_BETWEEN_LOOKS = 50_000
_logger = get_logger(__name__)


def run_relay(settings: DirectorySettings, directory: Directory, stop: threading.Event) -> None:
    """Publish this service's events."""
    Relay(engine=directory.engine, event_log=open_event_log(settings), topic=TOPIC).run(stop)


def run_consumer(settings: DirectorySettings, directory: Directory, stop: threading.Event) -> None:
    """Count places by what becomes of referrals, and take note of agencies."""
    Consumer(
        event_log=open_event_log(settings),
        topics=default_registry().topics_of(directory.handlers()),
        applier=directory.applier(),
    ).run(stop)


def run_reconciler(settings: DirectorySettings, directory: Directory, stop: threading.Event) -> None:
    """Bring what the event log lost."""
    feeds = build_feeds(settings)
    if not feeds:
        # Without an address there is nothing to compare with; ending would take the other roles down.
        stop.wait()
        return
    Reconciler(applier=directory.applier(), feeds=feeds, clock=directory.clock).run(stop)


def run_clock(directory: Directory, stop: threading.Event) -> None:
    """Do what time brings; two clocks at once do no harm, and a pause is made up for."""
    while not stop.is_set():
        try:
            directory.tick()
        except (OperationalError, InterfaceError) as fault:
            _logger.warning("clock waits for the database", extra={"fields": {"error": type(fault).__name__}})
        stop.wait(_CLOCK_SECONDS)


def run_imports(directory: Directory, stop: threading.Event, *, is_small: bool = False) -> None:
    """Work through the files that were sent, or the small ones alone; several of these share the work."""
    while not stop.is_set():
        try:
            if directory.run_next_import(is_small=is_small):
                continue
        except (OperationalError, InterfaceError) as fault:
            _logger.warning("imports wait for the database", extra={"fields": {"error": type(fault).__name__}})
        except Exception:
            # Tried a few times more and then given up: one file must not take the other roles down.
            _logger.exception("an import failed")
        stop.wait(_IMPORT_SECONDS)


def collect_seldom() -> None:
    """Look for circles of objects less often: an import makes very many objects and no circles."""
    gc.set_threshold(_OBJECTS_BETWEEN_LOOKS, 20, 20)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the roles named on the command line, or all."""
    settings = DirectorySettings.from_environment(os.environ)
    configure_logging(SERVICE, settings.log_level)
    directory = build(settings)
    collect_seldom()
    return run_worker(
        service=SERVICE,
        roles={
            "relay": lambda stop: run_relay(settings, directory, stop),
            "consumer": lambda stop: run_consumer(settings, directory, stop),
            "reconciler": lambda stop: run_reconciler(settings, directory, stop),
            "imports": lambda stop: run_imports(directory, stop),
            # Nobody waits for minutes with a few rows because somebody else has sent many.
            "small_imports": lambda stop: run_imports(directory, stop, is_small=True),
            "clock": lambda stop: run_clock(directory, stop),
        },
        argv=argv,
    )


if __name__ == "__main__":
    sys.exit(main())
