"""Counts how many of the services that a search finds have each language, kind of help, town and so on.

Each facet is counted without the wish of its own name: it says how many there would be for every other choice.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from services.directory.adapters.search import Plan
from services.directory.adapters.search_room import has_room
from services.directory.adapters.search_wishes import of_fitting_places
from services.directory.adapters.sql import Sql, execute, sql, values_of
from services.directory.adapters.told_choices import Choice, told_choices

_MOST_VALUES = 200


@dataclass(frozen=True)
class _Facet:
    """Where a facet's values stand in the index, as an array, and the names of the wishes that ask for one of them.

    ``of_place`` is the array of a place's own values, of services whose places are judged one by one.
    """

    values: str
    wishes: Sequence[str]
    of_place: str | None = None


_FACETS = {
    "term": _Facet("search_entry.terms", ["term", "term_of_id"]),
    "language": _Facet("search_entry.languages", ["language"]),
    "accessibility": _Facet(
        "search_entry.accessibility",
        ["accessibility"],
        "coalesce(search_place.accessibility, search_entry.accessibility)",
    ),
    "municipality": _Facet(
        "array_remove(ARRAY[search_entry.municipality_code], NULL)",
        ["municipality"],
        "array_remove(ARRAY[search_place.municipality_code], NULL)",
    ),
    "country": _Facet("ARRAY[search_entry.country]", ["country"], "ARRAY[search_place.country]"),
    # Who asks for one of them finds what is for both.
    "sex": _Facet(
        "CASE WHEN search_entry.sex = 'any' THEN ARRAY['female', 'male'] ELSE ARRAY[search_entry.sex] END", ["sex"]
    ),
}
# Terms of feeds' own taxonomies stand in the index by keys, and count for those above them.
_TOLD = _Facet(
    "search_entry.told_terms", ["told_term", "term_of_id"], "search_entry.told_terms || search_place.told_terms"
)
_TOLD_NAME = "taxonomy_term"
# Whether there is room depends on when it is asked.
_ROOM, _ROOM_NAME = _Facet("ARRAY[{}::text]", ["accepts"]), "accepts"
NAMES = (*_FACETS, _TOLD_NAME, _ROOM_NAME)


def count_facets(connection: Connection, plan: Plan, names: Iterable[str]) -> dict[str, list[Choice]]:
    """Return the values of each facet with how many have them, the commonest first; 200 at the most.

    Counted is what the plan finds, services or places. Raises KeyError for a name that is not in ``NAMES``.
    """
    return {name: _choices(connection, plan, name) for name in names}


def _choices(connection: Connection, plan: Plan, name: str) -> list[Choice]:
    if name == _TOLD_NAME:
        condition = plan.condition(without=_TOLD.wishes)
        return told_choices(connection, plan.found_in, condition, _values(plan, _TOLD), most=_MOST_VALUES)
    facet = _ROOM if name == _ROOM_NAME else _FACETS[name]
    return [Choice(*row) for row in execute(connection, _counted(plan, facet))]


def _counted(plan: Plan, facet: _Facet) -> Sql:
    condition, most = plan.condition(without=facet.wishes), sql("%(most)s", most=_MOST_VALUES)
    values = _values(plan, facet)
    return Sql(
        f"SELECT value, count(*) FROM {plan.found_in}, unnest({values.text}) AS value WHERE {condition.text}"
        f" GROUP BY value ORDER BY count(*) DESC, value LIMIT {most.text}",
        values_of([condition, values, most]),
    )


def _values(plan: Plan, facet: _Facet) -> Sql:
    """Return the array of values that one of those found counts for: each of a service's places that fit."""
    if facet is _ROOM:
        room = has_room(plan.said_since)
        return Sql(facet.values.format(room.text), room.values)
    if facet.of_place is None:
        return Sql(facet.values)
    fits = of_fitting_places(plan.asked(*facet.wishes), is_shown=plan.of_places)
    theirs = f"SELECT DISTINCT each FROM search_place, unnest({facet.of_place}) AS each WHERE {fits.text}"
    return Sql(f"CASE WHEN search_entry.has_places THEN ARRAY({theirs}) ELSE {facet.values} END", fits.values)
