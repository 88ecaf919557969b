"""Opens the file of an import; before anything of it is written, a file that is only read on is read to its end."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import IO

from services.directory.adapters.import_files import records_of
from services.directory.adapters.import_package import package_records
from services.directory.application.run_import import MOST_ROWS
from services.directory.domain.imports import FileRefused, Format, Import, Record


def records_in(file: IO[bytes], job: Import, is_stopped: Callable[[], bool]) -> Iterator[Record]:
    """Yield the records of a file; raises FileRefused before the first one where it cannot be read to its end.

    A package is read no further once the import ``is_stopped``. A trial writes nothing and needs no such look, nor
    does an import that goes on: it had its look when it began.
    """
    if job.format is Format.PACKAGE:
        # Its tables are read to their ends before the first record is put together.
        return package_records(file, is_stopped)
    if job.is_trial or job.position:
        return records_of(file, job.format)
    return _looked_through(file, job.format)


def _looked_through(file: IO[bytes], written: Format) -> Iterator[Record]:
    for number, _ in enumerate(records_of(file, written), start=1):
        if number > MOST_ROWS:
            raise FileRefused("too_many_rows", limit=MOST_ROWS)
    file.seek(0)
    yield from records_of(file, written)


def reading_of(file: IO[bytes], job: Import) -> Callable[[], int | None]:
    """Return what says how much of the file is read; a package, of which tables are read in turns, does not say."""
    if job.format is Format.PACKAGE:
        return lambda: None
    return lambda: min(job.size, file.tell())
