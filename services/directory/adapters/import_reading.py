"""Opens the file of an import; before anything of it is written, a file that is only read on is read to its end.

A large one is read in a process of its own, ahead of what is written, and its documents are looked at there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import islice
from typing import IO, Any

from sqlalchemy import Engine

from chassis.database import make_engine
from services.directory.adapters.import_files import records_of
from services.directory.adapters.import_package import package_records
from services.directory.adapters.import_store import SqlImportStore
from services.directory.adapters.own_process import Pipe, own_process, received
from services.directory.application.parent_chains import parentages_of
from services.directory.application.record_batch import faults_within
from services.directory.application.run_import import MOST_ROWS
from services.directory.domain.imports import FileRefused, Format, Import, Record

_SENT_AT_ONCE = 250


class Reading:
    """The file of an import, which is read once, and how much of it is."""

    def __init__(self, file: IO[bytes], job: Import) -> None:
        self._file = file
        self._job = job
        self._share: float | None = None
        self._most = 0

    def records(self, is_stopped: Callable[[], bool]) -> Iterator[Record]:
        """Yield the records of the file; raises FileRefused before the first one where it cannot be read to its end.

        A package is read no further once the import ``is_stopped``. A trial writes nothing and needs no such look, nor
        does an import that goes on: it had its look when it began.
        """
        if self._job.format is Format.PACKAGE:
            # Its tables are read to their ends before the first record is put together.
            return package_records(self._file, is_stopped, self._note)
        if self._job.is_trial or self._job.position:
            return records_of(self._file, self._job.format, self._note)
        return self._looked_through()

    def _looked_through(self) -> Iterator[Record]:
        for number, _ in enumerate(records_of(self._file, self._job.format), start=1):
            if number > MOST_ROWS:
                raise FileRefused("too_many_rows", limit=MOST_ROWS)
        self._file.seek(0)
        yield from records_of(self._file, self._job.format, self._note)

    def bytes_read(self) -> int:
        """Return how much of the file is read, never less than before and never more than there is.

        Of what is read to its end before records are put together, a package or rows of services at places, it is the
        share of the rows that are in records.
        """
        if self._job.format is Format.PACKAGE or self._share is not None:
            now = int(self._job.size * (self._share or 0))
        else:
            now = min(self._job.size, self._file.tell())
        self._most = max(self._most, now)
        return self._most

    def _note(self, share: float) -> None:
        self._share = share


class ReadingAhead:
    """The same, done elsewhere."""

    def __init__(self, pipe: Pipe) -> None:
        self._pipe = pipe
        self._bytes_read = 0

    def records(self) -> Iterator[Record]:
        """Yield the records with what is wrong with their documents; raises FileRefused as ``Reading`` does."""
        while told := received(self._pipe):
            records, self._bytes_read = told
            yield from records

    def bytes_read(self) -> int:
        """Return how much of the file had been read when the latest record was sent."""
        return self._bytes_read


@contextmanager
def read_ahead(engine: Engine, job: Import) -> Iterator[ReadingAhead]:
    """Read the file in a process of its own, no further ahead than it takes to have the next records at hand."""
    url = engine.url.render_as_string(hide_password=False)
    with own_process(_send_records, url, job) as pipe:
        yield ReadingAhead(pipe)


def _send_records(pipe: Pipe, url: str, job: Import) -> None:
    engine = make_engine(url, pool_size=1)
    try:
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            store = SqlImportStore(connection)
            with store.spool(job.id) as file:
                reading = Reading(file, job)
                records = map(_looked_at, reading.records(lambda: not store.load(job.id).is_at_work))
                while some := list(islice(records, _SENT_AT_ONCE)):
                    pipe.send((some, reading.bytes_read()))
        told: Any = None
    except Exception as fault:
        told = fault
    pipe.send(told)


def _looked_at(record: Record) -> Record:
    return replace(record, faults_within=tuple(faults_within(record)), parentages=tuple(parentages_of(record)))
