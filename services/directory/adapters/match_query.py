"""Finds services for a child among the published ones that the asking agency may know of, best first.

The index is asked which services come into question, and weighs them by the same points as ``domain/matching.py``;
only the few that will be shown are read whole. A test holds the two ways of weighing against each other.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from services.directory.adapters.geography import distance_in_degrees, is_in_box, touches_box
from services.directory.adapters.opening_index import hours_of_text, is_open_at
from services.directory.adapters.places import covering_codes, place_of
from services.directory.adapters.rows import capacity_of_row
from services.directory.adapters.search_area import Circle
from services.directory.adapters.sql import TRUE, Sql, all_of, any_of, execute, joined, sql, values_of
from services.directory.adapters.visibility import is_visible_to
from services.directory.domain import matching
from services.directory.domain.closing import ACTIVE
from services.directory.domain.eligibility import Eligibility, Sex
from services.directory.domain.matching import Candidate, Fit, fit
from services.directory.domain.need import Need
from services.directory.domain.urgency import UrgencyRule, rule_of
from services.directory.domain.verification import STALE_AFTER_DAYS, days_overdue

_MOST_MISSING = 2
# What neither serves the place nor lies this near is looked at only where nothing else is found; who names no area,
# and so serves whoever can come, may lie further.
USUAL_KM, OPEN_TO_ALL_KM = 60.0, 200.0
# Of these not more than so many, the nearest, are weighed: a whole country may offer what is asked for.
_MOST_FAR_OFF = 500
# What is weighed and shown of a service. Hours are compared and kept as they are written: many keep the same ones.
_SHOWN = """
    listing.id::text AS id, listing.name, listing.description, listing.organization_id::text AS organization_id,
    organization.name AS organization_name, organization.agency_id, listing.tier, listing.taxonomy_terms,
    listing.languages, listing.serves, listing.accessibility, listing.minimum_age, listing.maximum_age, listing.sex,
    listing.location_kind, listing.phone, listing.accepts_referrals, listing.confirmed_at, listing.confirm_by,
    listing.capacity_available, listing.capacity_maximum, listing.capacity_unit, listing.capacity_reported_at,
    listing.capacity_updated_at, listing.always_open, listing.schedule::text AS schedule,
    jsonb_build_object('schedules', listing.hsds -> 'schedules',
                       'service_at_locations', listing.hsds -> 'service_at_locations')::text AS hsds,
    search_entry.terms, search_entry.municipality_code, search_entry.country, best.far AS distance_km
"""
_FROM_BEST = """
    FROM best JOIN listing ON listing.id = best.listing_id
    JOIN organization ON organization.id = listing.organization_id
    JOIN search_entry ON search_entry.listing_id = listing.id
"""
_Place = tuple[float, float] | None
Row = Mapping[str, Any]


@dataclass(frozen=True)
class Matched:
    """A service's row and how it fits."""

    row: Row
    fit: Fit


def find_matches(
    connection: Connection, need: Need, *, agency_id: str, now: datetime, limit: int, nearly: int | None = None
) -> tuple[list[Matched], list[Matched]]:
    """Return services that fit and services that nearly fit, each best first, among those the agency may know of.

    ``limit`` is for each of the two. Of those that nearly fit there are no more than make up ``limit`` together with
    those that fit, but always up to ``nearly``; None stands for ``limit``.
    """
    least_nearly = limit if nearly is None else min(nearly, limit)
    need, around = _placed(connection, need)
    rows: list[Row] = []
    for condition in _widening(need, around, agency_id, now.date()):
        rows = rows or _best(connection, need, around, condition, now, (limit, least_nearly))
    weighed = [Matched(row, fit(need, _candidate(row, now.date()), now)) for row in rows]
    weighed.sort(key=lambda matched: matched.fit.sort_key)
    fitting = [matched for matched in weighed if not matched.fit.missing]
    return fitting, [matched for matched in weighed if 1 <= len(matched.fit.missing) <= _MOST_MISSING]


def is_met(connection: Connection, need: Need, *, agency_id: str, now: datetime) -> bool:
    """Say whether one service at least fits, among those the agency may know of."""
    need, around = _placed(connection, need)
    for condition in _widening(need, around, agency_id, now.date()):
        weighed = _weighed(need, around, condition, now)
        text = f"WITH {weighed.text} SELECT coalesce(bool_or(faults = 0), false), count(*) FROM weighed"
        found, total = execute(connection, Sql(text, weighed.values)).one()
        if total:
            return bool(found)
    return False


def _placed(connection: Connection, need: Need) -> tuple[Need, _Place]:
    """Return the need with all areas that its place lies in, and where that is."""
    if need.municipality is None:
        return need, None
    covering = frozenset(covering_codes(connection, need.municipality))
    return replace(need, covering_codes=covering), place_of(connection, need.municipality)


