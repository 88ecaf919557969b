"""Reads which public services are open at a moment, and when that changes, by hours and holidays of their countries."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, RowMapping, select

from services.directory.adapters.opening_index import hours_of_row
from services.directory.adapters.service_rows import PUBLIC
from services.directory.adapters.tables import listing, search_entry
from services.directory.domain.closing import ACTIVE
from services.directory.domain.matching import Reason, opening, shut


def openings(connection: Connection, service_ids: Sequence[str], at: datetime) -> dict[str, Reason]:
    """Return by service whether it is open, in the order of the ids.

    Ids of services that not everybody may know of are passed over like those of none.
    """
    hours = (listing.c.id, listing.c.always_open, listing.c.schedule, listing.c.hsds)
    statement = select(*hours, search_entry.c.country, search_entry.c.service_status).join(search_entry)
    public = statement.where(listing.c.id.in_(service_ids), search_entry.c.tier.in_(PUBLIC))
    found = {row["id"]: _reason(row, at) for row in connection.execute(public).mappings()}
    return {service_id: found[service_id] for service_id in service_ids if service_id in found}


def _reason(row: RowMapping, at: datetime) -> Reason:
    if row["service_status"] != ACTIVE:
        return shut()
    return opening(hours_of_row(row, row["country"]), at)
