"""Keeps the rows that search judges single places by in step with their services' entries, and their coming hours."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Table, delete, select, update

from services.directory.adapters.bulk_rows import insert_rows, is_among
from services.directory.adapters.opening_index import coming_spans, opening_columns
from services.directory.adapters.place_entries import PlaceEntry, told_places_in
from services.directory.adapters.place_tables import place_span, search_place
from services.directory.adapters.tables import listing, search_entry
from services.directory.domain.opening_hours import OpeningHours
from services.directory.domain.schedules import own_hours_of_place


def keep_places(connection: Connection, places_of: Mapping[str, Sequence[PlaceEntry]], now: datetime) -> None:
    """Write the places of these services, whose entries are there, in place of what was written before."""
    if places_of:
        connection.execute(delete(search_place).where(is_among(search_place.c.listing_id, places_of)))
    for table, rows in rows_of_places(places_of.values(), now):
        insert_rows(connection, table, rows)


def rows_of_places(
    places_of: Iterable[Sequence[PlaceEntry]], now: datetime
) -> Iterator[tuple[Table, list[dict[str, Any]]]]:
    """Yield the rows of services' places, and of the coming times of their own hours, by table."""
    places = [place for of_service in places_of for place in of_service]
    yield search_place, [place.row for place in places]
    spans = [
        {"listing_id": place.row["listing_id"], "position": place.row["position"], **span}
        for place in places
        if place.hours is not None
        for span in coming_spans(place.hours, now)
    ]
    yield place_span, spans


def points_of_places(connection: Connection, listing_ids: Sequence[str]) -> dict[tuple[str, int], tuple[float, float]]:
    """Return where the places of these services are searched at, by listing and position."""
    if not listing_ids:
        return {}
    entry, place = search_entry.c, search_place.c
    both = search_entry.outerjoin(search_place, place.listing_id == entry.listing_id)
    columns = [entry.listing_id, entry.has_places, place.position]
    own = [entry.latitude, entry.longitude, place.latitude.label("north"), place.longitude.label("east")]
    rows = connection.execute(select(*columns, *own).select_from(both).where(is_among(entry.listing_id, listing_ids)))
    found = {
        (row.listing_id, row.position): (row.north, row.east) if row.has_places else (row.latitude, row.longitude)
        for row in rows
    }
    return {(key[0], key[1] or 0): where for key, where in found.items() if where[0] is not None}


def carry_on_places(connection: Connection, now: datetime, limit: int) -> int:
    """Write down the coming times of special hours for which that was not done today; return how many places."""
    place = search_place.c
    is_due = place.special_hours_kept_on < now.date()
    columns = [place.listing_id, place.position, place.country, listing.c.hsds]
    # Held as ``carry_on_spans`` does, so that a change of the listing waits and then writes its own.
    due = select(*columns).join(listing, listing.c.id == place.listing_id).where(is_due).limit(limit)
    rows = connection.execute(due.with_for_update(of=listing, skip_locked=True, key_share=True)).mappings().all()
    for row in rows:
        told = told_places_in(row["hsds"])[row["position"]]
        # What is kept on are hours of its own, so that its service says nothing here.
        hours = own_hours_of_place(row["country"], told, service_says=False)
        assert hours is not None, "a place of whose service nothing is asked keeps its own hours"
        _write_anew(connection, row["listing_id"], row["position"], hours, now)
    return len(rows)


def _write_anew(connection: Connection, listing_id: str, position: int, hours: OpeningHours, now: datetime) -> None:
    span, place = place_span.c, search_place.c
    connection.execute(delete(place_span).where(span.listing_id == listing_id, span.position == position))
    its = update(search_place).where(place.listing_id == listing_id, place.position == position)
    connection.execute(its.values(**opening_columns(hours, now)))
    key = {"listing_id": listing_id, "position": position}
    insert_rows(connection, place_span, [{**key, **times} for times in coming_spans(hours, now)])
