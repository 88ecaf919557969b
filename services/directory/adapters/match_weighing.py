"""Weighs the entries of the index by the points of ``domain/matching.py``, and of several places each by itself.

What is asked of a place stands in the entry of its service, unless the entry has rows of ``search_place``: then each of
them is weighed, and the service counts as the one that comes first. A test holds all of it against the domain.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from services.directory.adapters.geography import distance_km
from services.directory.adapters.opening_index import HOURS_UNKNOWN_AT_PLACE, hours_hold_at_place
from services.directory.adapters.place_filters import SERVED_AT_PLACE
from services.directory.adapters.sql import Sql, any_of, joined, sql, values_of
from services.directory.domain import matching
from services.directory.domain.need import Need
from services.directory.domain.urgency import UrgencyRule, rule_of

MOST_MISSING = 2
Point = tuple[float, float]
# A row for each place of an entry that has some, else one in which all columns of the place are null.
_ENTRIES_AND_PLACES = (
    "search_entry LEFT JOIN LATERAL (SELECT * FROM search_place"
    " WHERE search_entry.has_places AND search_place.listing_id = search_entry.listing_id OFFSET 0)"
    " AS search_place ON true"
)
_OWN = "CASE WHEN search_entry.has_places THEN search_place.{0} ELSE search_entry.{0} END"
# How far off the place is, in kilometres; null where it is unknown or may not be known.
FAR = "away.km"
# What a place does not say itself is as its service says.
COUNTRY_AT_PLACE = "coalesce(search_place.country, search_entry.country)"
NAMES_NO_AREA_AT_PLACE = f"{SERVED_AT_PLACE} = '{{}}'::text[]"
_ACCESSIBILITY_AT_PLACE = "coalesce(search_place.accessibility, search_entry.accessibility)"
_BEST_FIRST = "faults, score DESC, far NULLS LAST"
# Always the same.
ORDER = f"{_BEST_FIRST}, sort_name, listing_id"


def weighed(need: Need, around: Point | None, in_question: Sql, now: datetime, *, by_referral: bool = True) -> Sql:
    """Return the table ``weighed``: what is worth showing of these services, with its faults and points.

    ``in_question`` may ask of the entry, of its place, and how far off that is. ``position`` is that of the place by
    which a service counts; null where its entry is judged alone. Whether it takes referrals does not matter where it
    is not to be found out ``by_referral``.
    """
    away, judged = _distance(around), _judged(need, now, by_referral=by_referral)
    score = joined(" + ", [*(points for one in judged if (points := one.score)), *_extras(need, now)])
    # Each is worked out once for a row, and asked for by name from there on.
    goods = joined(", ", (Sql(f"{one.good.text} AS {one.name}", one.good.values) for one in judged))
    faults = " + ".join(f"(NOT {one.name})::integer" for one in judged)
    rows = (
        f"SELECT search_entry.listing_id, search_entry.sort_name, search_place.position, {FAR} AS far,"
        f" {faults} AS faults, {score.text} AS score FROM {_ENTRIES_AND_PLACES}"
        f" CROSS JOIN LATERAL (SELECT {away.text} AS km OFFSET 0) AS away"
        f" CROSS JOIN LATERAL (SELECT {goods.text} OFFSET 0) AS judged WHERE {in_question.text}"
    )
    text = (
        f"weighed AS MATERIALIZED (SELECT DISTINCT ON (listing_id) * FROM ({rows}) AS place"
        f" WHERE faults <= %(most_missing)s ORDER BY listing_id, {_BEST_FIRST}, position)"
    )
    return Sql(text, {**values_of([away, goods, score, in_question]), "most_missing": MOST_MISSING})


def _distance(around: Point | None) -> Sql:
    if around is None:
        return Sql("NULL::float8")
    return distance_km(_OWN.format("latitude"), _OWN.format("longitude"), from_place=around)


@dataclass(frozen=True)
class _Judgement:
    """What is asked of a service, and the points where it holds: a number, or SQL where they depend on the service."""

    name: str
    good: Sql
    points: float | Sql = 0

    @property
    def score(self) -> Sql | None:
        """The points that a service gets; None where there are none for it."""
        if not self.points:
            return None
        points = self.points if isinstance(self.points, Sql) else Sql(repr(float(self.points)))
        return Sql(f"CASE WHEN {self.name} THEN {points.text} ELSE 0.0 END", points.values)


def _judged(need: Need, now: datetime, *, by_referral: bool) -> list[_Judgement]:
    """Return what is asked of a service: the domain's judgements as SQL."""
    has_room = Sql("coalesce(search_entry.capacity_available > 0, true)")
    judged = [
        *_judged_needs(need),
        *_judged_person(need),
        *_judged_place(need),
        _Judgement("has_room", has_room, _points_free(rule_of(need.urgency), now)),
    ]
    if by_referral:
        is_possible = Sql("(search_entry.has_agency AND search_entry.accepts_referrals)")
        judged.append(_Judgement("takes_referrals", is_possible))
    if need.open_at is not None:
        may_be_open = any_of([Sql(HOURS_UNKNOWN_AT_PLACE), hours_hold_at_place(need.open_at)])
        judged.append(_Judgement("may_be_open", may_be_open))
    return judged


