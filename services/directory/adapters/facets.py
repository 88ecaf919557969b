"""Counts how many of the services that a search finds have each language, kind of help, town and so on.

Each facet is counted as the search would find without what is asked of it: it says how many there would be for every
choice, by the very rules and the very reading of the words by which that choice would then be searched for.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection

from services.directory.adapters.reference_cache import reference_of
from services.directory.adapters.search import plan_search
from services.directory.adapters.search_filters import ServiceSearch
from services.directory.adapters.search_plans import Plan
from services.directory.adapters.search_room import has_room
from services.directory.adapters.search_wishes import of_fitting_places
from services.directory.adapters.sql import Sql, execute, sql, values_of
from services.directory.adapters.told_choices import Choice, told_choices

_MOST_VALUES = 200


@dataclass(frozen=True)
class _Facet:
    """Where a facet's values stand in the index, as an array, and what of a search asks for one of them.

    ``of_place`` is the array of a place's own values, of services whose places are judged one by one. ``asked_by`` is
    None where a choice is asked for besides the others, or by nothing.
    """

    values: str
    asked_by: str | None
    of_place: str | None = None


_FACETS = {
    "term": _Facet("search_entry.terms", "term_code"),
    "language": _Facet("search_entry.languages", "language"),
    "accessibility": _Facet(
        "search_entry.accessibility",
        None,
        "coalesce(search_place.accessibility, search_entry.accessibility)",
    ),
    "municipality": _Facet(
        "array_remove(ARRAY[search_entry.municipality_code], NULL)",
        "municipality",
        "array_remove(ARRAY[search_place.municipality_code], NULL)",
    ),
    "country": _Facet("ARRAY[search_entry.country]", None, "ARRAY[search_place.country]"),
    # Who asks for one of them finds what is for both.
    "sex": _Facet(
        "CASE WHEN search_entry.sex = 'any' THEN ARRAY['female', 'male'] ELSE ARRAY[search_entry.sex] END", "sex"
    ),
}
# Terms of feeds' own taxonomies stand in the index by keys, and count for those above them.
_TOLD = _Facet("search_entry.told_terms", "term_id", "search_entry.told_terms || search_place.told_terms")
_TOLD_NAME = "taxonomy_term"
# Whether there is room depends on when it is asked.
_ROOM, _ROOM_NAME = _Facet("ARRAY[{}::text]", "accepts"), "accepts"
_TOWN_NAME = "municipality"


def count_facets(
    connection: Connection, asked: ServiceSearch, plan: Plan, names: Iterable[str]
) -> dict[str, list[Choice]]:
    """Return the values of each facet with how many have them, the commonest first; 200 at the most.

    Counted is what the search finds that has come to this plan, services or places. Raises KeyError for a name that is
    no facet's. Of towns nothing can be counted where they are only measured from.
    """
    return {name: _choices(connection, asked, plan, name)[:_MOST_VALUES] for name in names}


def _choices(connection: Connection, asked: ServiceSearch, plan: Plan, name: str) -> list[Choice]:
    facet = _TOLD if name == _TOLD_NAME else _ROOM if name == _ROOM_NAME else _FACETS[name]
    if facet.asked_by is not None and getattr(asked, facet.asked_by) is not None:
        nothing: dict[str, Any] = {facet.asked_by: None}
        plan = plan_search(connection, replace(asked, **nothing), of_places=plan.of_places)
    if facet is _TOLD:
        return told_choices(connection, plan.found_in, plan.condition(), _values(plan, _TOLD), most=_MOST_VALUES)
    counts = dict(execute(connection, _counted(plan, facet)).all())
    if name == _TOWN_NAME:
        counts |= _lying_in(connection, plan, counts)
    return [Choice(value, counts[value]) for value in sorted(counts, key=lambda value: (-counts[value], value))]


def _counted(plan: Plan, facet: _Facet) -> Sql:
    condition, values = plan.condition(), _values(plan, facet)
    return Sql(
        f"SELECT value, count(*) FROM {plan.found_in}, unnest({values.text}) AS value WHERE {condition.text}"
        " AND value IS NOT NULL GROUP BY value",
        values_of([condition, values]),
    )


def _lying_in(connection: Connection, plan: Plan, codes: Iterable[str]) -> dict[str, int]:
    """Return how many lie in those of the places that others of them lie in, these included: who asks finds them."""
    known, reference = set(codes), reference_of(connection)
    lying = [(code, area) for code in known for area in reference.areas_above(code) if area in known]
    if not lying:
        return {}
    lying += [(area, area) for area in {area for _, area in lying}]
    within, areas = zip(*lying, strict=True)
    pairs = sql("unnest(%(lying)s::text[], %(lying_in)s::text[])", lying=list(within), lying_in=list(areas))
    condition, values = plan.condition(), _values(plan, _FACETS[_TOWN_NAME])
    theirs = f"unnest({values.text}) AS value JOIN {pairs.text} AS lying (code, area) ON code = value"
    counted = Sql(
        f"SELECT area, count(*) FROM {plan.found_in}, LATERAL (SELECT DISTINCT area FROM {theirs}) AS theirs"
        f" WHERE {condition.text} GROUP BY area",
        values_of([condition, values, pairs]),
    )
    return dict(execute(connection, counted).all())


def _values(plan: Plan, facet: _Facet) -> Sql:
    """Return the array of values that one of those found counts for: each of a service's places that fit."""
    if facet is _ROOM:
        room = has_room(plan.said_since)
        return Sql(facet.values.format(room.text), room.values)
    if facet.of_place is None:
        return Sql(facet.values)
    fits = of_fitting_places(plan.asked(), is_shown=plan.of_places)
    theirs = f"SELECT DISTINCT each FROM search_place, unnest({facet.of_place}) AS each WHERE {fits.text}"
    return Sql(f"CASE WHEN search_entry.has_places THEN ARRAY({theirs}) ELSE {facet.values} END", fits.values)
