"""Reads the files that are imported, as they come from disk: one record after the other, never the whole.

Every way in which a file can be too large, badly encoded or badly written raises FileRefused.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import IO, Any

import ijson
import orjson

from services.directory.domain.hsds_kinds import TAKEN, kind_of
from services.directory.domain.imports import Fault, FileRefused, Format, Record
from services.directory.domain.service_columns import REQUIRED, keys_of

LONGEST_FIELD = 100_000
LONGEST_LINE = 1_000_000
LONGEST_HEADER = 200
LONGEST_ROW = 1_000_000
LONGEST_RECORD = 16 * 1024 * 1024
_READ_BYTES = 64 * 1024
_DEEPEST = 40
_MARKS = {b"\xff\xfe": "UTF-16", b"\xfe\xff": "UTF-16"}


def records_of(file: IO[bytes], written: Format) -> Iterator[Record]:
    """Yield the records of a file but a package; raises FileRefused where it cannot be read on."""
    readers = {Format.CSV: _rows, Format.JSON: _documents, Format.LINES: _lines}
    return readers[written](file)


# CSV.


def _rows(file: IO[bytes]) -> Iterator[Record]:
    lines = text_lines(file)
    first = next(lines, "")
    if not first.strip():
        raise FileRefused("empty_file")
    rows = csv_rows(_again(first, lines), delimiter=_delimiter(first))
    _, header = next(rows, (1, []))
    keys = keys_of(header)
    if not any(keys):
        raise FileRefused("no_columns")
    missing = [key for key in REQUIRED if key not in keys]
    if missing and "id" not in keys and "reference" not in keys:
        raise FileRefused("missing_columns", columns=missing)
    headers = {
        key: name.replace("\0", "").strip()[:LONGEST_HEADER] for key, name in zip(keys, header, strict=True) if key
    }
    for line, cells in rows:
        if any(cells):
            row = {key: _plain_cell(cell) for key, cell in zip(keys, cells, strict=False) if key}
            faults = tuple(faults_of_number(header, cells))
            yield Record(kind="row", place=f"line {line}", document=row, faults=faults, headers=headers)


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


def csv_rows(lines: Iterator[str], *, delimiter: str = ",") -> Iterator[tuple[int, list[str]]]:
    """Yield each row with the number of its line."""
    csv.field_size_limit(LONGEST_FIELD)
    counted = _Counted(lines)
    reader = csv.reader(counted, delimiter=delimiter, strict=True)
    while True:
        start = counted.begin_row(reader.line_num + 1)
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


def _documents(file: IO[bytes]) -> Iterator[Record]:
    head = file.read(64).removeprefix(b"\xef\xbb\xbf").lstrip()
    file.seek(3 if file.seek(0) == 0 and file.read(3) == b"\xef\xbb\xbf" else 0)
    if head[:1] == b"[":
        yield from _items(file, "item")
        return
    size = file.seek(0, io.SEEK_END)
    file.seek(0)
    if size > LONGEST_RECORD:
        yield from _items(file, "contents.item")
        return
    whole = parsed(file.read().removeprefix(b"\xef\xbb\xbf"))
    if isinstance(whole, dict) and isinstance(whole.get("contents"), list):
        for number, document in enumerate(whole["contents"]):
            yield from _records(document, f"contents {number + 1}")
    else:
        yield from _records(whole, "contents 1")


def _items(file: IO[bytes], path: str) -> Iterator[Record]:
    capped = _Capped(file)
    found = ijson.items(capped, path, use_float=True, buf_size=_READ_BYTES)
    number = 0
    while True:
        capped.left = LONGEST_RECORD
        try:
            document = next(found)
        except StopIteration:
            break
        except (ijson.JSONError, UnicodeError, ValueError, RecursionError):
            raise FileRefused("bad_json") from None
        number += 1
        yield from _records(document, f"contents {number}")
    if not number:
        raise FileRefused("not_hsds")


class _Capped:
    """A file from which no record may take more than its share; a parser would hold it all in memory."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.left = LONGEST_RECORD

    def read(self, size: int) -> bytes:
        piece = self._file.read(size)
        self.left -= len(piece)
        if self.left < 0:
            raise FileRefused("field_too_long", line=1, limit=LONGEST_RECORD)
        return piece


def _lines(file: IO[bytes]) -> Iterator[Record]:
    number = 0
    while line := file.readline(LONGEST_RECORD):
        number += 1
        if len(line) == LONGEST_RECORD:
            raise FileRefused("line_too_long", line=number, limit=LONGEST_RECORD)
        line = line.removeprefix(b"\xef\xbb\xbf") if number == 1 else line
        if line.strip():
            yield from _records(parsed(line), f"line {number}")


def parsed(text: bytes) -> Any:
    """Return what a JSON text says; raises FileRefused for what is none, and for what is nested absurdly deep."""
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        raise FileRefused("bad_json") from None


def _records(document: Any, place: str) -> Iterator[Record]:
    """Yield what a document holds: an organization comes before its services, a service after its organization."""
    if not isinstance(document, dict):
        raise FileRefused("not_hsds")
    if _depth(document) > _DEEPEST:
        raise FileRefused("nested_too_deep", limit=_DEEPEST)
    kind = kind_of(document)
    if kind not in TAKEN:
        yield Record(kind=kind or "organization", place=place, document=document, faults=(Fault("", "unknown_kind"),))
        return
    if kind == "service":
        owner = document.get("organization")
        if isinstance(owner, dict):
            yield Record(kind="organization", place=place, document=owner, is_aside=True)
            document = {"organization_id": owner.get("id"), **document}
        yield Record(kind="service", place=place, document=document)
        return
    yield Record(kind=kind, place=place, document=document)
    services = document.get("services") if kind == "organization" else None
    for service in services if isinstance(services, list) else ():
        if not isinstance(service, dict):
            raise FileRefused("not_hsds")
        yield Record(kind="service", place=place, document={**service, "organization_id": document.get("id")})


def _depth(document: Any) -> int:
    """Return how deep it is nested, counting no further than is allowed."""
    level, depth = [document], 0
    while level and depth <= _DEEPEST:
        depth += 1
        level = [
            part
            for node in level
            for part in (node.values() if isinstance(node, dict) else node)
            if isinstance(part, dict | list)
        ]
    return depth
