"""Reads a tabular package of HSDS: a zip of tables, whose rows go into an index on disk to be put together there."""

from __future__ import annotations

import io
import sqlite3
import tempfile
import zipfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import PurePosixPath
from typing import IO, Any

import orjson

from services.directory.adapters.import_files import csv_rows, faults_of_number, text_lines
from services.directory.adapters.package_assembly import OWNERS, Assembly
from services.directory.domain.hsds_check import document_of_row
from services.directory.domain.hsds_model import BY_TABLE, OBJECTS, OWN_TABLE, HsdsObject
from services.directory.domain.imports import FileRefused, Record
from services.directory.domain.own_words import OWN

MOST_FILES = 200
LARGEST_UNPACKED = 4 * 1024**3
MOST_TABLE_ROWS = 10_000_000
LARGEST_DIRECTORY = 1024 * 1024
_DENSEST = 200
_SMALL = 10 * 1024 * 1024
_WRITE_ROWS = 2000
_WRITE_BYTES = 8 * 1024 * 1024
_SCHEMA = """
CREATE TABLE entry (number INTEGER PRIMARY KEY, kind TEXT, id TEXT, place TEXT, text BLOB, faults BLOB, used INTEGER);
CREATE TABLE link (parent TEXT, kind TEXT, number INTEGER);
PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF;
"""
_INDEXES = """
CREATE INDEX entry_kind ON entry (kind);
CREATE INDEX entry_id ON entry (kind, id);
CREATE INDEX link_parent ON link (parent, kind, number);
"""


_TABLES = {**BY_TABLE, OWN: OWN_TABLE}


class _Stopped(Exception):
    """Nobody wants the package any more."""


def package_records(
    file: IO[bytes],
    is_stopped: Callable[[], bool] = lambda: False,
    note_share: Callable[[float], None] = lambda _: None,
) -> Iterator[Record]:
    """Yield organizations, then services, each with everything that belongs to it, then what belongs to neither.

    Ends early where the import ``is_stopped`` while the tables are still being read. Before each record it notes which
    share of all rows, from 0 to 1, is in records by then.
    """
    with tempfile.NamedTemporaryFile() as disk:
        index = sqlite3.connect(disk.name)
        try:
            index.executescript(_SCHEMA)
            size = _fill(index, file, is_stopped)
            index.executescript(_INDEXES)
            assembly = Assembly(index, size)
            for record in assembly.records():
                note_share(assembly.share())
                yield record
        except _Stopped:
            return
        finally:
            index.close()


def _fill(index: sqlite3.Connection, file: IO[bytes], is_stopped: Callable[[], bool]) -> int:
    """Put all rows into the index; returns how many bytes of tables there were."""
    try:
        with zipfile.ZipFile(_Opened(file)) as package:
            tables = _tables(package)
            if not tables:
                raise FileRefused("unknown_file")
            budget = _Budget()
            writer = _Writer(index, is_stopped)
            for described, entry in tables:
                with package.open(entry) as packed:
                    _fill_table(writer, described, budget.watch(packed))
    except (zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError, EOFError, OSError):
        raise FileRefused("bad_zip") from None
    return LARGEST_UNPACKED - budget.left


def _tables(package: zipfile.ZipFile) -> list[tuple[HsdsObject, zipfile.ZipInfo]]:
    """Return the tables in the package; refuses one that would unpack to too much or lies outside its folder."""
    entries = package.infolist()
    if len(entries) > MOST_FILES:
        raise FileRefused("zip_too_many", limit=MOST_FILES)
    if sum(entry.file_size for entry in entries) > LARGEST_UNPACKED:
        raise FileRefused("zip_too_large", limit=LARGEST_UNPACKED)
    found: dict[str, tuple[HsdsObject, zipfile.ZipInfo]] = {}
    for entry in entries:
        path = PurePosixPath(entry.filename)
        if path.is_absolute() or ".." in path.parts or "\\" in entry.filename or ":" in entry.filename:
            raise FileRefused("zip_bad_path")
        if entry.flag_bits & 1:
            raise FileRefused("zip_encrypted")
        if entry.file_size > _SMALL and entry.file_size > _DENSEST * max(entry.compress_size, 1):
            raise FileRefused("zip_too_dense", limit=_DENSEST)
        described = _TABLES.get(path.stem) if path.suffix == ".csv" and not path.name.startswith(".") else None
        if described is not None:
            found.setdefault(described.name, (described, entry))
    return list(found.values())


