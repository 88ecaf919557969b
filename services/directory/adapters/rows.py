"""Maps listings to rows and back, field by field."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chassis.clock import from_rfc3339, to_rfc3339
from services.directory.adapters.names_of_listings import name_words
from services.directory.domain.capacity import Capacity, RoomAnswer, known_room
from services.directory.domain.closing import Closing, ClosingKind
from services.directory.domain.eligibility import Eligibility, Sex
from services.directory.domain.listing import Listing, ListingContent, ListingStatus, ScheduleEntry, Tier
from services.directory.domain.location import (
    ConfidentialLocation,
    Location,
    PhysicalLocation,
    VirtualLocation,
    kind_of,
)
from services.directory.domain.translation import Origin, Translation

_PLAIN_FIELDS = (
    "name", "alternate_name", "description", "phone", "email", "url", "application_process", "fees_description",
    "wait_time", "alert", "accepts_referrals", "always_open",
)  # fmt: skip


def row_of_listing(listing: Listing) -> dict[str, Any]:
    """Return the columns of the listing table; of the place only its kind is among them."""
    return {
        "id": listing.id,
        "organization_id": listing.organization_id,
        "status": listing.status.value,
        "version": listing.version,
        **content_row(listing.content),
        "name_words": name_words(listing.content),
        **_capacity_row(listing),
        **_closing_row(listing),
        "confirmed_at": listing.confirmed_at,
        "confirm_by": listing.confirm_by,
        "reminders_sent": listing.reminders_sent,
        "owner_reminders_sent": listing.owner_reminders_sent,
        "created_at": listing.created_at,
        "last_modified": listing.last_modified,
    }


def content_row(content: ListingContent) -> dict[str, Any]:
    """Return the columns that hold what a listing says; all of it can be written as JSON."""
    return {
        "tier": content.tier.value,
        "named_agencies": list(content.named_agencies),
        **{name: getattr(content, name) for name in _PLAIN_FIELDS},
        "source_language": content.source_language,
        "translations": [translation_row(entry) for entry in content.translations],
        "taxonomy_terms": list(content.taxonomy_terms),
        "minimum_age": content.eligibility.minimum_age,
        "maximum_age": content.eligibility.maximum_age,
        "sex": content.eligibility.sex.value,
        "eligibility_description": content.eligibility.description,
        "languages": list(content.languages),
        "serves": list(content.serves),
        "location_kind": kind_of(content.location),
        "schedule": [schedule_row(entry) for entry in content.schedule],
        "accessibility": list(content.accessibility),
        "hsds": dict(content.hsds),
    }


def _closing_row(listing: Listing) -> dict[str, Any]:
    closing = listing.closing
    return {
        "service_status": listing.service_status,
        "closing_kind": closing.kind.value if closing else None,
        "closing_reason": closing.reason if closing else None,
        "closes_at": closing.closes_at if closing else None,
        "reopens_at": closing.reopens_at if closing else None,
        "closing_notice": closing.notice if closing else None,
        "closing_notice_translations": dict(closing.notice_translations) if closing else {},
    }


def _capacity_row(listing: Listing) -> dict[str, Any]:
    capacity, answer = listing.capacity, listing.room_answer
    return {
        "capacity_available": capacity.available if capacity else None,
        "capacity_maximum": capacity.maximum if capacity else None,
        "capacity_unit": capacity.unit if capacity else None,
        "capacity_reported_at": capacity.said_at if capacity else None,
        "capacity_updated_at": capacity.updated_at if capacity else None,
        "has_room": answer.has_room if answer else None,
        "has_room_said_at": answer.said_at if answer else None,
    }


def schedule_row(entry: ScheduleEntry) -> dict[str, Any]:
    """Return an entry of the schedule as it stands in a listing's row, in HSDS's property names."""
    row: dict[str, Any] = {"byday": ",".join(entry.byday), "opens_at": entry.opens_at, "closes_at": entry.closes_at}
    if entry.open_on_holidays:
        row["open_on_holidays"] = True
    return {**row, "description": entry.description} if entry.description else row


def translation_row(entry: Translation) -> dict[str, Any]:
    """Return a translation as it stands in the row of a listing or an organization."""
    return {
        "language": entry.language,
        "field": entry.field,
        "text": entry.text,
        "origin": entry.origin.value,
        "source_language": entry.source_language,
        "at": to_rfc3339(entry.at) if entry.at else None,
        "outdated": bool(entry.is_outdated),
    }


def translation_of_row(row: Mapping[str, Any]) -> Translation:
    """Build a translation from its entry in the row of a listing or an organization."""
    return Translation(
        language=row["language"],
        field=row["field"],
        text=row["text"],
        origin=Origin(row["origin"]),
        source_language=row["source_language"],
        at=from_rfc3339(row["at"]) if row["at"] else None,
        is_outdated=row["outdated"],
    )


def _schedule_entry(row: Mapping[str, Any]) -> ScheduleEntry:
    return ScheduleEntry(
        byday=tuple(row["byday"].split(",")),
        opens_at=row["opens_at"],
        closes_at=row["closes_at"],
        description=row.get("description"),
        open_on_holidays=row.get("open_on_holidays", False),
    )


def content_of_row(row: Mapping[Any, Any], place: Mapping[Any, Any] | None) -> ListingContent:
    """Build what a listing says from the columns of :func:`content_row` and the row of its place."""
    return ListingContent(
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
        named_agencies=tuple(row["named_agencies"]),
        schedule=tuple(_schedule_entry(entry) for entry in row["schedule"]),
        source_language=row["source_language"],
        translations=tuple(translation_of_row(entry) for entry in row["translations"]),
        accessibility=tuple(row["accessibility"]),
        hsds=row["hsds"],
    )


def listing_of_rows(row: Mapping[Any, Any], place: Mapping[Any, Any] | None) -> Listing:
    """Build the listing from its row and the row of its place; what waits for review is not part of either."""
    return Listing(
        id=row["id"],
        organization_id=row["organization_id"],
        content=content_of_row(row, place),
        created_at=row["created_at"],
        last_modified=row["last_modified"],
        status=ListingStatus(row["status"]),
        version=row["version"],
        capacity=_capacity(row),
        room_answer=_room_answer(row),
        closing=_closing(row),
        is_closed=row["service_status"] != "active",
        confirmed_at=row["confirmed_at"],
        confirm_by=row["confirm_by"],
        reminders_sent=row["reminders_sent"],
        owner_reminders_sent=row["owner_reminders_sent"],
    )


def room_of_row(row: Mapping[Any, Any]) -> Capacity | None:
    """Return the free places of a listing's row by the newest word, or None where there never was one."""
    return known_room(_capacity(row), _room_answer(row))


def _room_answer(row: Mapping[Any, Any]) -> RoomAnswer | None:
    if row["has_room"] is None:
        return None
    return RoomAnswer(has_room=row["has_room"], said_at=row["has_room_said_at"])


def _capacity(row: Mapping[Any, Any]) -> Capacity | None:
    if row["capacity_available"] is None:
        return None
    return Capacity(
        available=row["capacity_available"],
        maximum=row["capacity_maximum"],
        unit=row["capacity_unit"],
        updated_at=row["capacity_updated_at"],
        reported_at=row["capacity_reported_at"],
    )


def _closing(row: Mapping[Any, Any]) -> Closing | None:
    if row["closes_at"] is None:
        return None
    return Closing(
        kind=ClosingKind(row["closing_kind"]),
        reason=row["closing_reason"],
        closes_at=row["closes_at"],
        reopens_at=row["reopens_at"],
        notice=row["closing_notice"],
        notice_translations=tuple(row["closing_notice_translations"].items()),
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
