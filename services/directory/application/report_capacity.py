"""Takes a provider's word on how many places are free."""

from __future__ import annotations

from dataclasses import dataclass

from services.directory.application.announcements import announce_capacity
from services.directory.application.own_listing import own_listing
from services.directory.application.ports import Caller, UnitOfWorkFactory
from services.directory.domain.capacity import Capacity
from services.directory.domain.listing import Listing


@dataclass(frozen=True, kw_only=True)
class ReportCapacity:
    """The number as of now, in place of the version that the caller has seen."""

    principal: Caller
    listing_id: str
    expected_version: int | None
    capacity: Capacity


def report_capacity(command: ReportCapacity, *, unit_of_work: UnitOfWorkFactory) -> Listing:
    """Keep the number and tell the network."""
    with unit_of_work() as uow:
        listing, organization = own_listing(uow, command.principal, command.listing_id)
        listing.check_version(command.expected_version)
        listing.report_capacity(command.capacity, command.capacity.updated_at)
        uow.listings.save(listing)
        announce_capacity(uow, listing, organization, cause="reported")
        uow.record(
            principal=command.principal,
            action="listing.report_capacity",
            object_type="listing",
            object_id=listing.id,
        )
        uow.commit()
    return listing
