"""Builds the rows of listings' places; which table a row belongs to is for the repository to know."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Connection, select

from services.directory.adapters.tables import municipality
from services.directory.domain.listing import Listing
from services.directory.domain.location import ConfidentialLocation, Location, PhysicalLocation
from services.directory.domain.part_ids import part_id

Centres = Mapping[str, tuple[float, float]]


def place_row(kept: Listing, centres: Centres) -> dict[str, Any]:
    """Return the row; ``centres`` has the coordinates of the municipality where the place has none of its own."""
    place = kept.content.location
    if isinstance(place, ConfidentialLocation):
        return {"listing_id": kept.id, **_address(place)}
    # They stay the same when the listing is saved again.
    ids = {"id": part_id(kept.id, "location"), "service_at_location_id": part_id(kept.id, "service_at_location")}
    row: dict[str, Any] = {**ids, "listing_id": kept.id, "kind": "virtual", "is_exact": False, **_address(None)}
    if isinstance(place, PhysicalLocation):
        row |= {**_address(place), "kind": "physical", "is_exact": place.latitude is not None}
        if place.latitude is None:
            row["latitude"], row["longitude"] = centres[place.municipality]
    return row


def centres_of(connection: Connection, places: Iterable[Location]) -> Centres:
    """Return the centres of the municipalities of places that have no coordinates of their own."""
    codes = {place.municipality for place in places if isinstance(place, PhysicalLocation) and place.latitude is None}
    columns = select(municipality.c.code, municipality.c.latitude, municipality.c.longitude)
    rows = connection.execute(columns.where(municipality.c.code.in_(codes))) if codes else ()
    return {code: (latitude, longitude) for code, latitude, longitude in rows}


def _address(place: PhysicalLocation | ConfidentialLocation | None) -> dict[str, Any]:
    return {
        "municipality_code": place.municipality if place else None,
        "address_1": place.address_1 if place else None,
        "postal_code": place.postal_code if place else None,
        "latitude": place.latitude if place else None,
        "longitude": place.longitude if place else None,
    }
