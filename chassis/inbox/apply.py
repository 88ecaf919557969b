"""Applies one event once: the single path by which log, feed and replay reach a handler."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from enum import Enum
from typing import Any, Protocol

from sqlalchemy import Connection, exists, insert, select
from sqlalchemy.exc import InterfaceError, OperationalError

from chassis.correlation import correlation
from chassis.events.envelope import Event
from chassis.events.registry import EventInvalid, EventRegistry, UnknownEventType, default_registry
from chassis.http_client import ServiceUnavailable
from chassis.inbox.parking import FAILED, WAITING, is_parked, lock_key, park_event, reason_of
from chassis.inbox.table import inbox
from chassis.logs import get_logger
from chassis.metrics import EVENTS_HANDLED

# The cause lies outside the event: such a fault is tried again for ever and parks nothing.
TRANSIENT = (OperationalError, InterfaceError, ServiceUnavailable)
_logger = get_logger(__name__)


class ConsumerUnitOfWork(Protocol):
    """What applying needs of a unit of work; handlers get the service's own, with all it offers."""

    @property
    def connection(self) -> Connection:
        """The connection of the open transaction."""
        ...

    def commit(self) -> None:
        """Make everything done so far permanent; handlers leave this to the applier."""
        ...


Handler = Callable[[Any, Event], None]
UnitOfWorkFactory = Callable[[], AbstractContextManager[ConsumerUnitOfWork]]


class Outcome(Enum):
    """What became of a delivery; each of them lets the offset be committed."""

    APPLIED = "applied"
    DUPLICATE = "duplicate"
    SKIPPED = "skipped"
    PARKED = "parked"


class Interrupted(Exception):
    """The process was told to stop before the event took effect; it will be delivered again."""


class EventApplier:
    """Brings events to the handlers of one consumer, each exactly once.

    The effect and the row in the inbox are one transaction. Handlers use the unit of work they are given
    and never commit it. An event that no handler takes is skipped.
    """

    def __init__(
        self,
        *,
        consumer: str,
        handlers: Mapping[str, Handler],
        unit_of_work: UnitOfWorkFactory,
        registry: EventRegistry | None = None,
        attempts: int = 3,
        first_pause_seconds: float = 0.2,
        longest_pause_seconds: float = 30.0,
    ) -> None:
        self.consumer = consumer
        self.unit_of_work = unit_of_work
        self._handlers = dict(handlers)
        self._registry = registry or default_registry()
        self._attempts = attempts
        self._first_pause = first_pause_seconds
        self._longest_pause = longest_pause_seconds

    def handles(self, event_type: str) -> bool:
        """Whether a handler takes this type of event."""
        return event_type in self._handlers

    def deliver(self, event: Event, stop: threading.Event) -> Outcome:
        """Apply the event, or park it after so many failures; raise Interrupted when told to stop."""
        if not self.handles(event.type):
            return Outcome.SKIPPED
        outcome = self.persist(lambda: self._apply_or_park(event, stop), stop)
        EVENTS_HANDLED.labels(self.consumer, event.type, outcome.value).inc()
        return outcome

    def persist(self, action: Callable[[], Outcome], stop: threading.Event) -> Outcome:
        """Do a thing until no outage stands in its way."""
        outages = 0
        while True:
            try:
                return action()
            except TRANSIENT as fault:
                outages += 1
                _logger.warning(
                    "consumer waits for an outage to end",
                    extra={"fields": {"consumer": self.consumer, "error": type(fault).__name__}},
                )
                self._pause(outages, stop)

    def effect(self, uow: ConsumerUnitOfWork, event: Event) -> None:
        """Write the inbox row and call the handler; the caller holds the key and commits."""
        self._registry.validate_received(event)
        uow.connection.execute(
            insert(inbox).values(
                consumer=self.consumer,
                event_id=event.id,
                type=event.type,
                subject=event.subject,
                aggregate_version=event.aggregate_version,
            )
        )
        with correlation(event.correlation_id):
            self._handlers[event.type](uow, event)

    def has_applied(self, connection: Connection, event: Event) -> bool:
        """Whether the inbox knows the event already."""
        seen = exists().where(inbox.c.consumer == self.consumer, inbox.c.event_id == event.id)
        return bool(connection.scalar(select(seen)))

    def _apply_or_park(self, event: Event, stop: threading.Event) -> Outcome:
        for attempt in range(1, self._attempts + 1):
            try:
                return self._apply(event)
            except TRANSIENT:
                raise
            except Exception as fault:
                reason = reason_of(fault)
                hopeless = isinstance(fault, EventInvalid | UnknownEventType)
            if hopeless or attempt == self._attempts:
                break
            self._pause(attempt, stop)
        return self._park(event, reason, attempt)

    def _apply(self, event: Event) -> Outcome:
        with self.unit_of_work() as uow:
            lock_key(uow.connection, self.consumer, event.subject)
            if self.has_applied(uow.connection, event):
                return Outcome.DUPLICATE
            if is_parked(uow.connection, self.consumer, event.subject):
                park_event(
                    uow.connection,
                    consumer=self.consumer,
                    event=event,
                    state=WAITING,
                    reason="an earlier event of the key failed",
                    attempts=0,
                )
                uow.commit()
                return Outcome.PARKED
            self.effect(uow, event)
            uow.commit()
        return Outcome.APPLIED

    def _park(self, event: Event, reason: str, attempts: int) -> Outcome:
        with self.unit_of_work() as uow:
            lock_key(uow.connection, self.consumer, event.subject)
            park_event(
                uow.connection,
                consumer=self.consumer,
                event=event,
                state=FAILED,
                reason=reason,
                attempts=attempts,
            )
            uow.commit()
        _logger.error(
            "event parked with its key",
            extra={
                "fields": {
                    "consumer": self.consumer,
                    "event_id": event.id,
                    "event_type": event.type,
                    "reason": reason,
                    "attempts": attempts,
                }
            },
        )
        return Outcome.PARKED

    def _pause(self, count: int, stop: threading.Event) -> None:
        pause = min(self._longest_pause, self._first_pause * 2 ** (min(count, 12) - 1))
        if stop.wait(pause):
            raise Interrupted
