"""Puts the rows of a package together into documents, none of which grows beyond what one record may be.

A row that many others name is told in each of them, so a small file can say something very large: what belongs to one
record is counted in bytes and in parts, and what all of them come to is held against the size of the tables.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from typing import Any

import orjson

from services.directory.adapters.json_records import LONGEST_RECORD
from services.directory.adapters.own_shapes import words_from
from services.directory.domain.hsds_model import OBJECTS, Field, HsdsObject
from services.directory.domain.imports import Fault, FileRefused, Record
from services.directory.domain.own_words import OWN

MOST_PARTS = 20_000
# How many times the size of the tables all documents may come to, where it is more than a little.
MOST_TIMES = 50
_LITTLE = 100 * 1024 * 1024
_MOST_FAULTS = 20
_PAGE = 500
_DEEPEST = 8
# Columns that name what a row belongs to, beside those that are called after an object.
OWNERS = {"attribute": ("link_id",), "metadata": ("resource_id",), OWN: ("record_id",)}
_BELOW = """
WITH RECURSIVE below (number) AS (
    SELECT ?
    UNION
    SELECT link.number FROM below JOIN entry USING (number)
    JOIN link ON link.parent IN (entry.id, entry.kind || ':' || entry.id) AND entry.id <> ''
)
UPDATE entry SET used = 1 WHERE number IN (SELECT number FROM below) AND used = 0
"""
_USED = "UPDATE entry SET used = 1 WHERE number = ? AND used = 0"


class _TooLarge(Exception):
    """More belongs to the record than one may be."""


class _Share:
    """What one record has taken so far, and what is wrong within it."""

    def __init__(self, faults: bytes) -> None:
        self.size = 0
        self.parts = 0
        self.faults = [Fault(*fault) for fault in orjson.loads(faults)]

    def take(self, text: bytes) -> Any:
        """Count a row and return what it says."""
        self.size += len(text)
        self.parts += 1
        if self.size > LONGEST_RECORD or self.parts > MOST_PARTS:
            raise _TooLarge
        return orjson.loads(text)

    def blame(self, name: str, faults: bytes) -> None:
        """Note what is wrong with a part; a report needs no more than some of it."""
        for column, code, params in orjson.loads(faults):
            if len(self.faults) < _MOST_FAULTS:
                self.faults.append(Fault(f"{name}.{column}", code, params))


class Assembly:
    """A package whose rows are in an index on disk, ``size`` bytes of tables."""

    def __init__(self, index: sqlite3.Connection, size: int) -> None:
        self._index = index
        self._left = max(_LITTLE, MOST_TIMES * size)
        # From here on nothing changes but that a row is used, once for each; of our own words that is not noted.
        self._changed = index.total_changes
        [self._rows] = index.execute("SELECT count(*) FROM entry WHERE kind <> ?", (OWN,)).fetchone()

    def share(self) -> float:
        """Return which share of the rows is in records, of which there is one at least; 1 from the last record on."""
        return float((self._index.total_changes - self._changed) / self._rows)

    def records(self) -> Iterator[Record]:
        """Yield organizations, then services, each with everything that belongs to it, then what belongs to neither."""
        for kind in ("organization", "service"):
            for number, key, place, text, faults in self._entries(kind):
                yield self._record(OBJECTS[kind], number, key, place, text, faults)
        for kind in OBJECTS:
            for number, _, place, text, faults in self._entries(kind, only_unused=True):
                self._index.execute(_USED, (number,))
                yield Record(kind=kind, place=place, document=orjson.loads(text), faults=tuple(_Share(faults).faults))

    def _entries(self, kind: str, *, only_unused: bool = False) -> Iterator[tuple[Any, ...]]:
        """Yield the rows of a table in its order; taxonomies and their terms stand by themselves, too."""
        by_itself = ("taxonomy", "taxonomy_term")
        unused = " AND used = 0" if only_unused and kind not in by_itself else ""
        page = f"SELECT number FROM entry WHERE kind = ? AND number > ?{unused} ORDER BY number LIMIT ?"  # noqa: S608
        row = "SELECT number, id, place, text, faults FROM entry WHERE number = ?"
        last = 0
        while numbers := [found for (found,) in self._index.execute(page, (kind, last, _PAGE))]:
            for last in numbers:
                yield self._index.execute(row, (last,)).fetchone()

    def _record(self, described: HsdsObject, number: int, key: str, place: str, text: bytes, faults: bytes) -> Record:
        share = _Share(faults)
        try:
            document = self._whole(described, number, key, share.take(text), share, 0)
            document |= self._in_own_words(key, share)
        except _TooLarge:
            # What belongs to a record that is refused is refused with it, not kept as if it belonged to nothing.
            self._index.execute(_BELOW, (number,))
            document = orjson.loads(text)
            share.faults.append(Fault("", "record_too_large"))
        self._left -= share.size
        if self._left < 0:
            raise FileRefused("zip_too_dense", limit=MOST_TIMES)
        return Record(
            kind=described.name, place=place, document=document, faults=tuple(share.faults), weight=share.size
        )

    def _whole(
        self, described: HsdsObject, number: int, key: str, document: dict[str, Any], share: _Share, depth: int
    ) -> dict[str, Any]:
        """Put everything that belongs to a row into it."""
        self._index.execute(_USED, (number,))
        if depth == _DEEPEST:
            return document
        for part in described.parts:
            if not part.is_list:
                self._put_single(part, document, share, depth)
            elif part.part not in ("service", "service_at_location") or described.name == "service":
                parts = self._children(described, part, key, share, depth)
                if parts:
                    document[part.name] = parts
        return document

    def _in_own_words(self, key: str, share: _Share) -> dict[str, Any]:
        """Return what our own export says of a record beyond HSDS."""
        asked = "SELECT text, faults FROM link JOIN entry USING (number) WHERE parent = ? AND link.kind = ? LIMIT ?"
        values = []
        for text, faults in self._index.execute(asked, (key, OWN, MOST_PARTS + 1)):
            share.blame(OWN, faults)
            row = share.take(text)
            values.append((row.get("path", ""), row.get("value", "")))
        return {OWN: words_from(iter(values))} if values else {}

    def _children(
        self, described: HsdsObject, part: Field, key: str, share: _Share, depth: int
    ) -> list[dict[str, Any]]:
        if not key:
            return []
        parent = key if part.part in OWNERS else f"{described.name}:{key}"
        asked = "SELECT number FROM link WHERE parent = ? AND kind = ? ORDER BY number LIMIT ?"
        numbers = self._index.execute(asked, (parent, part.part, MOST_PARTS + 1)).fetchall()
        child = OBJECTS[str(part.part)]
        parts = []
        for (number,) in numbers:
            row = self._index.execute("SELECT id, text, faults FROM entry WHERE number = ?", (number,)).fetchone()
            share.blame(part.name, row[2])
            parts.append(self._whole(child, number, row[0], share.take(row[1]), share, depth + 1))
        return parts

    def _put_single(self, part: Field, document: dict[str, Any], share: _Share, depth: int) -> None:
        """Put what a column names into its place; whose service it is stays a reference."""
        column = "taxonomy_id" if part.name == "taxonomy_detail" else f"{part.name}_id"
        if part.part in ("organization", "service") or column not in document:
            return
        asked = "SELECT number, id, text FROM entry WHERE kind = ? AND id = ? ORDER BY number LIMIT 1"
        row = self._index.execute(asked, (part.part, str(document[column]).lower())).fetchone()
        if row is not None:
            child = OBJECTS[str(part.part)]
            document[part.name] = self._whole(child, row[0], row[1], share.take(row[2]), share, depth + 1)
