"""Runs the directory's background roles: relay, consumer, reconciler."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Sequence

from chassis.events.log import open_event_log
from chassis.events.registry import default_registry
from chassis.inbox.consumer import Consumer
from chassis.inbox.reconciler import Reconciler
from chassis.logs import configure_logging
from chassis.outbox.relay import Relay
from chassis.worker import run_worker
from services.directory.bootstrap import SERVICE, TOPIC, Directory, build, build_feeds
from services.directory.settings import DirectorySettings


def run_relay(settings: DirectorySettings, directory: Directory, stop: threading.Event) -> None:
    """Publish this service's events."""
    Relay(engine=directory.engine, event_log=open_event_log(settings), topic=TOPIC).run(stop)


def run_consumer(settings: DirectorySettings, directory: Directory, stop: threading.Event) -> None:
    """Count places by what becomes of referrals."""
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


def main(argv: Sequence[str] | None = None) -> int:
    """Run the roles named on the command line, or all."""
    settings = DirectorySettings.from_environment(os.environ)
    configure_logging(SERVICE, settings.log_level)
    directory = build(settings)
    return run_worker(
        service=SERVICE,
        roles={
            "relay": lambda stop: run_relay(settings, directory, stop),
            "consumer": lambda stop: run_consumer(settings, directory, stop),
            "reconciler": lambda stop: run_reconciler(settings, directory, stop),
        },
        argv=argv,
    )


if __name__ == "__main__":
    sys.exit(main())
