"""Reads which public services are open at a moment, and when that changes, by hours and holidays of their countries.

Where a service has several places, it is open where one of them is, as the search for what is open finds it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, select

from services.directory.adapters.opening_index import hours_of_row
from services.directory.adapters.place_entries import told_places_in
from services.directory.adapters.place_tables import search_place
from services.directory.adapters.service_rows import PUBLIC
from services.directory.adapters.tables import listing, search_entry
from services.directory.domain.closing import ACTIVE
from services.directory.domain.matching import Reason, opening_of_one, shut
from services.directory.domain.opening_hours import OpeningHours
from services.directory.domain.schedules import own_hours_of_place


def openings(connection: Connection, service_ids: Sequence[str], at: datetime) -> dict[str, Reason]:
    """Return by service whether it is open, in the order of the ids.

    Ids of services that not everybody may know of are passed over like those of none.
    """
    hours = (listing.c.id, listing.c.always_open, listing.c.schedule, listing.c.hsds)
    judged = (search_entry.c.country, search_entry.c.service_status, search_entry.c.has_places)
    public = listing.c.id.in_(service_ids), search_entry.c.tier.in_(PUBLIC)
    services = connection.execute(select(*hours, *judged).join(search_entry).where(*public)).mappings().all()
    places = _places(connection, [service["id"] for service in services if service["has_places"]])
    found = {service["id"]: _reason(service, places[service["id"]], at) for service in services}
    return {service_id: found[service_id] for service_id in service_ids if service_id in found}


def _places(connection: Connection, service_ids: Sequence[str]) -> defaultdict[str, list[RowMapping]]:
    """Return by service what hours and which clock its places keep."""
    found: defaultdict[str, list[RowMapping]] = defaultdict(list)
    if service_ids:
        kept = (search_place.c.position, search_place.c.country, search_place.c.keeps_own_hours)
        theirs = search_place.c.listing_id.in_(service_ids)
        for place in connection.execute(select(search_place.c.listing_id, *kept).where(theirs)).mappings():
            found[place["listing_id"]].append(place)
    return found


def _reason(service: RowMapping, places: Sequence[RowMapping], at: datetime) -> Reason:
    if service["service_status"] != ACTIVE:
        return shut()
    own = hours_of_row(service, service["country"])
    told = told_places_in(service["hsds"])
    return opening_of_one([_hours_at(place, told, own) for place in places] or [own], at)


def _hours_at(place: RowMapping, told: Sequence[Mapping[str, Any]], of_service: OpeningHours) -> OpeningHours:
    """Return the hours of a place: its own, or else its service's, which follow the service's clock."""
    if not place["keeps_own_hours"]:
        return of_service
    return own_hours_of_place(place["country"], told[place["position"]], service_says=False) or of_service
