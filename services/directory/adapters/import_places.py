"""Puts lists of services at places together: rows of one service, wherever they stand, become one record of it.

The rows lie in an index on disk until the file is read to its end. What others name by its id is told in each of them,
so that all records together are held against the size of the rows.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import Any

import orjson

from services.directory.adapters.json_records import LONGEST_RECORD
from services.directory.adapters.package_assembly import MOST_PARTS, MOST_TIMES
from services.directory.domain.imports import Fault, FileRefused, Record

# What all records may come to, however small the file.
_LITTLE = 100 * 1024 * 1024
_SCHEMA = """
CREATE TABLE told (
    number INTEGER PRIMARY KEY, place TEXT, text BLOB, kind TEXT, id TEXT,
    service TEXT, location TEXT, has_location INTEGER
);
PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF;
"""
_INDEXES = """
CREATE INDEX told_service ON told (service, number);
CREATE INDEX told_location ON told (location, has_location, number);
"""
_SERVICES = "SELECT min(number), service, place FROM told WHERE service <> '' GROUP BY service ORDER BY 1"
_ROWS = "SELECT place, text, id, location, has_location FROM told WHERE service = ? ORDER BY number"
_LOCATION = "SELECT text, kind FROM told WHERE location = ? AND has_location ORDER BY number LIMIT 1"
_LOOSE = """
SELECT kind, place, text FROM told WHERE kind = 'service_at_location' AND service = ''
OR kind = 'location' AND NOT EXISTS (
    SELECT 1 FROM told AS row WHERE row.location = told.location AND row.location <> '' AND row.service <> ''
)
ORDER BY number
"""


class PlaceLists:
    """The rows that tell of services at places, and of places alone, from anywhere in a file."""

    def __init__(self, index: sqlite3.Connection) -> None:
        self._index = index
        self._number = 0
        self._size = 0
        self._through = 0

    def add(self, kind: str, place: str, document: dict[str, Any]) -> None:
        """Put a ``service_at_location`` or a ``location`` aside until the file is read."""
        if not self._number:
            self._index.executescript(_SCHEMA)
        self._number += 1
        text = orjson.dumps(document)
        self._size += len(text)
        where = document if kind == "location" else document.get("location")
        own_id = _key(document.get("id"))
        service = "" if kind == "location" else _named(document, "service")
        location = own_id if kind == "location" else _named(document, "location")
        row = (self._number, place, text, kind, own_id, service, location, isinstance(where, dict))
        self._index.execute("INSERT INTO told VALUES (?, ?, ?, ?, ?, ?, ?, ?)", row)

    def records(self, note_share: Callable[[float], None]) -> Iterator[Record]:
        """Yield each service with its places, in the order in which they are first told; then what belongs to none.

        Notes before each which share of the rows is in records by then. Raises FileRefused where what others name comes
        to far more than the rows.
        """
        if not self._number:
            return
        self._index.executescript(_INDEXES)
        left = max(_LITTLE, MOST_TIMES * self._size)
        for _, service, place in self._index.execute(_SERVICES):
            record = self._service(service, place)
            left -= record.weight
            if left < 0:
                raise FileRefused("told_too_often", limit=MOST_TIMES)
            note_share(self._through / self._number)
            yield record
        note_share(1)
        for kind, place, text in self._index.execute(_LOOSE):
            fault = Fault("", "told_within_services") if kind == "location" else Fault("service", "missing")
            yield Record(kind=kind, place=place, document=orjson.loads(text), faults=(fault,))

    def _service(self, key: str, place: str) -> Record:
        """Return a service with the places that rows of the file tell of it, the first of which stands there."""
        gathered = _Gathered(key, place)
        for where, text, own_id, location, has_location in self._index.execute(_ROWS, (key,)):
            self._through += 1
            if not gathered.has_room(len(text)):
                continue
            row = orjson.loads(text)
            if location and not has_location and row.get("location") is None:
                self._put_location(row, location, gathered)
            gathered.add(row, where, own_id)
        return gathered.record()

    def _put_location(self, row: dict[str, Any], key: str, gathered: _Gathered) -> None:
        """Put a place that a row names by its id into it, if the file tells of it anywhere."""
        found = self._index.execute(_LOCATION, (key,)).fetchone()
        if found is not None and gathered.has_room(len(found[0])):
            told = orjson.loads(found[0])
            row["location"] = told if found[1] == "location" else told["location"]


class _Gathered:
    """What the rows of one service come to, no more than one record may be."""

    def __init__(self, key: str, place: str) -> None:
        self._key = key
        self._place = place
        self._told: dict[str, Any] = {}
        self._places: list[dict[str, Any]] = []
        self._seen: dict[str, str] = {}
        self._faults: list[Fault] = []
        self._size = 0
        self._is_too_large = False

    def has_room(self, size: int) -> bool:
        """Count so many bytes; False once it is too much."""
        self._size += size
        self._is_too_large |= self._size > LONGEST_RECORD or len(self._places) == MOST_PARTS
        return not self._is_too_large

    def add(self, row: dict[str, Any], place: str, own_id: str) -> None:
        """Take a row; what it says of the service counts where no row before said anything of it."""
        service = row.pop("service", None)
        if isinstance(service, dict):
            self._told = self._told or service
        elif service is not None:
            self._faults.append(Fault("service", "not_object"))
        if own_id in self._seen:
            column = f"service_at_locations[{len(self._places)}].id"
            self._faults.append(Fault(column, "duplicate_id", {"place": self._seen[own_id]}))
        elif own_id:
            self._seen[own_id] = place
        self._places.append(row)

    def record(self) -> Record:
        """Return the record; of one that is too large only whose it is, for it is refused."""
        document = {**self._told, "id": self._told.get("id", self._key)}
        if self._is_too_large:
            faults, places = [Fault("", "record_too_large")], []
        else:
            faults, places = self._faults, self._places
        return Record(
            kind="service",
            place=self._place,
            document={**document, "service_at_locations": places},
            faults=tuple(faults),
            is_aside=True,
            weight=self._size,
        )


@contextmanager
def place_lists() -> Iterator[PlaceLists]:
    """Yield room for rows on disk, which is gone with the block."""
    # Without a name, the index is a file of its own that SQLite deletes.
    with closing(sqlite3.connect("")) as index:
        yield PlaceLists(index)


def _named(document: dict[str, Any], part: str) -> str:
    """Return the id of a part, be it told or only named."""
    told = document.get(part)
    own_id = _key(told.get("id")) if isinstance(told, dict) else ""
    return own_id or _key(document.get(f"{part}_id"))


def _key(value: Any) -> str:
    return value.lower() if isinstance(value, str) else ""
