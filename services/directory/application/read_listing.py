"""Shows a listing, its revision and its older versions to who keeps it; records who has read a confidential address."""

from __future__ import annotations

from dataclasses import replace

from services.directory.application.own_listing import (
    may_keep,
    may_keep_revision,
    own_listing,
    own_listing_or_folded,
)
from services.directory.application.ports import Caller, UnitOfWork, UnitOfWorkFactory
from services.directory.domain.errors import NotFound
from services.directory.domain.listing import Listing, ListingContent
from services.directory.domain.location import ConfidentialLocation
from services.directory.domain.versions import GoingBack, Version, going_back


def read_listing(principal: Caller, listing_id: str, *, unit_of_work: UnitOfWorkFactory) -> Listing:
    """Return the listing in whatever status; raise NotFound for a foreign agency."""
    with unit_of_work() as uow:
        listing, _ = own_listing(uow, principal, listing_id)
        _record_reading(uow, principal, listing.id, listing.content)
    return listing


def read_proposal(
    principal: Caller, listing_id: str, *, unit_of_work: UnitOfWorkFactory
) -> tuple[Listing, ListingContent]:
    """Return the listing and the revision beside it; raise NotFound where there is none."""
    with unit_of_work() as uow:
        listing, organization = own_listing(uow, principal, listing_id)
        if listing.proposal is None or not may_keep_revision(uow, principal, listing, organization):
            raise NotFound("No revision waits beside this listing.")
        # What is to become public may be the very address that is hidden today.
        _record_reading(uow, principal, listing.id, listing.proposal.content, listing.content)
        return listing, listing.proposal.content


def check_kept(principal: Caller, listing_id: str, *, unit_of_work: UnitOfWorkFactory) -> None:
    """Raise NotFound unless the caller may keep the listing, or could before it was folded into another."""
    with unit_of_work() as uow:
        own_listing_or_folded(uow, principal, listing_id)


def read_version(principal: Caller, listing_id: str, number: int, *, unit_of_work: UnitOfWorkFactory) -> Version:
    """Return one version; who shows it leaves out the address where the version says so.

    A delegate reads those versions that the delegation would let him keep, whatever the listing says today. Those of a
    listing that was folded into another are read like any.
    """
    with unit_of_work() as uow:
        listing, organization = own_listing_or_folded(uow, principal, listing_id)
        version = uow.versions.get(listing_id, number)
        if version is None or not may_keep(uow, principal, organization, version.content):
            raise NotFound("There is no such version of this listing.")
        return replace(version, hides_address=_is_hidden(listing.content) or uow.versions.was_confidential(listing_id))


def read_going_back(
    principal: Caller, version: Version, listing_id: str, *, unit_of_work: UnitOfWorkFactory
) -> GoingBack | None:
    """Return what going back to a version would change; None where who asks may not keep the revision."""
    with unit_of_work() as uow:
        listing, organization = own_listing_or_folded(uow, principal, listing_id)
        if not may_keep_revision(uow, principal, listing, organization):
            return None
        back = going_back(version.content, listing)
        return replace(back, then=listing.content_after(back.then, version.at))


def _is_hidden(content: ListingContent) -> bool:
    return isinstance(content.location, ConfidentialLocation)


def _record_reading(uow: UnitOfWork, principal: Caller, listing_id: str, *contents: ListingContent) -> None:
    if any(map(_is_hidden, contents)):
        uow.record(
            principal=principal,
            action="listing.read_confidential_location",
            object_type="listing",
            object_id=listing_id,
        )
        uow.commit()
