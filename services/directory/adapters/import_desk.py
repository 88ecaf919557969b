"""Hands out waiting imports: each is held by a lock of the database that ends with the process that has it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from sqlalchemy import Engine

from services.directory.adapters.gazetteer import SqlGazetteer
from services.directory.adapters.import_queue import hold, waiting
from services.directory.adapters.import_reading import Reading, read_ahead
from services.directory.adapters.import_store import SqlImportStore
from services.directory.adapters.row_making import MakeRows, make_here, making_elsewhere
from services.directory.adapters.write_behind import write_behind
from services.directory.application.run_import import Task
from services.directory.domain.imports import Import

# From this size on it is worth the second that processes of its own take to start.
LARGE_BYTES = 4 * 1024 * 1024
# Up to this size a file is through in seconds.
SMALL_BYTES = 256 * 1024


class SqlImportDesk:
    """The imports in PostgreSQL, or those of small files alone, so that these need not wait for a large one."""

    def __init__(self, engine: Engine, *, most_bytes: int | None = None) -> None:
        self._engine = engine
        self._most_bytes = most_bytes

    @contextmanager
    def take(self) -> Iterator[Task | None]:
        """Hold the oldest import that nobody works on; its file lies on disk until the end of the block."""
        with self._engine.connect() as connection:
            connection.execution_options(isolation_level="AUTOCOMMIT")
            store = SqlImportStore(connection)
            wanted = waiting(connection, most_bytes=self._most_bytes)
            held = next((found for found in wanted if hold(connection, found)), None)
            try:
                job = store.load(held) if held else None
                if job is None or not job.is_at_work:
                    yield None
                    return
                names = SqlGazetteer(connection)
                with self._large(job, names) if job.size >= LARGE_BYTES else _small(store, job, names) as task:
                    yield task
            finally:
                # Handed back to the pool, the connection would keep its locks.
                connection.invalidate()

    @contextmanager
    def _large(self, job: Import, names: SqlGazetteer) -> Iterator[Task]:
        """Have the file read, and rows made, in processes of their own."""
        with ExitStack() as beside:
            reading = beside.enter_context(read_ahead(self._engine, job))
            # A trial makes no rows.
            make = make_here if job.is_trial else beside.enter_context(making_elsewhere(self._engine))
            yield Task(job, reading.records(), names, reading.bytes_read, _in_bulk(make))


@contextmanager
def _small(store: SqlImportStore, job: Import, names: SqlGazetteer) -> Iterator[Task]:
    with store.spool(job.id) as file:
        reading = Reading(file, job)
        records = reading.records(lambda: not store.load(job.id).is_at_work)
        yield Task(job, records, names, reading.bytes_read, _in_bulk(make_here))


def _in_bulk(make: MakeRows) -> Callable[[Any], None]:
    def ready(uow: Any) -> None:
        write_behind(uow.connection)
        uow.listings.make_rows = make

    return ready