def _widening(need: Need, around: _Place, agency_id: str, today: date) -> Iterator[Sql]:
    """Yield which entries are weighed, and which ones where nothing of that is worth showing."""
    in_question = _in_question(need, agency_id, today)
    yield all_of([*in_question, *_reachable(need, around)])
    if around is not None:
        yield _is_nearest(in_question, around)


def _is_nearest(conditions: list[Sql], around: tuple[float, float]) -> Sql:
    """Return the condition to be among the nearest of the entries that meet these."""
    away, condition = distance_in_degrees("search_entry.place", around=around), all_of(conditions)
    nearest = f"SELECT ctid FROM search_entry WHERE {condition.text} ORDER BY {away.text} LIMIT {_MOST_FAR_OFF}"
    # Where a row lies does not change within a statement.
    return Sql(f"search_entry.ctid = ANY(ARRAY({nearest}))", values_of([away, condition]))


def _in_question(need: Need, agency_id: str, today: date) -> list[Sql]:
    """Return what a service must be to be weighed at all."""
    conditions = [
        sql("search_entry.terms && %(needs)s::text[]", needs=sorted(need.needs)),
        sql("search_entry.service_status = %(active)s", active=ACTIVE),
        is_visible_to(agency_id),
        sql(
            "(search_entry.confirm_by IS NULL OR search_entry.confirm_by >= %(stale)s::date)",
            stale=today - timedelta(days=STALE_AFTER_DAYS),
        ),
    ]
    if need.excluded_organizations:
        excluded = "NOT search_entry.organization_id = ANY(%(excluded)s::uuid[])"
        conditions.append(sql(excluded, excluded=sorted(need.excluded_organizations)))
    if not need.across_borders:
        # A line of another country counts where it serves this place.
        line = all_of([Sql("search_entry.location_kind = 'virtual'"), _serves(need)])
        here = sql("search_entry.country = %(country)s", country=need.country)
        conditions.append(any_of([here, line]))
    return conditions


def _serves(need: Need) -> Sql:
    return sql("search_entry.serves && %(areas)s::text[]", areas=sorted(need.covering_codes))


def _reachable(need: Need, around: _Place) -> list[Sql]:
    if around is None:
        return []
    asked_km = 2 * (need.within_km or 0)
    near = _is_around(around, max(USUAL_KM, asked_km), "box_near")
    # Written out, so that the planner sees that the index of places of services without an area will do.
    names_none = Sql("search_entry.serves = '{}'::text[]")
    open_to_all = all_of([names_none, _is_around(around, max(OPEN_TO_ALL_KM, asked_km), "box_within_reach")])
    return [any_of([_serves(need), near, open_to_all])]


def _is_around(around: tuple[float, float], km: float, name: str) -> Sql:
    own = is_in_box("search_entry.place", around=around, km=km, name=name)
    return any_of([own, touches_box("search_entry.further_box", around=around, km=km, name=name)])


def _best(
    connection: Connection, need: Need, around: _Place, condition: Sql, now: datetime, limits: tuple[int, int]
) -> list[Row]:
    """Return whole rows of the best that fit and of the best that nearly fit."""
    weighed = _weighed(need, around, condition, now)
    order = "faults, score DESC, far NULLS LAST, sort_name, listing_id"
    page = f"SELECT listing_id, far FROM weighed WHERE faults {{}} 0 ORDER BY {order}"
    fitting, nearly = page.format("="), page.format(">")
    statement = (
        f"WITH {weighed.text}, fitting AS MATERIALIZED ({fitting} LIMIT %(most)s), best AS (SELECT * FROM fitting"
        f" UNION ALL ({nearly} LIMIT greatest(%(nearly)s, %(most)s - (SELECT count(*) FROM fitting))))"
        f" SELECT {_SHOWN} {_FROM_BEST}"
    )
    most, least_nearly = limits
    found = execute(connection, sql(statement, most=most, nearly=least_nearly, **weighed.values))
    names = tuple(found.keys())
    return [dict(zip(names, row, strict=True)) for row in found]


def _weighed(need: Need, around: _Place, condition: Sql, now: datetime) -> Sql:
    """Return the table ``weighed``: what is worth showing of these entries, with its faults and points."""
    # Worked out once for a row, and asked for by name from there on.
    away = Circle(around, 0).distance
    far = Sql("away.km")
    judged = _judged(need, far, now)
    faults = joined(" + ", (Sql(f"(NOT ({good.text}))::integer", good.values) for good, _ in judged))
    score = joined(" + ", (_points(*one) for one in judged))
    columns = f"search_entry.listing_id, search_entry.sort_name, {far.text} AS far, {faults.text} AS faults"
    at_distance = f"search_entry CROSS JOIN LATERAL (SELECT {away.text} AS km OFFSET 0) AS away"
    text = (
        f"weighed AS MATERIALIZED (SELECT * FROM (SELECT {columns}, {score.text} AS score"
        f" FROM {at_distance} WHERE {condition.text}) AS one WHERE faults <= %(most_missing)s)"
    )
    return Sql(text, {**values_of([away, faults, score, condition]), "most_missing": _MOST_MISSING})