class _Opened:
    """A zip whose directory is not read where it is absurdly large: it would be in memory before it is counted."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.seek, self.tell, self.seekable = file.seek, file.tell, file.seekable

    def read(self, size: int = -1) -> bytes:
        piece = self._file.read(min(size, LARGEST_DIRECTORY + 1) if size >= 0 else LARGEST_DIRECTORY + 1)
        if len(piece) > LARGEST_DIRECTORY:
            raise FileRefused("zip_too_many", limit=MOST_FILES)
        return piece


class _Budget:
    """Counts what is really unpacked, whatever the package says of itself."""

    def __init__(self) -> None:
        self.left = LARGEST_UNPACKED

    def watch(self, packed: IO[bytes]) -> IO[bytes]:
        return io.BufferedReader(_Watched(packed, self))


class _Watched(io.RawIOBase):
    def __init__(self, packed: IO[bytes], budget: _Budget) -> None:
        self._packed = packed
        self._budget = budget

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        return self._packed.seek(offset, whence)

    def tell(self) -> int:
        return self._packed.tell()

    def readinto(self, buffer: Any) -> int:
        piece = self._packed.read(len(buffer))
        self._budget.left -= len(piece)
        if self._budget.left < 0:
            raise FileRefused("zip_too_large", limit=LARGEST_UNPACKED)
        buffer[: len(piece)] = piece
        return len(piece)


def _fill_table(writer: _Writer, described: HsdsObject, file: IO[bytes]) -> None:
    rows = csv_rows(text_lines(file))
    _, header = next(rows, (1, []))
    names = [name.strip() for name in header]
    for line, cells in rows:
        if any(cells):
            document, faults = document_of_row(described, dict(zip(names, cells, strict=False)))
            faults += faults_of_number(names, cells)
            told = [[fault.column, fault.code, dict(fault.params)] for fault in faults]
            place = f"{described.table}.csv line {line}"
            writer.add(described, place, document, told)
    writer.flush()


class _Writer:
    """Writes rows into the index, many at once; before each time it asks whether anybody still wants them."""

    def __init__(self, index: sqlite3.Connection, is_stopped: Callable[[], bool]) -> None:
        self._index = index
        self._is_stopped = is_stopped
        self._number = 0
        self._size = 0
        self._entries: list[tuple[Any, ...]] = []
        self._links: list[tuple[Any, ...]] = []

    def add(self, described: HsdsObject, place: str, document: Mapping[str, Any], faults: list[Any]) -> None:
        """Take a row; raises FileRefused for one too many."""
        self._number += 1
        if self._number > MOST_TABLE_ROWS:
            raise FileRefused("too_many_rows", limit=MOST_TABLE_ROWS)
        key = str(document.get("id", "")).lower()
        text = orjson.dumps(document)
        self._entries.append((self._number, described.name, key, place, text, orjson.dumps(faults)))
        self._links += [(parent, described.name, self._number) for parent in _parents(described, document)]
        self._size += len(text)
        if len(self._entries) == _WRITE_ROWS or self._size > _WRITE_BYTES:
            self.flush()

    def flush(self) -> None:
        """Write what was taken."""
        if self._is_stopped():
            raise _Stopped
        self._index.executemany("INSERT INTO entry VALUES (?, ?, ?, ?, ?, ?, 0)", self._entries)
        self._index.executemany("INSERT INTO link VALUES (?, ?, ?)", self._links)
        self._entries.clear()
        self._links.clear()
        self._size = 0


def _parents(described: HsdsObject, document: Mapping[str, Any]) -> list[str]:
    """Return whom a row belongs to, each as its kind with its id; attributes and metadata belong to any kind."""
    owners = OWNERS.get(described.name)
    if owners is not None:
        return [str(document[name]).lower() for name in owners if name in document]
    found = []
    for name, value in document.items():
        owner = OBJECTS.get(name.removesuffix("_id")) if name.endswith("_id") else None
        if owner is not None and any(part.part == described.name and part.is_list for part in owner.parts):
            found.append(f"{owner.name}:{str(value).lower()}")
    return found