def _points_free(rule: UrgencyRule, now: datetime) -> Sql:
    """Return the points for a place that is known to be free: by a figure that is fresh enough."""
    is_fresh = "search_entry.capacity_said_at >= %(said_since)s::timestamptz"
    known = f"CASE WHEN search_entry.capacity_available > 0 AND {is_fresh} THEN {rule.points_free} ELSE 0.0 END"
    return sql(known, said_since=rule.said_since(now))


def _judged_needs(need: Need) -> Iterator[_Judgement]:
    for number, term in enumerate(sorted(need.needs)):
        name = f"need_{number}"
        offered = sql(f"%({name})s::text = ANY(search_entry.terms)", **{name: term})
        yield _Judgement(name, offered, matching.POINTS_NEED)


def _judged_person(need: Need) -> Iterator[_Judgement]:
    if need.age is not None:
        from_age = "coalesce(search_entry.minimum_age <= %(age)s, true)"
        to_age = "coalesce(search_entry.maximum_age >= %(age)s, true)"
        yield _Judgement("takes_age", sql(f"({from_age} AND {to_age})", age=need.age), matching.POINTS_AGE)
    if need.sex in ("female", "male"):
        points = sql(f"CASE WHEN search_entry.sex = %(sex)s THEN {matching.POINTS_SEX} ELSE 0.0 END", sex=need.sex)
        yield _Judgement("takes_sex", sql("search_entry.sex IN ('any', %(sex)s)", sex=need.sex), points)
    if need.languages:
        speaks = sql("search_entry.languages && %(languages)s::text[]", languages=sorted(need.languages))
        yield _Judgement("speaks", speaks, matching.POINTS_LANGUAGE)
    if need.accessibility:
        offers = sql(f"{_ACCESSIBILITY_AT_PLACE} @> %(offers)s::text[]", offers=sorted(need.accessibility))
        yield _Judgement("is_accessible", offers, matching.POINTS_ACCESSIBLE)


def _judged_place(need: Need) -> Iterator[_Judgement]:
    if need.municipality is None:
        return
    is_somewhere = Sql(f"{FAR} IS NOT NULL")
    # A service that names no area serves whoever can come to its place.
    served = any_of([serves(need), Sql(f"({NAMES_NO_AREA_AT_PLACE} AND {is_somewhere.text})")])
    yield _Judgement("serves_here", served, matching.POINTS_SERVES)
    yield _Judgement("is_known", any_of([is_somewhere, Sql("search_entry.location_kind = 'virtual'"), served]))
    if need.within_km is not None:
        is_near = sql(f"coalesce({FAR} <= %(within_km)s::float8, true)", within_km=need.within_km)
        yield _Judgement("is_near", is_near, Sql(_NEARNESS))


_NEARNESS = f"coalesce(greatest(0.0, {matching.POINTS_NEAR} - {FAR} / {matching.KM_PER_POINT}), 0.0)"


def _extras(need: Need, now: datetime) -> Iterator[Sql]:
    """Yield points for what nobody asks of a service, but what counts all the same."""
    overdue = sql("greatest(0, %(today)s::date - coalesce(search_entry.confirm_by, %(today)s::date))", today=now.date())
    yield Sql(f"{overdue.text} * ({matching.POINTS_PER_DAY_OVERDUE})::float8", overdue.values)
    if need.municipality is not None:
        abroad = f"CASE WHEN {COUNTRY_AT_PLACE} <> %(country)s THEN ({matching.POINTS_ABROAD})::float8 ELSE 0.0 END"
        yield sql(abroad, country=need.country)
        if need.within_km is None:
            yield Sql(_NEARNESS)
    if points_open := rule_of(need.urgency).points_open:
        is_open = hours_hold_at_place(need.open_at or now)
        yield Sql(f"CASE WHEN {is_open.text} THEN {points_open} ELSE 0.0 END", is_open.values)


def serves(need: Need) -> Sql:
    """Return the condition that the place of the need is among those served."""
    return sql(f"{SERVED_AT_PLACE} && %(areas)s::text[]", areas=sorted(need.covering_codes))
