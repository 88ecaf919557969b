"""Weighs the entries of the index by the points of ``domain/matching.py``, and of several places each by itself.

What is asked of a place stands in the entry of its service, unless the entry has rows of ``search_place``: then each of
them is weighed, and the service counts as the one that comes first. A test holds all of it against the domain.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from services.directory.adapters.geography import is_in_box, touches_box
from services.directory.adapters.opening_index import (
    HOURS_UNKNOWN,
    HOURS_UNKNOWN_AT_PLACE,
    hours_hold,
    hours_hold_at_place,
)
from services.directory.adapters.search_area import Circle
from services.directory.adapters.sql import TRUE, Sql, any_of, joined, sql, values_of
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
    is_judged_so: str
    position: str
    country: str
    serves: str
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
    is_judged_so="NOT search_entry.has_places",
    position="NULL::integer",
    country="search_entry.country",
    serves="search_entry.serves",
    accessibility="search_entry.accessibility",
    hours_unknown=HOURS_UNKNOWN,
    hours_hold=hours_hold,
    distance=lambda circle: circle.distance,
    lies_in_box=_entry_in_box,
)
PLACE = Side(
    rows="search_entry JOIN search_place ON search_place.listing_id = search_entry.listing_id",
    is_judged_so="search_entry.has_places",
    position="search_place.position",
    country="search_place.country",
    serves="search_entry.serves",
    accessibility="coalesce(search_place.accessibility, search_entry.accessibility)",
    hours_unknown=HOURS_UNKNOWN_AT_PLACE,
    hours_hold=hours_hold_at_place,
    distance=lambda circle: circle.distance_of_judged,
    lies_in_box=_place_in_box,
)


def weighed(need: Need, around: Point | None, asked: InQuestion, now: datetime) -> Sql:
    """Return the table ``weighed``: what is worth showing of these services, with its faults and points.

    ``position`` is that of the place by which a service counts; null where its entry is judged alone.
    """
    services = _side(need, around, SERVICE, [asked.entries], now)
    places = _side(need, around, PLACE, [asked.entries, asked.places], now)
    best = f"SELECT DISTINCT ON (listing_id) * FROM ({places.text}) AS place ORDER BY listing_id, {_ORDER}, position"
    return Sql(f"weighed AS MATERIALIZED ({services.text} UNION ALL ({best}))", values_of([services, places]))


_ORDER = "faults, score DESC, far NULLS LAST"
# Best first, and always the same.
ORDER = f"{_ORDER}, sort_name, listing_id"


def _side(need: Need, around: Point | None, side: Side, conditions: list[Sql], now: datetime) -> Sql:
    # Worked out once for a row, and asked for by name from there on.
    away = side.distance(Circle(around, 0))
    judged = _judged(need, side, now)
    faults = joined(" + ", (Sql(f"(NOT ({good.text}))::integer", good.values) for good, _ in judged))
    score = joined(" + ", (_points(*one) for one in judged))
    columns = f"search_entry.listing_id, search_entry.sort_name, {side.position} AS position, {_FAR} AS far"
    condition = joined(" AND ", [Sql(side.is_judged_so), *conditions])
    text = (
        f"SELECT * FROM (SELECT {columns}, {faults.text} AS faults, {score.text} AS score"
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
