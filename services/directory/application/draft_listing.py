"""Writes a new listing, and replaces what an existing one says."""

from __future__ import annotations

from dataclasses import dataclass

from chassis.clock import Clock
from chassis.ids import new_id
from services.directory.application.announcements import announce_published
from services.directory.application.own_listing import check_codes, own_listing, own_organization
from services.directory.application.ports import Caller, UnitOfWorkFactory
from services.directory.domain.capacity import Capacity
from services.directory.domain.listing import Listing, ListingContent


@dataclass(frozen=True, kw_only=True)
class DraftListing:
    """A new listing of one of the caller's organizations."""

    principal: Caller
    organization_id: str
    content: ListingContent
    capacity: Capacity | None = None


@dataclass(frozen=True, kw_only=True)
class ReviseListing:
    """New content in place of the version that the caller has seen."""

    principal: Caller
    listing_id: str
    expected_version: int | None
    content: ListingContent


def draft_listing(command: DraftListing, *, unit_of_work: UnitOfWorkFactory, clock: Clock) -> Listing:
    """Keep a draft, which nobody but its own agency sees."""
    now = clock.now()
    with unit_of_work() as uow:
        own_organization(uow, command.principal, command.organization_id)
        check_codes(uow, command.content)
        listing = Listing(
            id=new_id(),
            organization_id=command.organization_id,
            content=command.content,
            created_at=now,
            last_modified=now,
            capacity=command.capacity,
        )
        uow.listings.add(listing)
        uow.record(principal=command.principal, action="listing.draft", object_type="listing", object_id=listing.id)
        uow.commit()
    return listing


def revise_listing(command: ReviseListing, *, unit_of_work: UnitOfWorkFactory, clock: Clock) -> Listing:
    """Replace the content; of a published listing the network learns at once."""
    with unit_of_work() as uow:
        listing, organization = own_listing(uow, command.principal, command.listing_id)
        listing.check_version(command.expected_version)
        check_codes(uow, command.content)
        listing.revise(command.content, clock.now())
        uow.listings.save(listing)
        if listing.is_published:
            announce_published(uow, listing, organization)
        uow.record(principal=command.principal, action="listing.revise", object_type="listing", object_id=listing.id)
        uow.commit()
    return listing
