"""Reads the files that are imported, as they come from disk: one record after the other, never the whole.

Every way in which a file can be too large, badly encoded or badly written raises FileRefused.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import IO, Any

from services.directory.adapters.import_places import place_lists
from services.directory.adapters.json_records import LONGEST_RECORD, listed, parsed
from services.directory.domain.hsds_kinds import OF_PLACES, TAKEN, kind_of
from services.directory.domain.imports import Fault, FileRefused, Format, Record
from services.directory.domain.service_columns import REQUIRED, keys_of, nearest_to, repeated_in, unknown_in

LONGEST_FIELD = 100_000
LONGEST_LINE = 1_000_000
LONGEST_HEADER = 200
LONGEST_ROW = 1_000_000
_MARK = b"\xef\xbb\xbf"
_MARKS = {b"\xff\xfe": "UTF-16", b"\xfe\xff": "UTF-16"}


def records_of(
    file: IO[bytes], written: Format, note_share: Callable[[float], None] = lambda _: None
) -> Iterator[Record]:
    """Yield the records of a file but a package; raises FileRefused where it cannot be read on.

    Rows of services at places wait for each other until the file is read; from then on it notes before each record
    which share of them, from 0 to 1, is in records by then.
    """
    if written is Format.CSV:
        return _rows(file)
    return _records(_documents(file) if written is Format.JSON else _lines(file), note_share)


# CSV.

# What spreadsheets write above the header, so that others read the file as they do.
_TELLS_DELIMITER = re.compile(r"sep=([,;\t])\s*\Z", re.IGNORECASE)


def _rows(file: IO[bytes]) -> Iterator[Record]:
    lines = text_lines(file)
    first = next(lines, "")
    told = _TELLS_DELIMITER.match(first)
    if told:
        first = next(lines, "")
    if not first.strip():
        raise FileRefused("empty_file")
    delimiter = told[1] if told else _delimiter(first)
    rows = csv_rows(_again(first, lines), delimiter=delimiter, lines_above=1 if told else 0)
    _, header = next(rows, (1, []))
    keys = keys_of(header)
    if not any(keys):
        raise FileRefused("no_columns")
    if unknown := unknown_in(header):
        raise FileRefused("unknown_columns", headers=list(map(_with_nearest, unknown)))
    if repeated := repeated_in(header):
        raise FileRefused("repeated_columns", headers=list(map(_shown, repeated)))
    missing = [key for key in REQUIRED if key not in keys]
    if missing and "id" not in keys and "reference" not in keys:
        raise FileRefused("missing_columns", columns=missing)
    headers = {key: _shown(name) for key, name in zip(keys, header, strict=True) if key}
    for line, cells in rows:
        if any(cells):
            row = {key: _plain_cell(cell) for key, cell in zip(keys, cells, strict=False) if key}
            faults = tuple(faults_of_number(header, cells))
            yield Record(kind="row", place=f"line {line}", document=row, faults=faults, headers=headers)


def _with_nearest(name: str) -> str:
    nearest = nearest_to(name)
    return f"{_shown(name)} ({nearest}?)" if nearest else _shown(name)


def _shown(name: str) -> str:
    """Return what a file calls a column, as a report can keep it."""
    return name.replace("\0", "").strip()[:LONGEST_HEADER]


def _again(first: str, lines: Iterator[str]) -> Iterator[str]:
    yield first
    yield from lines


def _delimiter(header: str) -> str:
    """Return what parts the header's columns best."""
    return max(
        ",;\t", key=lambda sign: len([key for key in keys_of(next(csv.reader([header], delimiter=sign))) if key])
    )


def _plain_cell(cell: str) -> str:
    """Return a cell as it was meant: an export puts an apostrophe before what a spreadsheet would calculate."""
    text = cell.strip()
    return text[1:] if text[:1] == "'" and text[1:2] in tuple("=+-@\t\r") else text


def faults_of_number(header: Sequence[str], cells: Sequence[str]) -> list[Fault]:
    """Return a fault where a row has not the cells that the header names; empty ones beyond its end say nothing."""
    expected, found = _filled_to(header), _filled_to(cells)
    if len(cells) >= expected and found <= len(header):
        return []
    return [Fault("", "wrong_number_of_columns", {"found": max(found, len(cells)), "expected": expected})]


def _filled_to(cells: Sequence[str]) -> int:
    """Return how many cells there are up to the last one that is not empty."""
    return next((number for number in range(len(cells), 0, -1) if cells[number - 1].strip()), 0)


