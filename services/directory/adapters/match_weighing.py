"""Weighs the entries of the index by the points of ``domain/matching.py``, and of several places each by itself.

What is asked of a place stands in the entry of its service, unless the entry has rows of ``search_place``: then each of
them is weighed, and the service counts as the one that comes first. That is a statement of its own, for the few that
need it: most services have one place. A test holds all of it against the domain.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from services.directory.adapters.geography import is_in_box, touches_box
from services.directory.adapters.opening_index import (
    HOURS_UNKNOWN,
    HOURS_UNKNOWN_AT_PLACE,
    hours_hold,
    hours_hold_at_place,
)
from services.directory.adapters.place_filters import NAMES_NO_AREA, SERVED_AT_PLACE
from services.directory.adapters.search_area import Circle
from services.directory.adapters.sql import TRUE, Sql, all_of, any_of, joined, sql, values_of
from services.directory.domain import matching
from services.directory.domain.need import Need
from services.directory.domain.urgency import UrgencyRule, rule_of

MOST_MISSING = 2
Point = tuple[float, float]


@dataclass(frozen=True)
class InQuestion:
    """Which entries are weighed, and which of their places where those are weighed one by one.

    ``entries`` holds for every entry with a place of which ``places`` holds.
    """

    entries: Sql
    places: Sql


@dataclass(frozen=True, kw_only=True)
class Side:
    """Where that stands which is asked of a place: in the entry of its service, or in a row of its own."""

    rows: str
    awaits_places: str
    position: str
    country: str
    serves: str
    names_no_area: Sequence[str]
    accessibility: str
    hours_unknown: str
    hours_hold: Callable[[datetime], Sql]
    distance: Callable[[Circle], Sql]
    lies_in_box: Callable[[Point, float, str], Sql]


def _entry_in_box(around: Point, km: float, name: str) -> Sql:
    own = is_in_box("search_entry.place", around=around, km=km, name=name)
    return any_of([own, touches_box("search_entry.further_box", around=around, km=km, name=name)])


def _place_in_box(around: Point, km: float, name: str) -> Sql:
    return is_in_box("point(search_place.longitude, search_place.latitude)", around=around, km=km, name=name)


SERVICE = Side(
    rows="search_entry",
    awaits_places="search_entry.has_places",
    position="NULL::integer",
    country="search_entry.country",
    serves="search_entry.serves",
    names_no_area=NAMES_NO_AREA,
    accessibility="search_entry.accessibility",
    hours_unknown=HOURS_UNKNOWN,
    hours_hold=hours_hold,
    distance=lambda circle: circle.distance,
    lies_in_box=_entry_in_box,
)
PLACE = Side(
    rows="search_entry JOIN search_place ON search_place.listing_id = search_entry.listing_id",
    awaits_places="false",
    position="search_place.position",
    country="search_place.country",
    serves=SERVED_AT_PLACE,
    names_no_area=(f"{SERVED_AT_PLACE} = '{{}}'::text[]",),
    accessibility="coalesce(search_place.accessibility, search_entry.accessibility)",
    hours_unknown=HOURS_UNKNOWN_AT_PLACE,
    hours_hold=hours_hold_at_place,
    distance=lambda circle: circle.distance_of_judged,
    lies_in_box=_place_in_box,
)


def weighed_entries(need: Need, around: Point | None, asked: InQuestion, now: datetime) -> Sql:
    """Return the table ``weighed``: what is worth showing of these services, with its faults and points.

    Those with several places are all in it, whatever their entries say, and await ``weighed_places``.
    """
    entries = _side(need, around, SERVICE, asked.entries, now)
    return Sql(f"weighed AS MATERIALIZED ({entries.text} OR awaits_places)", entries.values)


def weighed_places(
    need: Need, around: Point | None, asked: InQuestion, now: datetime, listing_ids: Sequence[str]
) -> Sql:
    """Return the table ``weighed`` of these services, each with the ``position`` of the place by which it counts."""
    several = sql("search_entry.listing_id = ANY(%(several)s::uuid[])", several=list(listing_ids))
    places = _side(need, around, PLACE, all_of([several, asked.places]), now)
    text = f"SELECT DISTINCT ON (listing_id) * FROM ({places.text}) AS place ORDER BY listing_id, {_ORDER}, position"
    return Sql(f"weighed AS MATERIALIZED ({text})", places.values)


_ORDER = "faults, score DESC, far NULLS LAST"
# Best first, and always the same.
ORDER = f"{_ORDER}, sort_name, listing_id"


def _side(need: Need, around: Point | None, side: Side, condition: Sql, now: datetime) -> Sql:
    # Worked out once for a row, and asked for by name from there on.
    away = side.distance(Circle(around, 0))
    judged = _judged(need, side, now)
    faults = joined(" + ", (Sql(f"(NOT ({good.text}))::integer", good.values) for good, _ in judged))
    score = joined(" + ", (_points(*one) for one in judged))
    of_service = f"search_entry.listing_id, search_entry.sort_name, {side.awaits_places} AS awaits_places"
    text = (
        f"SELECT * FROM (SELECT {of_service}, {side.position} AS position, {_FAR} AS far,"
        f" {faults.text} AS faults, {score.text} AS score"
        f" FROM {side.rows} CROSS JOIN LATERAL (SELECT {away.text} AS km OFFSET 0) AS away"
        f" WHERE {condition.text}) AS one WHERE faults <= %(most_missing)s"
    )
    return Sql(text, {**values_of([away, faults, score, condition]), "most_missing": MOST_MISSING})


_FAR = "away.km"
# What is asked of a service, and the points for it: a number, or SQL where they depend on the service.
_Judgement = tuple[Sql, float | Sql]


def _points(good: Sql, points: float | Sql) -> Sql:
    worth = points if isinstance(points, Sql) else Sql(repr(float(points)))
    return Sql(f"CASE WHEN {good.text} THEN {worth.text} ELSE 0.0 END", values_of([good, worth]))


def _judged(need: Need, side: Side, now: datetime) -> list[_Judgement]:
    """Return what is asked of a service, each with its points: the domain's judgements as SQL."""
    rule, today = rule_of(need.urgency), now.date()
    overdue = sql("greatest(0, %(today)s::date - coalesce(search_entry.confirm_by, %(today)s::date))", today=today)
    judged: list[_Judgement] = [
        *_judged_needs(need),
        *_judged_person(need, side),
        *_judged_place(need, side),
        (Sql("(search_entry.has_agency AND search_entry.accepts_referrals)"), 0.0),
        (Sql("coalesce(search_entry.capacity_available > 0, true)"), _points_free(rule, now)),
        (TRUE, Sql(f"{overdue.text} * ({matching.POINTS_PER_DAY_OVERDUE})::float8", overdue.values)),
    ]
    if rule.points_open:
        is_open = side.hours_hold(need.open_at or now)
        judged.append((TRUE, Sql(f"CASE WHEN {is_open.text} THEN {rule.points_open} ELSE 0.0 END", is_open.values)))
    if need.open_at is not None:
        judged.append((any_of([Sql(side.hours_unknown), side.hours_hold(need.open_at)]), 0.0))
    return judged


