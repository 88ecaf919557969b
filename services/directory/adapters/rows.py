"""Maps listings to rows and back, field by field."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from services.directory.domain.capacity import Capacity
from services.directory.domain.eligibility import Eligibility, Sex
from services.directory.domain.listing import Listing, ListingContent, ListingStatus, ScheduleEntry, Tier, Translation
from services.directory.domain.location import (
    ConfidentialLocation,
    Location,
    PhysicalLocation,
    VirtualLocation,
    kind_of,
)

_PLAIN_FIELDS = (
    "name", "alternate_name", "description", "phone", "email", "url", "application_process", "fees_description",
    "wait_time", "alert", "accepts_referrals",
)  # fmt: skip


def row_of_listing(listing: Listing) -> dict[str, Any]:
    """Return the columns of the listing table; of the place only its kind is among them."""
    content, capacity = listing.content, listing.capacity
    return {
        "id": listing.id,
        "organization_id": listing.organization_id,
        "status": listing.status.value,
        "tier": content.tier.value,
        "version": listing.version,
        **{name: getattr(content, name) for name in _PLAIN_FIELDS},
        "translations": [
            {"language": entry.language, "name": entry.name, "description": entry.description}
            for entry in content.translations
        ],
        "taxonomy_terms": list(content.taxonomy_terms),
        "minimum_age": content.eligibility.minimum_age,
        "maximum_age": content.eligibility.maximum_age,
        "sex": content.eligibility.sex.value,
        "eligibility_description": content.eligibility.description,
        "languages": list(content.languages),
        "serves": list(content.serves),
        "location_kind": kind_of(content.location),
        "schedule": [_schedule_row(entry) for entry in content.schedule],
        "capacity_available": capacity.available if capacity else None,
        "capacity_maximum": capacity.maximum if capacity else None,
        "capacity_unit": capacity.unit if capacity else None,
        "capacity_updated_at": capacity.updated_at if capacity else None,
        "created_at": listing.created_at,
        "last_modified": listing.last_modified,
    }


def _schedule_row(entry: ScheduleEntry) -> dict[str, Any]:
    row = {"byday": ",".join(entry.byday), "opens_at": entry.opens_at, "closes_at": entry.closes_at}
    return {**row, "description": entry.description} if entry.description else row


def listing_of_rows(row: Mapping[Any, Any], place: Mapping[Any, Any] | None) -> Listing:
    """Build the listing from its row and the row of its place."""
    content = ListingContent(
        **{name: row[name] for name in _PLAIN_FIELDS},
        taxonomy_terms=tuple(row["taxonomy_terms"]),
        languages=tuple(row["languages"]),
        serves=tuple(row["serves"]),
        location=_location(row["location_kind"], place),
        eligibility=Eligibility(
            minimum_age=row["minimum_age"],
            maximum_age=row["maximum_age"],
            sex=Sex(row["sex"]),
            description=row["eligibility_description"],
        ),
        tier=Tier(row["tier"]),
        schedule=tuple(
            ScheduleEntry(
                byday=tuple(entry["byday"].split(",")),
                opens_at=entry["opens_at"],
                closes_at=entry["closes_at"],
                description=entry.get("description"),
            )
            for entry in row["schedule"]
        ),
        translations=tuple(Translation(**entry) for entry in row["translations"]),
    )
    return Listing(
        id=row["id"],
        organization_id=row["organization_id"],
        content=content,
        created_at=row["created_at"],
        last_modified=row["last_modified"],
        status=ListingStatus(row["status"]),
        version=row["version"],
        capacity=capacity_of_row(row),
    )


def capacity_of_row(row: Mapping[Any, Any]) -> Capacity | None:
    """Return the capacity in a listing's row, or None where none was ever reported."""
    if row["capacity_available"] is None:
        return None
    return Capacity(
        available=row["capacity_available"],
        maximum=row["capacity_maximum"],
        unit=row["capacity_unit"],
        updated_at=row["capacity_updated_at"],
    )


def _location(kind: str, place: Mapping[Any, Any] | None) -> Location:
    if kind == "virtual":
        return VirtualLocation()
    if place is None:
        # Lists do without the address; what kind of place it is stays known.
        return ConfidentialLocation()
    address = {
        "municipality": place["municipality_code"],
        "address_1": place["address_1"],
        "postal_code": place["postal_code"],
    }
    if kind == "confidential":
        return ConfidentialLocation(**address, latitude=place["latitude"], longitude=place["longitude"])
    # Coordinates of the municipality's centre were not said by anybody.
    given = (place["latitude"], place["longitude"]) if place["is_exact"] else (None, None)
    return PhysicalLocation(**address, latitude=given[0], longitude=given[1])
