"""Runs the senders of mails and webhooks and the fetching of contacts, side by side."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial
from typing import Any

import psycopg
from sqlalchemy.exc import DBAPIError

from chassis.logs import get_logger
from services.notify.adapters.wake import WakeUpCall
from services.notify.application.deliver import Deliverer
from services.notify.application.keep_contacts import fetch_due_contacts
from services.notify.application.ports import ContactDirectory
from services.notify.bootstrap import Container
from services.notify.domain.retry import Channel

# Channels have threads of their own: partners' systems that answer slowly must not hold up the mail.
_THREADS = {Channel.EMAIL: 3, Channel.WEBHOOK: 4}
_IDLE_SECONDS = 1.0
_PAUSE_SECONDS = 2.0
_logger = get_logger(__name__)


class Dispatcher:
    """The role that sends. Any number of processes may run it at the same time."""

    def __init__(self, container: Container, deliverer: Deliverer, directory: ContactDirectory) -> None:
        self._container = container
        self._deliverer = deliverer
        self._directory = directory
        self._bells: list[threading.Event] = []

    def run(self, stop: threading.Event) -> None:
        """Work until told to stop; whatever is being sent then is finished first."""
        tasks: list[Callable[[], bool]] = [self._fetch]
        for channel, count in _THREADS.items():
            tasks.extend([partial(self._deliver, channel)] * count)
        threads = [self._start(task, stop) for task in tasks]
        while not stop.is_set():
            try:
                WakeUpCall(self._container.engine).listen(self._ring, stop, idle_seconds=_IDLE_SECONDS)
            except (DBAPIError, psycopg.Error) as error:
                _log_pause(error)
                stop.wait(_PAUSE_SECONDS)
        self._ring()
        for thread in threads:
            thread.join()

    def _ring(self) -> None:
        for bell in self._bells:
            bell.set()

    def _start(self, task: Callable[[], bool], stop: threading.Event) -> threading.Thread:
        bell = threading.Event()
        self._bells.append(bell)
        thread = threading.Thread(target=self._repeat, args=(task, bell, stop), daemon=True)
        thread.start()
        return thread

    def _repeat(self, task: Callable[[], bool], bell: threading.Event, stop: threading.Event) -> None:
        """Do the task as long as there is something to do, then sleep until the bell rings."""
        while not stop.is_set():
            bell.clear()
            try:
                while not stop.is_set() and task():
                    pass
            except Exception as error:
                # Nothing is lost: what was claimed is due again when its lease has run out.
                _log_pause(error)
                stop.wait(_PAUSE_SECONDS)
                continue
            bell.wait(_IDLE_SECONDS)

    def _deliver(self, channel: Channel) -> bool:
        finished = self._deliverer.deliver_next(channel)
        if finished is None:
            return False
        fields: dict[str, Any] = {
            "channel": channel.value,
            "status": finished.status.value,
            "attempt": finished.attempts,
            "event_type": finished.event_type,
            "event_id": finished.event_id,
        }
        _logger.info("delivery attempted", extra={"fields": fields})
        return True

    def _fetch(self) -> bool:
        fetched = fetch_due_contacts(self._container.unit_of_work, self._directory, clock=self._container.clock)
        if fetched is False:
            _logger.warning("contacts could not be fetched", extra={"fields": {"producer": "identity"}})
        return fetched is True


def _log_pause(error: Exception) -> None:
    _logger.warning("dispatcher paused", exc_info=error, extra={"fields": {"error": type(error).__name__}})
