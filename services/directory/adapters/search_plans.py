"""Says what a search has come to: what is asked, from where, how its words are read, and in which order."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol, TypeVar

from sqlalchemy import Connection

from services.directory.adapters.search_area import Circle
from services.directory.adapters.search_filters import (
    CHOICES,
    IN_BOX,
    WITHIN,
    ServiceSearch,
    circle_of,
    home_of,
    wishes,
)
from services.directory.adapters.search_room import by_room
from services.directory.adapters.search_wishes import Wish, met_by_places, met_by_services, of_fitting_places
from services.directory.adapters.sql import FALSE, Sql, all_of, execute, values_of
from services.directory.adapters.text_query import TextQuery, readings

AT_PLACES = "search_entry JOIN published_place ON published_place.listing_id = search_entry.listing_id"
# What its owner has not confirmed for long comes after all that is nearer to being true.
_STANDING = Sql("search_entry.standing DESC")
_STALE_LAST = Sql("(search_entry.standing = 0)")
_NAME = Sql("search_entry.sort_name")
_ORDERS = {
    "freshness": [Sql("search_entry.last_modified DESC")],
    "name": [_NAME],
}


class Findings(Protocol):
    """What a plan finds: how many there are in all."""

    @property
    def total(self) -> int: ...

    @property
    def plan(self) -> Plan: ...


_Found = TypeVar("_Found", bound=Findings)


@dataclass(frozen=True)
class Plan:
    """What a search has come to: its wishes, its circle, how the words were read, and the order.

    ``centre`` is the circle from whose middle distances are measured, whether something must lie in it or not.
    """

    wishes: tuple[Wish, ...]
    circle: Circle | None
    centre: Circle | None
    reading: TextQuery | None
    sort: str
    # Since when a number of free places must have been said to count.
    said_since: datetime
    # What the words ask for, asked within the circle alone.
    local: Sql | None = None
    # Whether public places are found, one by one, or services.
    of_places: bool = False

    @property
    def found_in(self) -> str:
        """The tables that are looked into."""
        return AT_PLACES if self.of_places else "search_entry"

    def condition(self, *, without: Collection[str] = ()) -> Sql:
        """Return what an entry, or a place together with its entry, must meet, ``without`` wishes of these names."""
        words = [] if self.reading is None else [self.reading.condition]
        if self.of_places:
            inside = self.circle.holds_place if self.circle else []
            return all_of([*met_by_places(self.asked(*without, IN_BOX, WITHIN)), *inside, *words])
        if self.local is not None:
            return all_of([*met_by_services(self.asked(*without, IN_BOX)), self.local])
        return all_of([*met_by_services(self.asked(*without)), *words])

    @property
    def has_choices(self) -> bool:
        """Say whether something is asked that a facet could have been chosen by."""
        return any(wish.name in CHOICES for wish in self.wishes)

    def count(self, connection: Connection, *, most: int, without: Collection[str] = ()) -> int:
        """Return how many there are, ``without`` wishes of these names; of more than ``most`` it says no more."""
        condition = self.condition(without=without)
        few = f"SELECT FROM {self.found_in} WHERE {condition.text} LIMIT {most:d}"
        counted = Sql(f"SELECT count(*) FROM ({few}) AS few", condition.values)
        return int(execute(connection, counted).scalar_one())

    def asked(self, *without: str) -> list[Wish]:
        """Return what is asked, without the wishes of these names."""
        return [wish for wish in self.wishes if wish.name not in without]

    @property
    def distance(self) -> Sql | None:
        """The distance that is ordered by: of the place, or of the service's nearest place that fits."""
        centre = self.centre
        if centre is None:
            return None
        if self.of_places:
            return centre.place_distance
        judged = [wish for wish in self.wishes if wish.at_place is not None]
        if len(judged) < 2:
            return centre.distance
        fits, far = of_fitting_places(judged, is_shown=False), centre.distance_of_judged
        nearest = f"(SELECT min({far.text}) FROM search_place WHERE {fits.text})"
        either = f"CASE WHEN search_entry.has_places THEN {nearest} ELSE {centre.distance.text} END"
        return Sql(either, values_of([fits, far, centre.distance]))

    def order(self) -> list[Sql]:
        """Return the order that was asked for; whatever it leaves open goes by the words, and then by name."""
        first = [*by_room(self.said_since), _STANDING] if self.sort == "capacity" else _ORDERS.get(self.sort, [])
        if self.sort == "distance":
            far = self.distance
            first = [_STALE_LAST, *([Sql(f"{far.text} NULLS LAST", far.values)] if far else [])]
        if self.reading is None:
            return [*first, _STANDING, _NAME] if self.sort != "name" else [_NAME]
        return [*first, Sql(f"{self.reading.rank.text} DESC", self.reading.rank.values), _NAME]

    @property
    def weighs_words(self) -> bool:
        """Say whether nothing goes before what the words weigh."""
        return self.reading is not None and (self.sort == "relevance" or (self.sort == "distance" and not self.centre))


def first_enough(connection: Connection, plans: Iterator[Plan], find: Callable[[Plan], _Found]) -> _Found:
    """Return what is found by the first plan that reads the words widely enough.

    How widely that is, is judged without what facets can choose: a choice takes away from what was found, and adds
    nothing. Only where a choice would leave nothing are the words read more widely for it.
    """
    read = next(plans)
    found = find(read)
    for wider in plans:
        enough = wider.reading.unless_found if wider.reading else 0
        total = found.total if found.plan is read else 0
        if total < enough and read.has_choices:
            total = read.count(connection, most=enough, without=CHOICES)
        if total < enough:
            read, found = wider, find(wider)
        elif not found.total:
            found = find(wider)
    return found


def plans_of(connection: Connection, asked: ServiceSearch, *, of_places: bool = False) -> Iterator[Plan]:
    """Yield a plan for each reading of the words; one alone where there are none."""
    circle = circle_of(connection, asked)
    centre = circle or home_of(connection, asked)
    wanted = tuple(wishes(connection, asked, circle, of_places=of_places))
    read = readings(connection, asked.words)
    first = next(read, None)
    if first is None and (asked.words or "").strip():
        # What holds no word is in no service.
        wanted = (*wanted, Wish("words", FALSE))
    # Who names a point asks how far it is; who names a town as well as words may mean the words more.
    is_measured = asked.near is not None or asked.postcode is not None or first is None
    sort = asked.sort or ("distance" if centre and is_measured else "relevance")
    plan = Plan(wanted, circle, centre, first, sort, asked.said_since, of_places=of_places)
    yield _with_local_words(plan)
    for reading in read:
        yield _with_local_words(replace(plan, reading=reading))


def _with_local_words(plan: Plan) -> Plan:
    if plan.reading is None or plan.circle is None:
        return plan
    return replace(plan, local=plan.circle.holds_words(plan.reading.condition))
