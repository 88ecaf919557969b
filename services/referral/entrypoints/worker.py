"""The worker: relay, consumer, reconciler and the clock of the deadlines."""

from __future__ import annotations

import os
import sys
import threading

from sqlalchemy.exc import InterfaceError, OperationalError

from chassis.events.log import open_event_log
from chassis.http_client import ClientCredentials, ServiceClient
from chassis.idempotency import forget_expired
from chassis.inbox.consumer import Consumer
from chassis.inbox.reconciler import HttpFeedClient, Reconciler
from chassis.logs import configure_logging, get_logger
from chassis.outbox.relay import Relay
from chassis.worker import run_worker
from services.referral.application.watch_deadlines import watch_deadlines
from services.referral.bootstrap import READ_TOPICS, TOPIC, Container, build
from services.referral.settings import ReferralSettings

_logger = get_logger(__name__)


class Roles:
    """The roles of this worker; each is called with the event that stops it."""

    def __init__(self, settings: ReferralSettings, container: Container) -> None:
        self._settings = settings
        self._container = container

    def relay(self, stop: threading.Event) -> None:
        """Publish the outbox."""
        log = open_event_log(self._settings)
        try:
            Relay(engine=self._container.engine, event_log=log, topic=TOPIC).run(stop)
        finally:
            log.close()

    def consumer(self, stop: threading.Event) -> None:
        """Take in what directory, identity and notify tell."""
        log = open_event_log(self._settings)
        try:
            Consumer(event_log=log, topics=READ_TOPICS, applier=self._container.applier()).run(stop)
        finally:
            log.close()

    def reconciler(self, stop: threading.Event) -> None:
        """Fetch from the producers' feeds what the log never brought."""
        settings = self._settings
        urls = {"directory": settings.directory_url, "identity": settings.identity_url, "notify": settings.notify_url}
        tokens = ClientCredentials(
            token_url=settings.token_url, client_id=settings.client_id, client_secret=settings.client_secret
        )
        feeds = {name: HttpFeedClient(ServiceClient(url, token_source=tokens)) for name, url in urls.items() if url}
        applier, clock = self._container.applier(), self._container.clock
        Reconciler(applier=applier, feeds=feeds, clock=clock).run(stop)

    def clock(self, stop: threading.Event) -> None:
        """Watch the deadlines, and forget what has served its time."""
        container = self._container
        while not stop.is_set():
            try:
                watch_deadlines(container.unit_of_work, container.clock)
                forget_expired(container.engine, container.clock)
            except (OperationalError, InterfaceError) as fault:
                _logger.warning("clock waits for the database", extra={"fields": {"error": type(fault).__name__}})
            stop.wait(self._settings.clock_every_seconds)


def main() -> int:
    """Run the roles named on the command line, or all."""
    settings = ReferralSettings.from_environment(os.environ)
    configure_logging("referral", settings.log_level)
    roles = Roles(settings, build(settings))
    named = {"relay": roles.relay, "consumer": roles.consumer, "reconciler": roles.reconciler, "clock": roles.clock}
    return run_worker(service="referral", roles=named)


if __name__ == "__main__":
    sys.exit(main())
