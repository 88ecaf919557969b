"""Holds the names of all places and kinds of help in memory, for looking up thousands of them."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import chain
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine, select

from services.directory.adapters.tables import municipality, taxonomy_term
from services.directory.domain.place_levels import is_lived_in
from services.directory.domain.spelling import plain

# How far the nearest place may be from coordinates that are to be its.
_NEAR_DEGREES = 0.25
_CELLS_PER_DEGREE = 4
_MOST_KEPT = 50_000
_of_version: WeakKeyDictionary[Engine, tuple[int, SqlGazetteer]] = WeakKeyDictionary()


def gazetteer_of(connection: Connection, version: int) -> SqlGazetteer:
    """Return the gazetteer of this version of the reference data; it is built when it is asked for first."""
    kept = _of_version.get(connection.engine)
    if kept is None or kept[0] != version:
        kept = _of_version[connection.engine] = (version, SqlGazetteer(connection))
    return kept[1]


class SqlGazetteer:
    """The places and terms as they are when it is built; one import uses one."""

    def __init__(self, connection: Connection) -> None:
        self._codes: set[str] = set()
        self._lived_in: set[str] = set()
        self._by_name: dict[str, dict[str, int]] = defaultdict(dict)
        self._by_foreign_name: dict[str, dict[str, int]] = defaultdict(dict)
        self._cells: dict[tuple[int, int], list[tuple[float, float, str]]] = defaultdict(list)
        self._terms: dict[str, str] = {}
        self._plain: dict[str, str] = {}
        self._load_places(connection)
        for row in connection.execute(select(taxonomy_term.c.id, taxonomy_term.c.code, taxonomy_term.c.names)):
            for name in (row.id, row.code, *row.names.values()):
                self._terms.setdefault(plain(name), row.code)

    def _load_places(self, connection: Connection) -> None:
        for row in connection.execute(select(municipality).where(~municipality.c.is_retired)):
            self._codes |= {row.code, row.country}
            for name in {plain(name) for name in (row.name, *row.names.values())}:
                self._by_name[name][row.code] = row.population
            for name in {plain(name) for name in chain(*row.foreign_names.values())}:
                self._by_foreign_name[name][row.code] = row.population
            if is_lived_in(row.rank):
                self._lived_in.add(row.code)
                cell = (int(row.latitude * _CELLS_PER_DEGREE), int(row.longitude * _CELLS_PER_DEGREE))
                self._cells[cell].append((row.latitude, row.longitude, row.code))

    def _named(self, name: str, country: str | None) -> dict[str, int]:
        """Return the places of a name with their population; those of the country alone where one is given.

        What other countries call a place counts where none has the name as its own.
        """
        for places in (self._by_name, self._by_foreign_name):
            found = places.get(self._plainly(name), {})
            named = {code: size for code, size in found.items() if country is None or code[:2] == country}
            if named:
                return named
        return {}

    def _plainly(self, name: str) -> str:
        if name not in self._plain:
            if len(self._plain) >= _MOST_KEPT:
                self._plain.clear()
            self._plain[name] = plain(name)
        return self._plain[name]

    def codes_of_place(self, name: str, country: str | None) -> list[str]:
        """Return the codes of all places of this name, or of this code; the country's own where it has one.

        A municipality goes before the county that is called as its seat is: nobody says it serves more than he meant.
        """
        if name in self._codes:
            return [name]
        named = self._named(name, country) or self._named(name, None)
        return [code for code in named if code in self._lived_in] or list(named)

    def place_at(self, names: Iterable[str], country: str | None, latitude: Any, longitude: Any) -> str | None:
        """Return the place with one of these names in the country, or else the nearest one, or None."""
        for name in names:
            if name in self._codes and len(name) > 2:
                return name
            found = self._named(name, country) if country else {}
            if found:
                return max(found, key=lambda code: (found[code], code))
        if not isinstance(latitude, int | float) or not isinstance(longitude, int | float):
            return None
        return self._nearest(float(latitude), float(longitude))

    def _nearest(self, latitude: float, longitude: float) -> str | None:
        if not -90 <= latitude <= 90 or not -180 <= longitude <= 180:
            return None
        row, column = int(latitude * _CELLS_PER_DEGREE), int(longitude * _CELLS_PER_DEGREE)
        near = [
            (math.hypot(found[0] - latitude, found[1] - longitude), found[2])
            for up in (-1, 0, 1)
            for right in (-1, 0, 1)
            for found in self._cells.get((row + up, column + right), ())
        ]
        distance, code = min(near, default=(math.inf, ""))
        return code if distance <= _NEAR_DEGREES else None

    def areas(self, said: Iterable[Sequence[str]], country: str | None) -> tuple[str, ...]:
        """Return a code for each area, of which a code or name is one place and no other; the first that is counts."""
        found = (self._area(names, country) for names in said)
        return tuple(dict.fromkeys(code for code in found if code))

    def _area(self, names: Iterable[str], country: str | None) -> str | None:
        found = (self.codes_of_place(name, country) for name in names)
        return next((codes[0] for codes in found if len(codes) == 1), None)

    def terms(self, names: Iterable[str]) -> tuple[str, ...]:
        """Return the codes of the kinds of help among these names, codes and ids."""
        found = [self._terms.get(self._plainly(name)) for name in names]
        return tuple(dict.fromkeys(code for code in found if code))
