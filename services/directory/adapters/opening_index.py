"""Makes "open at this moment" a question that the search index can answer.

Hours that are the same every week are kept as minutes of the week, beside the country whose clock and holidays they
follow. All others are kept as the times of the coming weeks, which a role of the worker carries on from day to day.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

import orjson
from sqlalchemy import Connection, delete, select, update
from sqlalchemy.dialects.postgresql.ranges import MultiRange, Range

from services.directory.adapters.bulk_rows import insert_rows, is_among
from services.directory.adapters.opening_tables import opening_span
from services.directory.adapters.sql import Sql, any_of, sql, values_of
from services.directory.adapters.tables import listing, search_entry
from services.directory.domain.opening_hours import OpeningHours, minutes_of_moment
from services.directory.domain.public_holidays import COUNTRIES
from services.directory.domain.schedules import opening_hours_of, own_hours_of_place

# How far ahead a moment may be asked for, and how far ahead times are kept so that a late role leaves no gap.
FURTHEST = timedelta(weeks=8)
_KEPT_AHEAD = timedelta(weeks=10)
_KEPT_BEHIND = timedelta(days=2)
_LONGEST_SPAN = timedelta(hours=25)
_ELSEWHERE = "elsewhere"
IS_ACTIVE = Sql("search_entry.service_status = 'active'")
_AT_THE_TIME = (
    "opens_at BETWEEN %(begun_after)s::timestamptz AND %(open_at)s::timestamptz"
    " AND closes_at > %(open_at)s::timestamptz"
)
# Hours that are not the same every week.
_IN_A_SPAN = (
    "(search_entry.special_hours_kept_on IS NOT NULL AND search_entry.listing_id IN (SELECT listing_id"
    f" FROM opening_span WHERE {_AT_THE_TIME}))"
)
_IN_A_SPAN_OF_PLACE = (
    "(search_place.special_hours_kept_on IS NOT NULL AND EXISTS (SELECT FROM place_span"
    " WHERE place_span.listing_id = search_place.listing_id AND place_span.position = search_place.position"
    f" AND {_AT_THE_TIME}))"
)

_UNKNOWN = "({0}.open_minutes IS NULL AND {0}.special_hours_kept_on IS NULL)"
# The conditions that nothing is known of a service's own hours, or of those of a place: its own, or its service's.
HOURS_UNKNOWN = _UNKNOWN.format("search_entry")
HOURS_UNKNOWN_AT_PLACE = (
    f"CASE WHEN search_place.keeps_own_hours THEN {_UNKNOWN.format('search_place')} ELSE {HOURS_UNKNOWN} END"
)


def hours_of_row(row: Mapping[Any, Any], country: str) -> OpeningHours:
    """Return the hours in a row of the listing table."""
    return opening_hours_of(country, always_open=row["always_open"], schedule=row["schedule"], detail=row["hsds"] or {})


@lru_cache(maxsize=4096)
def hours_of_text(country: str, always_open: bool, schedule: str, detail: str) -> OpeningHours:
    """Return the hours in a listing's row whose schedule and further hours were read as JSON text."""
    return opening_hours_of(
        country, always_open=always_open, schedule=orjson.loads(schedule), detail=orjson.loads(detail)
    )


@lru_cache(maxsize=4096)
def hours_at_place(country: str, place: str) -> OpeningHours:
    """Return a place's own hours, those of the pair and of the building read as JSON text."""
    hours = own_hours_of_place(country, orjson.loads(place), service_says=False)
    assert hours is not None, "a place of whose service nothing is asked keeps its own hours"
    return hours


def opening_columns(hours: OpeningHours, now: datetime) -> dict[str, Any]:
    """Return the columns of the search index that say when a service is open."""
    minutes = hours.weekly_minutes(now.date()) if hours.are_known else None
    ranges = None if minutes is None else MultiRange(Range(start, end) for start, end in _joined(minutes))
    kept_on = now.date() if hours.are_known and minutes is None else None
    return {"country": hours.country, "open_minutes": ranges, "special_hours_kept_on": kept_on}


