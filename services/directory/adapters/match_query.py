"""Finds services for a child among the published ones that the asking agency may know of, best first.

The index is asked which services come into question, and weighs them (``match_weighing``) by the same points as
``domain/matching.py``, in a second statement those of several places; only the few that will be shown are read whole
(``match_rows``).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from sqlalchemy import Connection

from services.directory.adapters.geography import distance_in_degrees
from services.directory.adapters.match_rows import (
    FROM_BEST,
    FROM_BEST_PLACE,
    SHOWN,
    SHOWN_AT_PLACE,
    Row,
    candidate_of,
)
from services.directory.adapters.match_weighing import (
    MOST_MISSING,
    ORDER,
    PLACE,
    SERVICE,
    InQuestion,
    Point,
    Side,
    serves,
    weighed_entries,
    weighed_places,
)
from services.directory.adapters.places import covering_codes, place_of
from services.directory.adapters.sql import Sql, all_of, any_of, execute, sql, values_of
from services.directory.adapters.visibility import is_visible_to
from services.directory.domain.closing import ACTIVE
from services.directory.domain.matching import Fit, fit
from services.directory.domain.need import Need
from services.directory.domain.verification import STALE_AFTER_DAYS

# What neither serves the place nor lies this near is looked at only where nothing else is found; who names no area,
# and so serves whoever can come, may lie further.
USUAL_KM, OPEN_TO_ALL_KM = 60.0, 200.0
# Of these not more than so many, the nearest, are weighed: a whole country may offer what is asked for.
_MOST_FAR_OFF = 500
_SEVERAL = "SELECT array_agg(listing_id::text) FROM weighed WHERE awaits_places"


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
    for asked in _widening(need, around, agency_id, now.date()):
        rows = rows or _best(connection, need, around, asked, now, (limit, least_nearly))
    judged = [Matched(row, fit(need, candidate_of(row, now.date()), now)) for row in rows]
    judged.sort(key=lambda matched: matched.fit.sort_key)
    fitting = [matched for matched in judged if not matched.fit.missing][:limit]
    nearly_fitting = [matched for matched in judged if 1 <= len(matched.fit.missing) <= MOST_MISSING]
    return fitting, nearly_fitting[: max(least_nearly, limit - len(fitting))]


def is_met(connection: Connection, need: Need, *, agency_id: str, now: datetime) -> bool:
    """Say whether one service at least fits, among those the agency may know of."""
    need, around = _placed(connection, need)
    for asked in _widening(need, around, agency_id, now.date()):
        fitting, shown, several = _count(connection, weighed_entries(need, around, asked, now))
        if several:
            fitting_too, shown_too, _ = _count(connection, weighed_places(need, around, asked, now, several))
            fitting, shown = fitting + fitting_too, shown + shown_too
        if shown:
            return fitting > 0
    return False


def _count(connection: Connection, table: Sql) -> tuple[int, int, Sequence[str]]:
    """Return how many fit and how many are worth showing, with the ids of those whose places are to be weighed yet."""
    counted = "count(*) FILTER (WHERE NOT awaits_places AND faults = 0), count(*) FILTER (WHERE NOT awaits_places)"
    text = f"WITH {table.text} SELECT {counted}, ({_SEVERAL}) FROM weighed"
    fitting, shown, several = execute(connection, Sql(text, table.values)).one()
    return fitting, shown, several or ()


def _placed(connection: Connection, need: Need) -> tuple[Need, Point | None]:
    """Return the need with all areas that its place lies in, and where that is."""
    if need.municipality is None:
        return need, None
    covering = frozenset(covering_codes(connection, need.municipality))
    return replace(need, covering_codes=covering), place_of(connection, need.municipality)


def _widening(need: Need, around: Point | None, agency_id: str, today: date) -> Iterator[InQuestion]:
    """Yield what is weighed, and then what is where nothing of that is worth showing."""
    entries = _in_question(need, agency_id, today)
    # Asked again of places, for they are read in a statement of their own.
    places = [is_visible_to(agency_id)]
    places += [] if need.across_borders else [any_of(_within_borders(need, PLACE))]
    yield InQuestion(
        all_of([*entries, *_reachable(need, around, SERVICE)]), all_of([*places, *_reachable(need, around, PLACE)])
    )
    if around is not None:
        yield InQuestion(_is_nearest(entries, around), all_of(places))


def _is_nearest(conditions: list[Sql], around: Point) -> Sql:
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
        conditions.append(any_of([*_within_borders(need, SERVICE), Sql("search_entry.has_places")]))
    return conditions


def _within_borders(need: Need, side: Side) -> list[Sql]:
    """Return conditions of which one must hold; a line of another country counts where it serves the place."""
    here = sql(f"{side.country} = %(country)s", country=need.country)
    return [here, all_of([Sql("search_entry.location_kind = 'virtual'"), serves(need, side)])]


def _reachable(need: Need, around: Point | None, side: Side) -> list[Sql]:
    if around is None:
        return []
    asked_km = 2 * (need.within_km or 0)
    near = side.lies_in_box(around, max(USUAL_KM, asked_km), "box_near")
    # Written out, so that the planner sees that the index of places of services without an area will do.
    within_reach = side.lies_in_box(around, max(OPEN_TO_ALL_KM, asked_km), "box_within_reach")
    open_to_all = [all_of([Sql(names_none), within_reach]) for names_none in side.names_no_area]
    return [any_of([serves(need, side), near, *open_to_all])]


def _best(
    connection: Connection, need: Need, around: Point | None, asked: InQuestion, now: datetime, limits: tuple[int, int]
) -> list[Row]:
    """Return whole rows of the best that fit and of the best that nearly fit: all that are asked for, or more."""
    rows, several = _page(connection, weighed_entries(need, around, asked, now), SHOWN, FROM_BEST, limits)
    if several:
        places = weighed_places(need, around, asked, now, several)
        rows += _page(connection, places, SHOWN_AT_PLACE, FROM_BEST_PLACE, limits)[0]
    return rows


def _page(
    connection: Connection, table: Sql, shown: str, from_best: str, limits: tuple[int, int]
) -> tuple[list[Row], Sequence[str]]:
    """Return the rows of the best that are weighed, and the ids of those whose places are to be weighed yet."""
    page = f"SELECT listing_id, position, far FROM weighed WHERE NOT awaits_places AND faults {{}} 0 ORDER BY {ORDER}"
    fitting, nearly = page.format("="), page.format(">")
    statement = (
        f"WITH {table.text}, fitting AS MATERIALIZED ({fitting} LIMIT %(most)s), best AS (SELECT * FROM fitting"
        f" UNION ALL ({nearly} LIMIT greatest(%(nearly)s, %(most)s - (SELECT count(*) FROM fitting))))"
        # One row at least tells of the others.
        f" SELECT several.ids, {shown} FROM ({_SEVERAL}) AS several (ids) LEFT JOIN ({from_best}) ON true"
    )
    most, least_nearly = limits
    found = execute(connection, sql(statement, most=most, nearly=least_nearly, **table.values))
    names = tuple(found.keys())
    rows = [dict(zip(names, row, strict=True)) for row in found]
    return [row for row in rows if row["id"] is not None], rows[0]["ids"] or ()
