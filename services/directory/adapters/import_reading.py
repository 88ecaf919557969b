"""Opens the file of an import; before anything of it is written, a file that is only read on is read to its end."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import IO

from services.directory.adapters.import_files import records_of
from services.directory.adapters.import_package import package_records
from services.directory.application.run_import import MOST_ROWS
from services.directory.domain.imports import FileRefused, Format, Import, Record


class Reading:
    """The file of an import, which is read once, and how much of it is."""

    def __init__(self, file: IO[bytes], job: Import) -> None:
        self._file = file
        self._job = job
        self._share = 0.0

    def records(self, is_stopped: Callable[[], bool]) -> Iterator[Record]:
        """Yield the records of the file; raises FileRefused before the first one where it cannot be read to its end.

        A package is read no further once the import ``is_stopped``. A trial writes nothing and needs no such look, nor
        does an import that goes on: it had its look when it began.
        """
        if self._job.format is Format.PACKAGE:
            # Its tables are read to their ends before the first record is put together.
            return package_records(self._file, is_stopped, self._note)
        if self._job.is_trial or self._job.position:
            return records_of(self._file, self._job.format)
        return _looked_through(self._file, self._job.format)

    def bytes_read(self) -> int:
        """Return how much of the file is read, never less than before and never more than there is.

        Of a package, whose tables are read in turns, it is the share of their rows that are in records.
        """
        if self._job.format is Format.PACKAGE:
            return int(self._job.size * self._share)
        return min(self._job.size, self._file.tell())

    def _note(self, share: float) -> None:
        self._share = share


def _looked_through(file: IO[bytes], written: Format) -> Iterator[Record]:
    for number, _ in enumerate(records_of(file, written), start=1):
        if number > MOST_ROWS:
            raise FileRefused("too_many_rows", limit=MOST_ROWS)
    file.seek(0)
    yield from records_of(file, written)
