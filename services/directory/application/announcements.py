"""Says to the rest of the network what has changed: thin facts without a place and without a person."""

from __future__ import annotations

from typing import Any

from chassis.clock import to_rfc3339
from services.directory.application.ports import UnitOfWork
from services.directory.domain.capacity import Capacity
from services.directory.domain.listing import Listing
from services.directory.domain.organization import Organization


def announce_published(uow: UnitOfWork, listing: Listing, organization: Organization) -> None:
    """Emit the whole present state of a published listing; where it is located is left out by design."""
    content = listing.content
    data = {
        **_ids(listing, organization),
        "name": content.name,
        "organization_name": organization.name,
        "status": "published",
        "tier": content.tier.value,
        "country": organization.country,
        "accepts_referrals": content.accepts_referrals,
        "minimum_age": content.eligibility.minimum_age,
        "maximum_age": content.eligibility.maximum_age,
        "sex": content.eligibility.sex.value,
        "taxonomy_terms": list(content.taxonomy_terms),
        "languages": list(content.languages),
        "municipality_codes": list(content.serves),
        "capacity": _capacity(listing.capacity) if listing.capacity else None,
    }
    uow.emit("service.published.v1", subject=listing.id, aggregate_version=listing.version, data=data)


def announce_withdrawn(uow: UnitOfWork, listing: Listing, organization: Organization) -> None:
    """Emit that no new referral may go to the service."""
    data = {**_ids(listing, organization), "status": "withdrawn"}
    uow.emit("service.withdrawn.v1", subject=listing.id, aggregate_version=listing.version, data=data)


def announce_capacity(
    uow: UnitOfWork, listing: Listing, organization: Organization, *, cause: str, causation_id: str | None = None
) -> None:
    """Emit the new number of free places, if the listing stands in the directory and has said a number."""
    if listing.capacity is None or not listing.is_published:
        return
    uow.emit(
        "capacity.changed.v1",
        subject=listing.id,
        aggregate_version=listing.version,
        data={**_ids(listing, organization), **_capacity(listing.capacity), "cause": cause},
        causation_id=causation_id,
    )


def _ids(listing: Listing, organization: Organization) -> dict[str, Any]:
    return {
        "service_id": listing.id,
        "organization_id": organization.id,
        "agency_id": organization.agency_id,
    }


def _capacity(capacity: Capacity) -> dict[str, Any]:
    return {
        "available": capacity.available,
        "maximum": capacity.maximum,
        "unit": capacity.unit,
        "updated_at": to_rfc3339(capacity.updated_at),
    }
