"""Maps listings between the wire and the domain; the API description has been checked before."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from chassis.clock import to_rfc3339
from services.directory.domain.capacity import Capacity
from services.directory.domain.eligibility import Eligibility, Sex
from services.directory.domain.errors import ContentDoesNotFit
from services.directory.domain.listing import Listing, ListingContent, ScheduleEntry, Tier, Translation
from services.directory.domain.location import (
    ConfidentialLocation,
    Location,
    PhysicalLocation,
    VirtualLocation,
    kind_of,
)
from services.directory.entrypoints.api.hsds import present

_TEXTS = (
    "alternate_name", "phone", "email", "url", "application_process", "fees_description", "wait_time", "alert",
)  # fmt: skip
_ADDRESS = ("municipality", "address_1", "postal_code", "latitude", "longitude")


def content_from(body: Mapping[str, Any]) -> ListingContent:
    """Read what a listing says."""
    return ListingContent(
        name=body["name"].strip(),
        description=body["description"].strip(),
        taxonomy_terms=tuple(body["taxonomy_terms"]),
        languages=tuple(body["languages"]),
        serves=tuple(body["serves"]),
        location=_location_from(body["location"]),
        eligibility=Eligibility(
            minimum_age=body.get("minimum_age"),
            maximum_age=body.get("maximum_age"),
            sex=Sex(body.get("sex", "any")),
            description=body.get("eligibility_description"),
        ),
        tier=Tier(body.get("tier", "public")),
        accepts_referrals=body.get("accepts_referrals", True),
        schedule=tuple(_schedule_from(entry) for entry in body.get("schedule", ())),
        translations=tuple(Translation(**entry) for entry in body.get("translations", ())),
        **{name: body.get(name) for name in _TEXTS},
    )


def capacity_from(body: Mapping[str, Any], at: datetime) -> Capacity:
    """Read a report of free places; its time is now, whatever the caller's clock says."""
    return Capacity(
        available=body["available"], maximum=body.get("maximum"), unit=body.get("unit", "places"), updated_at=at
    )


def _location_from(body: Mapping[str, Any]) -> Location:
    kind, address = body["kind"], {name: body[name] for name in _ADDRESS if name in body}
    if kind == "confidential":
        return ConfidentialLocation(**address)
    if kind == "virtual":
        if address:
            raise ContentDoesNotFit("A virtual location has no address.")
        return VirtualLocation()
    if "municipality" not in address:
        raise ContentDoesNotFit("A physical location needs a municipality.")
    return PhysicalLocation(**address)


def _schedule_from(entry: Mapping[str, Any]) -> ScheduleEntry:
    return ScheduleEntry(**{**entry, "byday": tuple(entry["byday"].split(","))})


def listing_view(listing: Listing, *, organization_name: str, with_confidential: bool) -> dict[str, Any]:
    """Return a listing for its own agency.

    ``with_confidential`` adds the address of a confidential place: only where the answer is not kept anywhere
    and the reading is recorded.
    """
    content = listing.content
    view = {
        "id": listing.id,
        "organization_id": listing.organization_id,
        "organization_name": organization_name,
        "status": listing.status.value,
        "tier": content.tier.value,
        "version": listing.version,
        "name": content.name,
        "description": content.description,
        "minimum_age": content.eligibility.minimum_age,
        "maximum_age": content.eligibility.maximum_age,
        "sex": content.eligibility.sex.value,
        "eligibility_description": content.eligibility.description,
        "location": _location_view(content.location, with_confidential=with_confidential),
        "accepts_referrals": content.accepts_referrals,
        "schedule": [_schedule_view(entry) for entry in content.schedule],
        "translations": [
            {"language": entry.language, "name": entry.name, "description": entry.description}
            for entry in content.translations
        ],
        "capacity": capacity_view(listing.capacity),
        "created_at": to_rfc3339(listing.created_at),
        "last_modified": to_rfc3339(listing.last_modified),
        **{name: getattr(content, name) for name in _TEXTS},
    }
    lists = {
        "taxonomy_terms": list(content.taxonomy_terms),
        "languages": list(content.languages),
        "serves": list(content.serves),
    }
    return {**present(view), **lists}


def _location_view(place: Location, *, with_confidential: bool) -> dict[str, Any]:
    kind = {"kind": kind_of(place)}
    if isinstance(place, VirtualLocation) or (isinstance(place, ConfidentialLocation) and not with_confidential):
        return kind
    return {**kind, **present({name: getattr(place, name) for name in _ADDRESS})}


def _schedule_view(entry: ScheduleEntry) -> dict[str, Any]:
    view = {"byday": ",".join(entry.byday), "opens_at": entry.opens_at, "closes_at": entry.closes_at}
    return present({**view, "description": entry.description})


def capacity_view(capacity: Capacity | None) -> dict[str, Any] | None:
    """Return the free places as its own agency and matching show them."""
    if capacity is None:
        return None
    return {
        "available": capacity.available,
        "maximum": capacity.maximum,
        "unit": capacity.unit,
        "updated_at": to_rfc3339(capacity.updated_at),
    }
