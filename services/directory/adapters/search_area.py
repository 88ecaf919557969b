"""Asks how far away services are: around a point, a municipality or a postal code, from any of their public places."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from services.directory.adapters.document_tables import published_place
from services.directory.adapters.geography import (
    SEVERAL_CELLS,
    cells_around,
    distance_km,
    is_in_box,
    is_well_inside,
    touches_box,
)
from services.directory.adapters.search_text import count_lexemes, in_cells
from services.directory.adapters.sql import FALSE, Sql, any_of, sql, values_of

_FURTHER = "unnest(search_entry.further_latitudes, search_entry.further_longitudes) AS further (latitude, longitude)"
_NO_DISTANCE = Sql("NULL::float8")
# More cells than this, or more words in them, are found faster by bringing two lists together.
_MOST_CELLS, _MOST_LEXEMES = 256, 1_500


@dataclass(frozen=True)
class Circle:
    """Where distances are measured from, and how far off a service may be; an unknown centre has nothing around it."""

    around: tuple[float, float] | None
    km: float

    @property
    def distance(self) -> Sql:
        """The distance of the nearest of an entry's public places; NULL where it has none."""
        if self.around is None:
            return _NO_DISTANCE
        own = self._from("search_entry")
        further = f"(SELECT min({self._from('further').text}) FROM {_FURTHER})"
        # Most services have one place; LEAST passes over what is null.
        nearest = f"ELSE least({own.text}, {further}) END"
        return Sql(f"CASE WHEN search_entry.further_box IS NULL THEN {own.text} {nearest}", own.values)

    @property
    def box(self) -> Sql:
        """The condition that one of an entry's public places may lie inside; an index answers it."""
        if self.around is None:
            return FALSE
        own = is_in_box("search_entry.place", around=self.around, km=self.km)
        further = touches_box("search_entry.further_box", around=self.around, km=self.km)
        return Sql(f"({own.text} OR {further.text})", own.values)

    @property
    def reaches_service(self) -> Sql:
        """The condition that one of an entry's public places lies inside."""
        if self.around is None:
            return FALSE
        inside = is_well_inside("search_entry.place", around=self.around, km=self.km)
        return any_of([inside, self._reaches(self.distance)])

    def holds_words(self, words: Sql) -> Sql | None:
        """Return the condition that what has these words may lie hereabouts; None where that asks for too much."""
        # Words that ask for nothing have no values.
        if self.around is None or not words.values:
            return None
        if (cells := cells_around(self.around, self.km, most=_MOST_CELLS)) is None:
            return None
        query = str(words.values["words"])
        if len(cells) * count_lexemes(query) > _MOST_LEXEMES:
            return None
        asked = in_cells(query, [*cells, SEVERAL_CELLS])
        return sql("search_entry.local_document @@ ANY(%(local_words)s::tsquery[])", local_words=asked)

    @property
    def place_distance(self) -> Sql:
        """The distance of a place itself."""
        return _NO_DISTANCE if self.around is None else self._from("published_place")

    @property
    def holds_place(self) -> list[Sql]:
        """The conditions that a place itself lies inside."""
        if self.around is None:
            return [FALSE]
        inside = is_in_box("published_place.place", around=self.around, km=self.km)
        return [inside, self._reaches(self.place_distance)]

    @property
    def reaches_place(self) -> Sql:
        """The condition that one of the places that a service is judged by lies inside."""
        return FALSE if self.around is None else self._reaches(self.distance_of_judged)

    @property
    def distance_of_judged(self) -> Sql:
        """The distance of one of the places that a service is judged by."""
        return _NO_DISTANCE if self.around is None else self._from("search_place")

    def _from(self, table: str) -> Sql:
        assert self.around is not None
        return distance_km(f"{table}.latitude", f"{table}.longitude", from_place=self.around)

    def _reaches(self, distance: Sql) -> Sql:
        within = sql(f"{distance.text} <= %(within_km)s::float8", within_km=self.km)
        return Sql(within.text, values_of([distance, within]))


def centre_of_postcode(connection: Connection, postcode: str) -> tuple[float, float] | None:
    """Return the mean of the coordinates of all public places with this postal code; None where there are none."""
    place = published_place.c
    means = select(func.avg(place.latitude), func.avg(place.longitude)).where(place.postal_code == postcode)
    latitude, longitude = connection.execute(means).one()
    return None if latitude is None else (float(latitude), float(longitude))
