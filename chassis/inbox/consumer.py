"""The consumer: reads the event log and moves its offset only after the effect is in the database."""

from __future__ import annotations

import threading
from collections.abc import Sequence

from chassis.events.envelope import EnvelopeError
from chassis.events.log import EventLog, EventLogUnavailable, Record, Subscription
from chassis.inbox.apply import EventApplier, Interrupted, Outcome
from chassis.inbox.parking import lock_key, park_unreadable, reason_of
from chassis.logs import get_logger

_logger = get_logger(__name__)


class Consumer:
    """One member of the group named after the applier's consumer.

    Order of things: poll, effect and inbox row committed together, offset committed last. A kill in
    between delivers the event again, and the inbox absorbs it.
    """

    def __init__(
        self,
        *,
        event_log: EventLog,
        topics: Sequence[str],
        applier: EventApplier,
        poll_seconds: float = 1.0,
        max_records: int = 50,
        pause_seconds: float = 2.0,
    ) -> None:
        self._event_log = event_log
        self._topics = list(topics)
        self._applier = applier
        self._poll_seconds = poll_seconds
        self._max_records = max_records
        self._pause_seconds = pause_seconds

    def run(self, stop: threading.Event) -> None:
        """Consume until told to stop; a lost log is rejoined for ever."""
        while not stop.is_set():
            subscription: Subscription | None = None
            try:
                subscription = self._event_log.subscribe(self._applier.consumer, self._topics)
                while not stop.is_set():
                    self._consume_batch(subscription, stop)
            except EventLogUnavailable:
                _logger.warning("consumer lost the event log", extra={"fields": {"consumer": self._applier.consumer}})
                stop.wait(self._pause_seconds)
            finally:
                if subscription is not None:
                    subscription.close()

    def _consume_batch(self, subscription: Subscription, stop: threading.Event) -> None:
        done: dict[tuple[str, int], Record] = {}
        try:
            for record in subscription.poll(timeout=self._poll_seconds, max_records=self._max_records):
                if stop.is_set():
                    break
                self._deliver(record, stop)
                done[record.topic, record.partition] = record
        except Interrupted:
            _logger.info("consumer stopped between two attempts")
        finally:
            for record in done.values():
                subscription.commit(record)

    def _deliver(self, record: Record, stop: threading.Event) -> None:
        try:
            event = record.event()
        except EnvelopeError as fault:
            reason = reason_of(fault)
            self._applier.persist(lambda: self._park_unreadable(record, reason), stop)
            return
        self._applier.deliver(event, stop)

    def _park_unreadable(self, record: Record, reason: str) -> Outcome:
        with self._applier.unit_of_work() as uow:
            lock_key(uow.connection, self._applier.consumer, record.key)
            park_unreadable(uow.connection, consumer=self._applier.consumer, record=record, reason=reason)
            uow.commit()
        _logger.error(
            "unreadable message parked",
            extra={"fields": {"topic": record.topic, "partition": record.partition, "offset": record.offset}},
        )
        return Outcome.PARKED
