"""Puts the wishes of a search together, so that what is asked of a place holds at one and the same place.

Most services say one thing of all their places, and their entry alone is looked at. The places of the others
(``has_places``) have rows of their own, which are looked at only where something is asked of a place.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from services.directory.adapters.sql import Sql, all_of

_OF_SERVICE = "search_place.listing_id = search_entry.listing_id"
_IS_SHOWN = "search_place.listing_id = published_place.listing_id AND search_place.position = published_place.position"


@dataclass(frozen=True)
class Wish:
    """Something that is asked for, under the name by which a facet leaves it out.

    ``condition`` holds for every entry that can meet it; where the entry has places, ``at_place`` judges one of them,
    and may name columns of the entry too. ``is_enough`` says that ``condition`` alone holds only for entries with a
    place that fits.
    """

    name: str
    condition: Sql
    at_place: Sql | None = None
    is_enough: bool = False


def unless_judged(condition: Sql) -> Sql:
    """Return the condition for entries that are not judged by their places; the others meet it."""
    return Sql(f"(search_entry.has_places OR {condition.text})", condition.values)


def met_by_services(wishes: Sequence[Wish]) -> list[Sql]:
    """Return what a service must meet: all that is asked of places at one of its places."""
    conditions = [wish.condition for wish in wishes]
    judged = [wish for wish in wishes if wish.at_place is not None]
    if not judged or (len(judged) == 1 and judged[0].is_enough):
        return conditions
    return [*conditions, _judged(judged, is_shown=False)]


def met_by_places(wishes: Sequence[Wish]) -> list[Sql]:
    """Return what a public place must meet, together with its service."""
    conditions = [wish.condition for wish in wishes]
    judged = [wish for wish in wishes if wish.at_place is not None]
    return [*conditions, _judged(judged, is_shown=True)] if judged else conditions


def of_fitting_places(wishes: Iterable[Wish], *, is_shown: bool) -> Sql:
    """Return the condition on the rows of an entry's places that fit; of the place that is shown where one is."""
    asked = [wish.at_place for wish in wishes if wish.at_place is not None]
    return all_of([Sql(_IS_SHOWN if is_shown else _OF_SERVICE), *asked])


def _judged(wishes: Sequence[Wish], *, is_shown: bool) -> Sql:
    fits = of_fitting_places(wishes, is_shown=is_shown)
    return Sql(f"(NOT search_entry.has_places OR EXISTS (SELECT FROM search_place WHERE {fits.text}))", fits.values)
