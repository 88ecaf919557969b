"""A batch that is read ahead is the one that would have been read later, its faults included."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from services.directory.application.import_batches import BatchesAhead
from services.directory.domain.imports import FileRefused, Record


def records(number: int) -> Iterator[Record]:
    for line in range(number):
        yield Record(kind="service", place=f"line {line + 1}", document={})


def broken() -> Iterator[Record]:
    yield from records(3)
    raise FileRefused("bad_json")


def test_batches_are_the_same_whether_one_looks_ahead_or_not() -> None:
    plain, ahead = BatchesAhead(records(5), 2), BatchesAhead(records(5), 2)
    found = []
    while batch := ahead.take():
        ahead.look_ahead()
        found.append(batch)
    assert found == [plain.take(), plain.take(), plain.take()]
    assert (plain.take(), ahead.take()) == ([], [])


def test_what_is_wrong_with_the_next_batch_is_told_when_it_is_taken() -> None:
    batches = BatchesAhead(broken(), 2)
    assert [record.place for record in batches.take()] == ["line 1", "line 2"]
    batches.look_ahead()
    with pytest.raises(FileRefused):
        batches.take()
