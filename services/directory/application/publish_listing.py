"""Puts a listing into the directory and takes it out again."""

from __future__ import annotations

from dataclasses import dataclass

from chassis.clock import Clock
from services.directory.application.announcements import announce_published, announce_withdrawn
from services.directory.application.own_listing import own_listing
from services.directory.application.ports import Caller, UnitOfWorkFactory
from services.directory.domain.listing import Listing


@dataclass(frozen=True, kw_only=True)
class ChangeListing:
    """A step of a listing; ``expected_version`` None asks for no check."""

    principal: Caller
    listing_id: str
    expected_version: int | None = None


def publish_listing(command: ChangeListing, *, unit_of_work: UnitOfWorkFactory, clock: Clock) -> Listing:
    """Publish; doing it twice changes nothing the second time."""
    with unit_of_work() as uow:
        listing, organization = own_listing(uow, command.principal, command.listing_id)
        listing.check_version(command.expected_version)
        if listing.publish(clock.now()):
            uow.listings.save(listing)
            announce_published(uow, listing, organization)
            uow.record(
                principal=command.principal, action="listing.publish", object_type="listing", object_id=listing.id
            )
            uow.commit()
    return listing


def withdraw_listing(command: ChangeListing, *, unit_of_work: UnitOfWorkFactory, clock: Clock) -> Listing:
    """Withdraw; doing it twice changes nothing the second time."""
    with unit_of_work() as uow:
        listing, organization = own_listing(uow, command.principal, command.listing_id)
        listing.check_version(command.expected_version)
        if listing.withdraw(clock.now()):
            uow.listings.save(listing)
            announce_withdrawn(uow, listing, organization)
            uow.record(
                principal=command.principal, action="listing.withdraw", object_type="listing", object_id=listing.id
            )
            uow.commit()
    return listing
