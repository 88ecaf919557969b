"""Maps listings, and texts in other languages, between the wire and the domain; the description was checked before."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from chassis.clock import to_rfc3339
from services.directory.adapters.hsds_values import present
from services.directory.adapters.rows import schedule_row
from services.directory.domain.capacity import Capacity
from services.directory.domain.eligibility import Eligibility, Sex
from services.directory.domain.errors import ContentDoesNotFit
from services.directory.domain.listing import Listing, ListingContent, ScheduleEntry, Tier
from services.directory.domain.location import (
    ConfidentialLocation,
    Location,
    PhysicalLocation,
    VirtualLocation,
    kind_of,
)
from services.directory.domain.translation import Origin, Translation

_TEXTS = (
    "alternate_name", "phone", "email", "url", "application_process", "fees_description", "wait_time", "alert",
)  # fmt: skip
_ADDRESS = ("municipality", "address_1", "postal_code", "latitude", "longitude")


def content_from(body: Mapping[str, Any]) -> ListingContent:
    """Read what a listing says."""
    texts: dict[str, Any] = {name: body.get(name) for name in _TEXTS}
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
        named_agencies=tuple(body.get("named_agencies", ())),
        accepts_referrals=body.get("accepts_referrals", True),
        always_open=body.get("always_open", False),
        accessibility=tuple(body.get("accessibility", ())),
        schedule=tuple(_schedule_from(entry) for entry in body.get("schedule", ())),
        source_language=body.get("source_language"),
        translations=tuple(translation_from(entry) for entry in body.get("translations", ())),
        **texts,
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
            raise ContentDoesNotFit(
                "A virtual location has no address.", code="virtual_has_address", fields=("location",)
            )
        return VirtualLocation()
    if "municipality" not in address:
        raise ContentDoesNotFit(
            "A physical location needs a municipality.", code="place_needs_municipality", fields=("location",)
        )
    return PhysicalLocation(**address)


def _schedule_from(entry: Mapping[str, Any]) -> ScheduleEntry:
    return ScheduleEntry(**{**entry, "byday": tuple(entry["byday"].split(","))})


def translation_from(entry: Mapping[str, Any]) -> Translation:
    """Read one text in another language."""
    return Translation(
        language=entry["language"],
        field=entry["field"],
        text=entry["text"].strip(),
        origin=Origin(entry.get("origin", "human")),
        source_language=entry.get("source_language"),
        is_outdated=entry.get("outdated"),
    )


def listing_view(listing: Listing, *, organization_name: str, with_confidential: bool) -> dict[str, Any]:
    """Return a listing for its own agency.

    ``with_confidential`` adds the address of a confidential place: only where the answer is not kept anywhere
    and the reading is recorded.
    """
    view = {
        "id": listing.id,
        "organization_id": listing.organization_id,
        "organization_name": organization_name,
        "status": listing.status.value,
        "version": listing.version,
        "confirmed_at": to_rfc3339(listing.confirmed_at) if listing.confirmed_at else None,
        "confirm_by": listing.confirm_by.isoformat() if listing.is_published and listing.confirm_by else None,
        "capacity": _own_capacity_view(listing),
        "created_at": to_rfc3339(listing.created_at),
        "last_modified": to_rfc3339(listing.last_modified),
    }
    return {**present(view), **content_view(listing.content, with_confidential=with_confidential)}


def content_view(content: ListingContent, *, with_confidential: bool) -> dict[str, Any]:
    """Return what a listing says, in the shape in which it is written; ``with_confidential`` as for a listing."""
    view = {
        "tier": content.tier.value,
        "name": content.name,
        "description": content.description,
        "minimum_age": content.eligibility.minimum_age,
        "maximum_age": content.eligibility.maximum_age,
        "sex": content.eligibility.sex.value,
        "eligibility_description": content.eligibility.description,
        "location": _location_view(content.location, with_confidential=with_confidential),
        "accepts_referrals": content.accepts_referrals,
        "always_open": content.always_open or None,
        "accessibility": list(content.accessibility),
        "schedule": [schedule_row(entry) for entry in content.schedule],
        "named_agencies": list(content.named_agencies),
        "source_language": content.source_language,
        "translations": [translation_view(entry) for entry in content.translations],
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


def translation_view(entry: Translation) -> dict[str, Any]:
    """Return one text in another language, for whoever keeps the original."""
    view = {
        "language": entry.language,
        "field": entry.field,
        "text": entry.text,
        "origin": entry.origin.value,
        "source_language": entry.source_language,
        "at": to_rfc3339(entry.at) if entry.at else None,
    }
    return {**present(view), "outdated": bool(entry.is_outdated)}


def _own_capacity_view(listing: Listing) -> dict[str, Any] | None:
    view = capacity_view(listing.room)
    if view and listing.room_answer and listing.room_answer.is_newer_than(listing.capacity):
        view["is_from_answer"] = True
    return view


def capacity_view(capacity: Capacity | None) -> dict[str, Any] | None:
    """Return the free places as its own agency and matching show them."""
    if capacity is None:
        return None
    return {
        "available": capacity.available,
        "maximum": capacity.maximum,
        "unit": capacity.unit,
        "reported_at": to_rfc3339(capacity.said_at),
        "updated_at": to_rfc3339(capacity.updated_at),
    }
