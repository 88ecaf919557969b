"""Hands out waiting imports: each is held by a lock of the database that ends with the process that has it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine

from services.directory.adapters.gazetteer import SqlGazetteer
from services.directory.adapters.import_reading import Reading
from services.directory.adapters.import_store import SqlImportStore, hold
from services.directory.application.run_import import Task


class SqlImportDesk:
    """The imports in PostgreSQL."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    @contextmanager
    def take(self) -> Iterator[Task | None]:
        """Hold the oldest import that nobody works on; its file lies on disk until the end of the block."""
        with self._engine.connect() as connection:
            connection.execution_options(isolation_level="AUTOCOMMIT")
            store = SqlImportStore(connection)
            held = next((found for found in store.waiting() if hold(connection, found)), None)
            try:
                job = store.load(held) if held else None
                if job is None or not job.is_at_work:
                    yield None
                    return
                with store.spool(job.id) as file:
                    reading = Reading(file, job)
                    records = reading.records(lambda: not store.load(job.id).is_at_work)
                    yield Task(job, records, SqlGazetteer(connection), reading.bytes_read)
            finally:
                # Handed back to the pool, the connection would keep its locks.
                connection.invalidate()
