"""The relay: carries the outbox to the event log, in order, one leader at a time, resumable at any point."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from typing import Any

import psycopg
from sqlalchemy import Connection, Engine, func, select, text
from sqlalchemy.exc import DBAPIError

from chassis.events.log import EventLog, EventLogUnavailable
from chassis.logs import get_logger
from chassis.outbox.table import OUTBOX_CHANNEL, event_of_row, outbox

_LEADER_LOCK = 4_201_002
_FOLLOWER_SECONDS = 2.0
_STOP_CHECK_SECONDS = 0.5
_logger = get_logger(__name__)


class Relay:
    """Publishes the outbox of one service on its topic.

    The leader's lock, its reads and its marks use one session: a relay whose session has gone can mark
    nothing, so two can never number the same rows. A kill between publishing and marking publishes the
    batch again; the consumers' inboxes absorb that.
    """

    def __init__(
        self,
        *,
        engine: Engine,
        event_log: EventLog,
        topic: str,
        batch_size: int = 200,
        idle_seconds: float = 5.0,
        longest_pause_seconds: float = 30.0,
    ) -> None:
        self._engine = engine
        self._event_log = event_log
        self._topic = topic
        self._batch_size = batch_size
        self._idle_seconds = idle_seconds
        self._longest_pause = longest_pause_seconds
        self._failures = 0

    def run(self, stop: threading.Event) -> None:
        """Publish until told to stop; an unreachable database or log is tried again for ever."""
        while not stop.is_set():
            try:
                self._lead(stop)
            except (DBAPIError, psycopg.Error, EventLogUnavailable) as fault:
                self._failures += 1
                _logger.warning(
                    "relay paused",
                    extra={
                        "fields": {
                            "topic": self._topic,
                            "error": type(fault).__name__,
                            "attempt": self._failures,
                        }
                    },
                )
                stop.wait(min(self._longest_pause, 0.2 * 2 ** min(self._failures, 10)))

    def _lead(self, stop: threading.Event) -> None:
        with self._engine.connect() as pooled:
            connection = pooled.execution_options(isolation_level="AUTOCOMMIT")
            # The session carries a lock and a LISTEN: it must never go back into the pool.
            connection.detach()
            if not connection.scalar(select(func.pg_try_advisory_lock(_LEADER_LOCK))):
                stop.wait(_FOLLOWER_SECONDS)
                return
            connection.execute(text(f"LISTEN {OUTBOX_CHANNEL}"))
            while not stop.is_set():
                if self._publish_batch(connection) < self._batch_size:
                    self._wait(connection, stop)

    def _publish_batch(self, connection: Connection) -> int:
        rows = connection.execute(
            select(outbox)
            .where(outbox.c.published_number.is_(None))
            .order_by(outbox.c.position)
            .limit(self._batch_size)
        ).all()
        if rows:
            self._event_log.publish(self._topic, [event_of_row(row) for row in rows])
            _mark(connection, rows)
        self._failures = 0
        return len(rows)

    def _wait(self, connection: Connection, stop: threading.Event) -> None:
        """Wait for a committed row; a notice that was lost costs `idle_seconds` at most."""
        driver: psycopg.Connection = connection.connection.dbapi_connection  # type: ignore[assignment]
        deadline = time.monotonic() + self._idle_seconds
        while not stop.is_set() and time.monotonic() < deadline:
            if any(True for _ in driver.notifies(timeout=_STOP_CHECK_SECONDS, stop_after=1)):
                return


def _mark(connection: Connection, rows: Sequence[Any]) -> None:
    """Number the rows in the order of publishing; only the leader gives numbers, so there are no gaps."""
    last = connection.scalar(select(func.coalesce(func.max(outbox.c.published_number), 0))) or 0
    numbers = {row.position: last + index for index, row in enumerate(rows, start=1)}
    connection.execute(
        text(
            "UPDATE outbox SET published_number = given.number, published_at = clock_timestamp()"
            " FROM unnest(CAST(:positions AS bigint[]), CAST(:numbers AS bigint[]))"
            " AS given (position, number)"
            " WHERE outbox.position = given.position"
        ),
        {"positions": list(numbers), "numbers": list(numbers.values())},
    )