# What is asked of a service, and the points for it: a number, or SQL where they depend on the service.
_Judgement = tuple[Sql, float | Sql]


def _points(good: Sql, points: float | Sql) -> Sql:
    worth = points if isinstance(points, Sql) else Sql(repr(float(points)))
    return Sql(f"CASE WHEN {good.text} THEN {worth.text} ELSE 0.0 END", values_of([good, worth]))


def _judged(need: Need, far: Sql, now: datetime) -> list[_Judgement]:
    """Return what is asked of a service, each with its points: the domain's judgements as SQL."""
    rule, today = rule_of(need.urgency), now.date()
    overdue = sql("greatest(0, %(today)s::date - coalesce(search_entry.confirm_by, %(today)s::date))", today=today)
    judged: list[_Judgement] = [
        *_judged_needs(need),
        *_judged_person(need),
        *_judged_place(need, far),
        (Sql("(search_entry.has_agency AND search_entry.accepts_referrals)"), 0.0),
        (Sql("coalesce(search_entry.capacity_available > 0, true)"), _points_free(rule, now)),
        (TRUE, Sql(f"{overdue.text} * ({matching.POINTS_PER_DAY_OVERDUE})::float8", overdue.values)),
    ]
    if rule.points_open:
        is_open = is_open_at(need.open_at or now)
        judged.append((TRUE, Sql(f"CASE WHEN {is_open.text} THEN {rule.points_open} ELSE 0.0 END", is_open.values)))
    if need.open_at is not None:
        is_unknown = Sql("(search_entry.open_minutes IS NULL AND search_entry.special_hours_kept_on IS NULL)")
        judged.append((any_of([is_unknown, is_open_at(need.open_at)]), 0.0))
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


def _judged_person(need: Need) -> Iterator[_Judgement]:
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
        offers = sql("search_entry.accessibility @> %(offers)s::text[]", offers=sorted(need.accessibility))
        yield offers, matching.POINTS_ACCESSIBLE


def _judged_place(need: Need, far: Sql) -> list[_Judgement]:
    if need.municipality is None:
        return []
    is_somewhere = f"{far.text} IS NOT NULL"
    # A service that names no area serves whoever can come to its place.
    served = any_of([_serves(need), Sql(f"(search_entry.serves = '{{}}'::text[] AND {is_somewhere})", far.values)])
    nearness = f"coalesce(greatest(0.0, {matching.POINTS_NEAR} - {far.text} / {matching.KM_PER_POINT}), 0.0)"
    is_near = TRUE
    if need.within_km is not None:
        within = sql("%(within_km)s::float8", within_km=need.within_km)
        is_near = Sql(f"coalesce({far.text} <= {within.text}, true)", values_of([far, within]))
    is_known = any_of([Sql(is_somewhere, far.values), Sql("search_entry.location_kind = 'virtual'"), served])
    abroad = "CASE WHEN search_entry.country <> %(country)s THEN {}::float8 ELSE 0.0 END"
    return [
        (served, matching.POINTS_SERVES),
        (is_near, Sql(nearness, far.values)),
        (is_known, 0.0),
        (TRUE, sql(abroad.format(f"({matching.POINTS_ABROAD})"), country=need.country)),
    ]


def _candidate(row: Row, today: date) -> Candidate:
    return Candidate(
        service_id=row["id"],
        name=row["name"],
        terms=frozenset(row["terms"]),
        eligibility=Eligibility(minimum_age=row["minimum_age"], maximum_age=row["maximum_age"], sex=Sex(row["sex"])),
        languages=frozenset(row["languages"]),
        serves=frozenset(row["serves"]),
        has_agency=row["agency_id"] is not None,
        accepts_referrals=row["accepts_referrals"],
        capacity=capacity_of_row(row),
        distance_km=row["distance_km"],
        is_virtual=row["location_kind"] == "virtual",
        country=row["country"],
        hours=hours_of_text(row["country"], row["always_open"], row["schedule"], row["hsds"]),
        accessibility=frozenset(row["accessibility"]),
        days_overdue=days_overdue(row["confirm_by"], today),
        confirmed_on=row["confirmed_at"].date() if row["confirmed_at"] else None,
    )