def csv_rows(lines: Iterator[str], *, delimiter: str = ",", lines_above: int = 0) -> Iterator[tuple[int, list[str]]]:
    """Yield each row with the number of its line; ``lines_above`` were read before."""
    csv.field_size_limit(LONGEST_FIELD)
    counted = _Counted(lines)
    reader = csv.reader(counted, delimiter=delimiter, strict=True)
    while True:
        start = counted.begin_row(reader.line_num + 1 + lines_above)
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            if "field larger" in str(error):
                raise FileRefused("field_too_long", line=start, limit=LONGEST_FIELD) from None
            raise FileRefused("bad_csv", line=start) from None
        yield start, row


class _Counted:
    """The lines of a file, of which no row may take more than its share; a reader would hold all of it in memory."""

    def __init__(self, lines: Iterator[str]) -> None:
        self._lines = lines
        self._start = 1
        self._left = LONGEST_ROW

    def begin_row(self, line: int) -> int:
        self._start, self._left = line, LONGEST_ROW
        return line

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = next(self._lines)
        self._left -= len(line)
        if self._left < 0:
            raise FileRefused("record_too_long", line=self._start, limit=LONGEST_ROW)
        return line


def text_lines(file: IO[bytes]) -> Iterator[str]:
    """Yield the lines of a text in UTF-8, ends included."""
    head = file.read(4)
    file.seek(0)
    if head[:2] in _MARKS:
        raise FileRefused("not_utf8", guess=_MARKS[head[:2]])
    text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="")
    number = 0
    try:
        while line := text.readline(LONGEST_LINE):
            number += 1
            if len(line) == LONGEST_LINE:
                raise FileRefused("line_too_long", line=number, limit=LONGEST_LINE)
            yield line
    except UnicodeDecodeError as error:
        raise FileRefused("not_utf8", guess=_guess(error.object[error.start : error.start + 200])) from None
    finally:
        with suppress(ValueError):
            text.detach()


def _guess(sample: bytes) -> str:
    """Return what a spreadsheet here would have written: Cyrillic fills its upper half, Latin uses it now and then."""
    upper = sum(byte >= 0xC0 for byte in sample)
    return "Windows-1251" if upper > len(sample) / 3 else "Windows-1250"


# JSON.


def _records(told: Iterator[tuple[str, Any]], note_share: Callable[[float], None]) -> Iterator[Record]:
    """Yield what documents hold, each of which comes with its place."""
    with place_lists() as lists:
        for place, document in told:
            if not isinstance(document, dict):
                raise FileRefused("not_hsds", place=place)
            kind = kind_of(document)
            if kind in OF_PLACES:
                lists.add(kind, place, document)
            else:
                yield from _records_in(document, kind, place)
        for record in lists.records(note_share):
            yield from _after_its_owner(record)


def _records_in(document: dict[str, Any], kind: str | None, place: str) -> Iterator[Record]:
    """Yield what a document holds: an organization comes before its services."""
    if kind not in TAKEN:
        yield Record(kind=kind or "organization", place=place, document=document, faults=(Fault("", "unknown_kind"),))
        return
    record = Record(kind=kind, place=place, document=document)
    if kind == "service":
        yield from _after_its_owner(record)
        return
    yield record
    services = document.get("services") if kind == "organization" else None
    for service in services if isinstance(services, list) else ():
        if not isinstance(service, dict):
            raise FileRefused("not_hsds", place=place)
        yield Record(kind="service", place=place, document={**service, "organization_id": document.get("id")})


def _after_its_owner(record: Record) -> Iterator[Record]:
    """Yield a service after the organization that it tells of, if it does."""
    owner = record.document.get("organization") if record.kind == "service" else None
    if isinstance(owner, dict):
        yield Record(kind="organization", place=record.place, document=owner, is_aside=True)
        record = replace(record, document={"organization_id": owner.get("id"), **record.document})
    yield record


def _documents(file: IO[bytes]) -> Iterator[tuple[str, Any]]:
    size = file.seek(0, io.SEEK_END)
    start = _after_mark(file)
    is_list = file.read(64).lstrip().startswith(b"[")
    file.seek(start)
    if is_list or size > LONGEST_RECORD:
        yield from listed(file)
        return
    whole = parsed(file.read())
    contents = whole.get("contents") if isinstance(whole, dict) else None
    for number, document in enumerate(contents if isinstance(contents, list) else [whole], start=1):
        yield f"contents {number}", document


def _after_mark(file: IO[bytes]) -> int:
    """Go to the beginning of a text in UTF-8, behind the mark that says so; returns where that is."""
    file.seek(0)
    return file.seek(len(_MARK) if file.read(len(_MARK)) == _MARK else 0)


def _lines(file: IO[bytes]) -> Iterator[tuple[str, Any]]:
    _after_mark(file)
    number = 0
    while line := file.readline(LONGEST_RECORD):
        number += 1
        if len(line) == LONGEST_RECORD:
            raise FileRefused("line_too_long", line=number, limit=LONGEST_RECORD)
        if line.strip():
            yield f"line {number}", parsed(line, f"line {number}")
