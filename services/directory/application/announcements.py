"""Says to the rest of the network what has changed: thin facts without a place and without a person."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from chassis.clock import to_rfc3339
from services.directory.application.ports import UnitOfWork
from services.directory.domain.capacity import Capacity
from services.directory.domain.listing import Listing, Tier
from services.directory.domain.organization import Organization
from services.directory.domain.versions import Change


def announce_published(uow: UnitOfWork, listing: Listing, organization: Organization) -> None:
    """Emit the whole present state of a published listing; where it is located is left out by design.

    Of a closed one nothing is said: the network takes it for withdrawn until it opens again, and then hears all.
    """
    announce_all_published(uow, [(listing, organization)])


def announce_all_published(uow: UnitOfWork, published: Iterable[tuple[Listing, Organization]]) -> None:
    """Emit the present state of many published listings, in this order."""
    open_ones = [(listing, owner) for listing, owner in published if not listing.is_closed]
    facts = [(listing.id, listing.version, _state_of(listing, owner)) for listing, owner in open_ones]
    uow.emit_many("service.published.v1", facts)


def _state_of(listing: Listing, organization: Organization) -> dict[str, Any]:
    content = listing.content
    return {
        **_ids(listing, organization),
        "name": content.name,
        "organization_name": organization.name,
        "status": "published",
        "tier": content.tier.value,
        "referring_agencies": known_to(listing, organization),
        "country": organization.country,
        "accepts_referrals": content.accepts_referrals,
        "minimum_age": content.eligibility.minimum_age,
        "maximum_age": content.eligibility.maximum_age,
        "sex": content.eligibility.sex.value,
        "taxonomy_terms": list(content.taxonomy_terms),
        "languages": list(content.languages),
        "municipality_codes": list(content.serves),
        "capacity": _capacity(listing.room) if listing.room else None,
    }


def known_to(listing: Listing, organization: Organization) -> list[str] | None:
    """Return the agencies that alone may know of the listing, its keepers among them; None where every agency may."""
    if listing.content.tier is not Tier.NAMED:
        return None
    keepers = (organization.agency_id, organization.maintaining_agency_id)
    return sorted({*listing.content.named_agencies, *(agency for agency in keepers if agency)})


def announce_withdrawn(
    uow: UnitOfWork, listing: Listing, organization: Organization, *, replaced_by: str | None = None
) -> None:
    """Emit that no new referral may go to the service: it left the directory, or stays in it and is closed.

    To one that was merged into another, the other is named: what goes to it goes there.
    """
    data = {**_ids(listing, organization), "status": "withdrawn", "cause": "withdrawn"}
    if listing.is_published:
        reopens_at = listing.closing.reopens_at if listing.closing else None
        data |= {"cause": "closed", "reopens_at": to_rfc3339(reopens_at) if reopens_at else None}
    if replaced_by:
        data["replaced_by"] = replaced_by
    uow.emit("service.withdrawn.v1", subject=listing.id, aggregate_version=listing.version, data=data)


def announce_doors(uow: UnitOfWork, listings: Iterable[Listing], organizations: Mapping[str, Organization]) -> None:
    """Tell of published services that have closed or opened beside whatever else was said of them."""
    for listing in listings:
        organization = organizations[listing.organization_id]
        if listing.is_closed:
            announce_withdrawn(uow, listing, organization)
        else:
            announce_published(uow, listing, organization)


def announce_review(
    uow: UnitOfWork,
    listing: Listing,
    organization: Organization,
    *,
    step: str,
    by: str | None,
    at: datetime,
    count: int = 1,
) -> None:
    """Tell the agencies that keep the listing of a step of its review: submit, comment, approve or reject.

    Of a ``count`` of its organization's that were submitted at once the first stands for all.
    """
    data = {**_ids(listing, organization), **_step_of_review(organization, step, by, at)}
    if count > 1:
        data["count"] = count
    kind = {"submit": "listing.submitted.v1", "comment": "listing.commented.v1"}.get(step, "listing.decided.v1")
    uow.emit(kind, subject=listing.id, aggregate_version=listing.version, data=data)


def announce_all_submitted(
    uow: UnitOfWork,
    kept: Iterable[tuple[Listing, Change]],
    organizations: Mapping[str, Organization],
    at: datetime,
) -> None:
    """Tell of what was submitted just now once for each organization, however much of it that was."""
    submitted: dict[str, list[tuple[Listing, Change]]] = {}
    for listing, change in kept:
        if listing.review.submitted_at == at:
            submitted.setdefault(listing.organization_id, []).append((listing, change))
    for organization_id, together in submitted.items():
        first, change = together[0]
        owner = organizations[organization_id]
        announce_review(uow, first, owner, step="submit", by=change.account_id, at=at, count=len(together))


def announce_review_of_organization(
    uow: UnitOfWork, organization: Organization, number: int, *, step: str, by: str | None, at: datetime
) -> None:
    """Tell the agencies that keep the organization of a step of its review; ``number`` is the step's in its history."""
    ids = {"organization_id": organization.id, "agency_id": organization.agency_id}
    data = {**ids, **_step_of_review(organization, step, by, at)}
    kinds = {"submit": "organization.submitted.v1", "comment": "organization.commented.v1"}
    kind = kinds.get(step, "organization.decided.v1")
    uow.emit(kind, subject=organization.id, aggregate_version=number, data=data)


def announce_rule_of_review(
    uow: UnitOfWork, organization: Organization, number: int, *, by: str | None, at: datetime
) -> None:
    """Tell the agencies that keep it that somebody has set the rule of review, or asked to do without a second look."""
    rule = organization.review.value if organization.review else "automatic"
    status = "waiver_asked" if organization.waiver else rule
    ids = {"organization_id": organization.id, "agency_id": organization.agency_id}
    data = {**ids, **_decided(organization, status, by, at)}
    kind = "organization.waiver_asked.v1" if organization.waiver else "organization.review_set.v1"
    uow.emit(kind, subject=organization.id, aggregate_version=number, data=data)


def _step_of_review(organization: Organization, step: str, by: str | None, at: datetime) -> dict[str, Any]:
    status = {"submit": "in_review", "comment": "commented", "approve": "approved", "reject": "rejected"}[step]
    return _decided(organization, status, by, at)


def _decided(organization: Organization, status: str, by: str | None, at: datetime) -> dict[str, Any]:
    return {
        "maintaining_agency_id": organization.maintaining_agency_id,
        "status": status,
        "actor_account_id": by,
        "occurred_at": to_rfc3339(at),
    }


def announce_capacity(
    uow: UnitOfWork, listing: Listing, organization: Organization, *, cause: str, causation_id: str | None = None
) -> None:
    """Emit the new number of free places, if the service is open and has said whether it has room."""
    room = listing.room
    if room is None or not listing.is_open:
        return
    uow.emit(
        "capacity.changed.v1",
        subject=listing.id,
        aggregate_version=listing.version,
        data={**_ids(listing, organization), **_capacity(room), "cause": cause},
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
