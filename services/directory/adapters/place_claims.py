"""Whose the public address of a service at a place is: its id comes from feeds, and two of them may say the same."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection, select

from services.directory.adapters.bulk_rows import is_among
from services.directory.adapters.changes import note_changes
from services.directory.adapters.document_tables import published_place
from services.directory.adapters.tables import listing, location, organization


def places_of_others(connection: Connection, ids: Collection[str], agency_id: str) -> set[str]:
    """Return those of the ids that pairs of service and place have whose service this agency does not keep."""
    if not ids:
        return set()
    keepers = (organization.c.agency_id, organization.c.maintaining_agency_id)
    of_others = [keeper.is_distinct_from(agency_id) for keeper in keepers]
    found: set[str] = set()
    for column in (published_place.c.id, location.c.service_at_location_id):
        held = select(column).join(listing, listing.c.id == column.table.c.listing_id).join(organization)
        found |= set(connection.scalars(held.where(is_among(column, ids), *of_others)))
    return found


def note_place_changes(
    connection: Connection,
    listing_ids: Collection[str],
    *,
    before: Collection[str],
    written: Collection[str],
    gone: Collection[str],
) -> None:
    """Note what became of the pairs of these listings; one that another listing has too is changed, not withdrawn."""
    elsewhere = select(published_place.c.id).where(
        is_among(published_place.c.id, {*written, *gone}), ~is_among(published_place.c.listing_id, listing_ids)
    )
    kept = set(connection.scalars(elsewhere))
    note_changes(
        connection,
        "service_at_location",
        before={*before, *kept},
        written={*written, *(kept & set(gone))},
        gone=set(gone) - kept,
    )
