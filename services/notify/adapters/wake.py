"""Wakes the dispatcher when a transaction that left it work commits, and lets it sleep in between."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import psycopg
from sqlalchemy import Connection, Engine, func, select, text

_CHANNEL = "notify_dispatcher"
_STOP_CHECK_SECONDS = 0.5


def wake_dispatcher(connection: Connection) -> None:
    """Send the wake-up call with the caller's transaction."""
    connection.execute(select(func.pg_notify(_CHANNEL, "")))


class WakeUpCall:
    """Listens on a session of its own; calls that were lost cost one idle period and nothing else."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def listen(self, ring: Callable[[], None], stop: threading.Event, *, idle_seconds: float) -> None:
        """Ring the bell for each call and once per idle period, until told to stop. Raises when the session ends."""
        with self._engine.connect() as pooled:
            connection = pooled.execution_options(isolation_level="AUTOCOMMIT")
            driver: psycopg.Connection = connection.connection.dbapi_connection  # type: ignore[assignment]
            # A session that listens must never go back into the pool.
            connection.detach()
            connection.execute(text(f"LISTEN {_CHANNEL}"))
            rung_at = time.monotonic()
            ring()
            while not stop.is_set():
                called = any(True for _ in driver.notifies(timeout=_STOP_CHECK_SECONDS, stop_after=1))
                if called or time.monotonic() - rung_at >= idle_seconds:
                    rung_at = time.monotonic()
                    ring()
