"""Runs the service's background roles: relay, consumer, reconciler, dispatcher."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Sequence

from chassis.events.log import open_event_log
from chassis.inbox.consumer import Consumer
from chassis.inbox.reconciler import Reconciler
from chassis.logs import configure_logging
from chassis.outbox.relay import Relay
from chassis.worker import run_worker
from services.notify.bootstrap import (
    SERVICE,
    Container,
    build_applier,
    build_contact_directory,
    build_container,
    build_deliverer,
    build_feeds,
    consumed_topics,
)
from services.notify.entrypoints.dispatcher import Dispatcher
from services.notify.settings import NotifySettings

TOPIC = "notify.events.v1"


def run_relay(container: Container, stop: threading.Event) -> None:
    """Publish this service's events."""
    Relay(engine=container.engine, event_log=open_event_log(container.settings), topic=TOPIC).run(stop)


def run_consumer(container: Container, stop: threading.Event) -> None:
    """React to the other services' events."""
    Consumer(
        event_log=open_event_log(container.settings),
        topics=consumed_topics(container),
        applier=build_applier(container),
    ).run(stop)


def run_reconciler(container: Container, stop: threading.Event) -> None:
    """Bring what the event log lost."""
    Reconciler(applier=build_applier(container), feeds=build_feeds(container.settings), clock=container.clock).run(stop)


def run_dispatcher(container: Container, stop: threading.Event) -> None:
    """Send what is due."""
    Dispatcher(container, build_deliverer(container), build_contact_directory(container.settings)).run(stop)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the roles named on the command line, or all."""
    settings = NotifySettings.from_environment(os.environ)
    configure_logging(SERVICE, settings.log_level)
    container = build_container(settings)
    return run_worker(
        service=SERVICE,
        roles={
            "relay": lambda stop: run_relay(container, stop),
            "consumer": lambda stop: run_consumer(container, stop),
            "reconciler": lambda stop: run_reconciler(container, stop),
            "dispatcher": lambda stop: run_dispatcher(container, stop),
        },
        argv=argv,
    )


if __name__ == "__main__":
    sys.exit(main())
