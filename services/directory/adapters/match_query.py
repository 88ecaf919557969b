"""Finds services for a child among the published ones that the asking agency may know of, best first.

The index is asked which services come into question, and weighs them (``match_weighing``) by the same points as
``domain/matching.py``; only the few that will be shown are read whole (``match_rows``).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from sqlalchemy import Connection

from services.directory.adapters.geography import distance_in_degrees
from services.directory.adapters.match_keys import keys_asked
from services.directory.adapters.match_rows import (
    FROM_BEST,
    SHOWN,
    Row,
    candidate_of,
)
from services.directory.adapters.match_weighing import (
    COUNTRY_AT_PLACE,
    FAR,
    MOST_MISSING,
    NAMES_NO_AREA_AT_PLACE,
    ORDER,
    Point,
    serves,
    weighed,
)
from services.directory.adapters.places import covering_codes, place_of
from services.directory.adapters.sql import Sql, all_of, any_of, execute, sql, values_of
from services.directory.adapters.visibility import is_visible_to
from services.directory.domain.closing import ACTIVE
from services.directory.domain.matching import Fit, fit
from services.directory.domain.need import Need
from services.directory.domain.verification import STALE_AFTER_DAYS

# What neither serves the place nor lies this near is looked at only where nothing else fits and hardly anything nearly
# does; who names no area, and so serves whoever can come, may lie further.
USUAL_KM, OPEN_TO_ALL_KM = 60.0, 200.0
# Of these not more than so many, the nearest, are weighed: a whole country may offer what is asked for.
_MOST_FAR_OFF = 100
# So many that nearly fit are a choice, and nothing further off is looked for.
ENOUGH_NEARLY = 5


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
    # As many that nearly fit as show whether there are enough of them, however few are to be returned.
    limits = (limit, max(least_nearly, ENOUGH_NEARLY))
    judged: dict[str, Matched] = {}
    for asked in _widening(need, around, agency_id, now.date()):
        for row in _best(connection, weighed(need, around, asked, now), limits):
            matched = Matched(row, fit(need, candidate_of(row, now.date()), now))
            before = judged.get(row["id"], matched)
            judged[row["id"]] = min(before, matched, key=lambda one: one.fit.sort_key)
        if len(judged) >= ENOUGH_NEARLY or any(not matched.fit.missing for matched in judged.values()):
            break
    in_order = sorted(judged.values(), key=lambda one: one.fit.sort_key)
    fitting = [matched for matched in in_order if not matched.fit.missing][:limit]
    nearly_fitting = [matched for matched in in_order if 1 <= len(matched.fit.missing) <= MOST_MISSING]
    return fitting, nearly_fitting[: max(limit - len(fitting), least_nearly)]


def is_met(connection: Connection, need: Need, *, agency_id: str, now: datetime) -> bool:
    """Say whether one service at least fits, among those the agency may know of, be it that it must be called."""
    need, around = _placed(connection, need)
    for asked in _widening(need, around, agency_id, now.date()):
        table = weighed(need, around, asked, now, by_referral=False)
        text = f"WITH {table.text} SELECT coalesce(bool_or(faults = 0), false), count(*) FROM weighed"
        found, total = execute(connection, Sql(text, table.values)).one()
        if total:
            return bool(found)
    return False


def _placed(connection: Connection, need: Need) -> tuple[Need, Point | None]:
    """Return the need with all areas that its place lies in, and where that is."""
    if need.municipality is None:
        return need, None
    covering = frozenset(covering_codes(connection, need.municipality))
    return replace(need, covering_codes=covering), place_of(connection, need.municipality)


def _widening(need: Need, around: Point | None, agency_id: str, today: date) -> Iterator[Sql]:
    """Yield what is weighed, and then what is weighed besides where nothing of that fits and few nearly do."""
    entries = _in_question(need, agency_id, today)
    borders = [] if need.across_borders else [any_of(_within_borders(need, COUNTRY_AT_PLACE))]
    if around is None:
        yield all_of([_offers(need), *entries, *borders])
        return
    yield all_of([*_within_reach(need, around), *entries, *borders])
    if not need.across_borders:
        # Which of its places is meant is asked of each of them.
        entries.append(any_of([*_within_borders(need, "search_entry.country"), Sql("search_entry.has_places")]))
    yield all_of([_is_nearest([_offers(need), *entries], around), *borders])


def _is_nearest(conditions: list[Sql], around: Point) -> Sql:
    """Return the condition to be among the nearest of the entries that meet these."""
    away, condition = distance_in_degrees("search_entry.place", around=around), all_of(conditions)
    nearest = f"SELECT ctid FROM search_entry WHERE {condition.text} ORDER BY {away.text} LIMIT {_MOST_FAR_OFF}"
    # Where a row lies does not change within a statement.
    return Sql(f"search_entry.ctid = ANY(ARRAY({nearest}))", values_of([away, condition]))


def _in_question(need: Need, agency_id: str, today: date) -> list[Sql]:
    """Return what a service must be to be weighed at all, whatever it offers and wherever it is."""
    conditions = [
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
    return conditions


def _offers(need: Need) -> Sql:
    return sql("search_entry.terms && %(needs)s::text[]", needs=sorted(need.needs))


def _within_borders(need: Need, country: str) -> list[Sql]:
    """Return conditions of which one must hold; a line of another country counts where it serves the place."""
    here = sql(f"{country} = %(country)s", country=need.country)
    return [here, all_of([Sql("search_entry.location_kind = 'virtual'"), serves(need)])]


def _within_reach(need: Need, around: Point) -> list[Sql]:
    """Return the conditions to offer what is asked for and to serve the place or lie near it."""
    asked_km = 2 * (need.within_km or 0)
    near_km, wide_km = max(USUAL_KM, asked_km), max(OPEN_TO_ALL_KM, asked_km)
    is_near = sql(f"{FAR} <= %(near_km)s::float8", near_km=near_km)
    is_in_reach = sql(f"({NAMES_NO_AREA_AT_PLACE} AND {FAR} <= %(wide_km)s::float8)", wide_km=wide_km)
    reaches, offers = any_of([serves(need), is_near, is_in_reach]), _offers(need)
    keys = keys_asked(need.needs, need.covering_codes, around, near_km=near_km, wide_km=wide_km)
    if keys is None:
        return [offers, reaches]
    has_key = sql("search_entry.match_keys && %(match_keys)s::integer[]", match_keys=keys)
    # Written so that no index answers it: the keys bring few, the kind of help alone brings thousands.
    return [has_key, Sql(f"({offers.text}) IS TRUE", offers.values), reaches]


def _best(connection: Connection, table: Sql, limits: tuple[int, int]) -> list[Row]:
    """Return whole rows of the best that fit and of the best that nearly fit."""
    page = f"SELECT listing_id, position, far FROM weighed WHERE faults {{}} 0 ORDER BY {ORDER}"
    fitting, nearly = page.format("="), page.format(">")
    statement = (
        f"WITH {table.text}, fitting AS MATERIALIZED ({fitting} LIMIT %(most)s), best AS (SELECT * FROM fitting"
        f" UNION ALL ({nearly} LIMIT greatest(%(nearly)s, %(most)s - (SELECT count(*) FROM fitting))))"
        f" SELECT {SHOWN} {FROM_BEST}"
    )
    most, least_nearly = limits
    found = execute(connection, sql(statement, most=most, nearly=least_nearly, **table.values))
    names = tuple(found.keys())
    return [dict(zip(names, row, strict=True)) for row in found]
