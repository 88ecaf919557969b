"""Shows a listing to the agency that keeps it, and records who has read a confidential address."""

from __future__ import annotations

from services.directory.application.own_listing import own_listing
from services.directory.application.ports import Caller, UnitOfWorkFactory
from services.directory.domain.listing import Listing
from services.directory.domain.location import ConfidentialLocation


def read_listing(principal: Caller, listing_id: str, *, unit_of_work: UnitOfWorkFactory) -> Listing:
    """Return the listing in whatever status; raise NotFound for a foreign agency."""
    with unit_of_work() as uow:
        listing, _ = own_listing(uow, principal, listing_id)
        if isinstance(listing.content.location, ConfidentialLocation):
            uow.record(
                principal=principal,
                action="listing.read_confidential_location",
                object_type="listing",
                object_id=listing.id,
            )
            uow.commit()
    return listing
