"""Writes a new listing."""

from __future__ import annotations

from dataclasses import dataclass

from chassis.clock import Clock
from chassis.ids import new_id
from services.directory.application.own_listing import change_by, check_codes, own_organization
from services.directory.application.ports import Caller, UnitOfWorkFactory
from services.directory.domain.capacity import Capacity
from services.directory.domain.listing import Listing, ListingContent
from services.directory.domain.review import Review


@dataclass(frozen=True, kw_only=True)
class DraftListing:
    """A new listing of one of the caller's organizations."""

    principal: Caller
    organization_id: str
    content: ListingContent
    capacity: Capacity | None = None


def draft_listing(command: DraftListing, *, unit_of_work: UnitOfWorkFactory, clock: Clock) -> Listing:
    """Keep a draft, which nobody but its own agency sees."""
    now = clock.now()
    with unit_of_work() as uow:
        # Held before it is read: one that is being folded into another takes in no listing any more.
        uow.organizations.hold([command.organization_id])
        own_organization(uow, command.principal, command.organization_id, command.content)
        check_codes(uow, command.content)
        listing = Listing(
            id=new_id(),
            organization_id=command.organization_id,
            content=command.content.following(None, now),
            created_at=now,
            last_modified=now,
            capacity=command.capacity,
            review=Review(edited_by=command.principal.account_id),
        )
        uow.listings.add(listing, change_by(command.principal, "draft"))
        uow.record(principal=command.principal, action="listing.draft", object_type="listing", object_id=listing.id)
        uow.commit()
    return listing
