"""Cuts the records of an import into batches that are neither many nor large."""

from __future__ import annotations

from collections.abc import Iterator

from services.directory.domain.imports import Record

HEAVIEST = 16 * 1024 * 1024


def next_batch(records: Iterator[Record], most: int) -> list[Record]:
    """Return the next records, ``most`` of them at the most; the cuts are the same when the file is read again."""
    batch: list[Record] = []
    weight = 0
    while len(batch) < most and weight < HEAVIEST and (record := next(records, None)) is not None:
        batch.append(record)
        weight += record.weight
    return batch


class BatchesAhead:
    """The batches of a file, of which the next one can be read while there is nothing else to do."""

    def __init__(self, records: Iterator[Record], most: int) -> None:
        self._records = records
        self._most = most
        self._next: list[Record] | Exception | None = None

    def look_ahead(self) -> None:
        """Read the next batch; what is wrong with it is told when it is taken, after the one before is written."""
        try:
            self._next = next_batch(self._records, self._most)
        except Exception as fault:
            self._next = fault

    def take(self) -> list[Record]:
        """Return the next batch, an empty one at the end; raises FileRefused where the file cannot be read on."""
        if self._next is None:
            self.look_ahead()
        batch, self._next = self._next, None
        if isinstance(batch, Exception):
            raise batch
        return batch or []