def keep_spans(
    connection: Connection, hours_of: Mapping[str, OpeningHours], now: datetime, *, gone: Sequence[str] = ()
) -> None:
    """Write down the coming times of hours that are not the same every week, in place of what was written before.

    ``gone`` are listings that have left the index.
    """
    before = [*hours_of, *gone]
    if before:
        connection.execute(delete(opening_span).where(is_among(opening_span.c.listing_id, before)))
    insert_rows(connection, opening_span, span_rows(hours_of, now))


def span_rows(hours_of: Mapping[str, OpeningHours], now: datetime) -> list[dict[str, Any]]:
    """Return the rows of the coming times of listings whose hours are not the same every week."""
    return [
        {"listing_id": listing_id, **span}
        for listing_id, hours in hours_of.items()
        for span in coming_spans(hours, now)
    ]


def coming_spans(hours: OpeningHours, now: datetime) -> Iterator[dict[str, datetime]]:
    """Yield the coming times of hours that are not the same every week; none of those that are."""
    if hours.are_known and hours.weekly_minutes(now.date()) is None:
        for opens, closes in sorted(set(hours.separate_spans(now - _KEPT_BEHIND, now + _KEPT_AHEAD))):
            yield {"opens_at": opens, "closes_at": closes}


def carry_on_spans(connection: Connection, now: datetime, limit: int) -> int:
    """Write down the coming times of special hours for which that was not done today; return how many services.

    A rule that has begun or ended in the meantime may have become a plain weekly one.
    """
    columns = [listing.c.id, listing.c.always_open, listing.c.schedule, listing.c.hsds, search_entry.c.country]
    is_due = search_entry.c.special_hours_kept_on < now.date()
    # Held, so that a change of the listing waits and then writes its own; what another clock holds is its to do.
    due = (
        select(*columns)
        .join(search_entry)
        .where(is_due)
        .limit(limit)
        .with_for_update(of=listing, skip_locked=True, key_share=True)
    )
    rows = connection.execute(due).mappings().all()
    for row in rows:
        hours = hours_of_row(row, row["country"])
        keep_spans(connection, {row["id"]: hours}, now)
        entry = update(search_entry).where(search_entry.c.listing_id == row["id"])
        connection.execute(entry.values(**opening_columns(hours, now)))
    return len(rows)


def hours_hold(at: datetime) -> Sql:
    """Return the condition that the moment lies in a service's own hours, whether it is closed for a time or not."""
    return any_of([*_weekly("search_entry", at), _in_a_span(_IN_A_SPAN, at)])


def hours_hold_at_place(at: datetime) -> Sql:
    """Return the condition that the moment lies in the hours of a place: its own, or else its service's."""
    service = hours_hold(at)
    own = any_of([*_weekly("search_place", at), _in_a_span(_IN_A_SPAN_OF_PLACE, at)])
    either = f"CASE WHEN search_place.keeps_own_hours THEN {own.text} ELSE {service.text} END"
    return Sql(either, values_of([own, service]))


def _in_a_span(text: str, at: datetime) -> Sql:
    return sql(text, open_at=at, begun_after=at - _LONGEST_SPAN)


def _weekly(table: str, at: datetime) -> list[Sql]:
    asked: dict[tuple[int, ...], list[str]] = defaultdict(list)
    for country in (*COUNTRIES, _ELSEWHERE):
        asked[tuple(minutes_of_moment(country, at))].append(country)
    return [_has_minute(table, number, *asked_of) for number, asked_of in enumerate(asked.items())]


def _has_minute(table: str, number: int, minutes: tuple[int, ...], countries: list[str]) -> Sql:
    is_there = f"{table}.country = ANY(%(countries_{number})s::text[])"
    values: dict[str, Any] = {f"countries_{number}": countries}
    if _ELSEWHERE in countries:
        is_there = f"({is_there} OR NOT {table}.country = ANY(%(with_hours)s::text[]))"
        values["with_hours"] = sorted(COUNTRIES)
    values[f"minutes_{number}"] = "{" + ",".join(f"[{minute},{minute + 1})" for minute in minutes) + "}"
    return Sql(f"({is_there} AND {table}.open_minutes && %(minutes_{number})s::int4multirange)", values)


def _joined(minutes: list[tuple[int, int]]) -> list[tuple[int, int]]:
    joined: list[tuple[int, int]] = []
    for start, end in minutes:
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((start, end))
    return joined