def _points_free(rule: UrgencyRule, now: datetime) -> Sql:
    """Return the points for a place that is known to be free: by a figure that is fresh enough."""
    is_fresh = "search_entry.capacity_said_at >= %(said_since)s::timestamptz"
    known = f"CASE WHEN search_entry.capacity_available > 0 AND {is_fresh} THEN {rule.points_free} ELSE 0.0 END"
    return sql(known, said_since=rule.said_since(now))


def _judged_needs(need: Need) -> Iterator[_Judgement]:
    for number, term in enumerate(sorted(need.needs)):
        name = f"need_{number}"
        yield sql(f"%({name})s::text = ANY(search_entry.terms)", **{name: term}), matching.POINTS_NEED


def _judged_person(need: Need, side: Side) -> Iterator[_Judgement]:
    if need.age is not None:
        from_age = "coalesce(search_entry.minimum_age <= %(age)s, true)"
        to_age = "coalesce(search_entry.maximum_age >= %(age)s, true)"
        yield sql(f"({from_age} AND {to_age})", age=need.age), matching.POINTS_AGE
    if need.sex in ("female", "male"):
        points = sql(f"CASE WHEN search_entry.sex = %(sex)s THEN {matching.POINTS_SEX} ELSE 0.0 END", sex=need.sex)
        yield sql("search_entry.sex IN ('any', %(sex)s)", sex=need.sex), points
    if need.languages:
        speaks = sql("search_entry.languages && %(languages)s::text[]", languages=sorted(need.languages))
        yield speaks, matching.POINTS_LANGUAGE
    if need.accessibility:
        offers = sql(f"{side.accessibility} @> %(offers)s::text[]", offers=sorted(need.accessibility))
        yield offers, matching.POINTS_ACCESSIBLE


def _judged_place(need: Need, side: Side) -> list[_Judgement]:
    if need.municipality is None:
        return []
    is_somewhere = Sql(f"{_FAR} IS NOT NULL")
    # A service that names no area serves whoever can come to its place.
    served = any_of([serves(need, side), Sql(f"({side.serves} = '{{}}'::text[] AND {is_somewhere.text})")])
    nearness = Sql(f"coalesce(greatest(0.0, {matching.POINTS_NEAR} - {_FAR} / {matching.KM_PER_POINT}), 0.0)")
    is_near = TRUE
    if need.within_km is not None:
        is_near = sql(f"coalesce({_FAR} <= %(within_km)s::float8, true)", within_km=need.within_km)
    is_known = any_of([is_somewhere, Sql("search_entry.location_kind = 'virtual'"), served])
    abroad = f"CASE WHEN {side.country} <> %(country)s THEN ({matching.POINTS_ABROAD})::float8 ELSE 0.0 END"
    return [
        (served, matching.POINTS_SERVES),
        (is_near, nearness),
        (is_known, 0.0),
        (TRUE, sql(abroad, country=need.country)),
    ]


def serves(need: Need, side: Side) -> Sql:
    """Return the condition that the place of the need is among those served."""
    return sql(f"{side.serves} && %(areas)s::text[]", areas=sorted(need.covering_codes))
