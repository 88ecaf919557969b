"""Finds a listing for the agency that may keep it; for every other agency it does not exist."""

from __future__ import annotations

from typing import Any

from services.directory.application.ports import Caller, UnitOfWork
from services.directory.domain.errors import ContentDoesNotFit, MergedInto, NotFound, UnknownCode
from services.directory.domain.listing import Listing, ListingContent, ListingStatus
from services.directory.domain.location import VirtualLocation
from services.directory.domain.organization import Organization
from services.directory.domain.versions import Change

_NOT_YOURS = "There is no such listing among those your agency keeps."


def own_organization(
    uow: UnitOfWork, principal: Caller, organization_id: str, content: ListingContent | None = None
) -> Organization:
    """Return the organization if the caller may keep a listing of this content for it; raise NotFound otherwise.

    Raises MergedInto for one that was folded into another.
    """
    organization = own_organization_or_folded(uow, principal, organization_id, content)
    _check_not_merged(uow, organization_id)
    return organization


def own_organization_or_folded(
    uow: UnitOfWork, principal: Caller, organization_id: str, content: ListingContent | None = None
) -> Organization:
    """Return the same even where it was folded into another: what it said of itself can still be read."""
    organization = uow.organizations.get(organization_id)
    if organization is None or not may_keep(uow, principal, organization, content):
        raise NotFound("There is no such organization among those your agency keeps.")
    return organization


def own_listing(uow: UnitOfWork, principal: Caller, listing_id: str) -> tuple[Listing, Organization]:
    """Return the listing, held for writing, with its organization; raise NotFound for a foreign agency.

    Raises MergedInto for one that was folded into another.
    """
    listing, organization = own_listing_or_folded(uow, principal, listing_id)
    if listing.status is ListingStatus.WITHDRAWN:
        _check_not_merged(uow, listing_id)
    return listing, organization


def own_listing_or_folded(uow: UnitOfWork, principal: Caller, listing_id: str) -> tuple[Listing, Organization]:
    """Return the same even where the listing was folded into another: what was said of it can still be read."""
    listing = uow.listings.get(listing_id)
    if listing is None:
        raise NotFound(_NOT_YOURS)
    organization = uow.organizations.get(listing.organization_id)
    if organization is None or not may_keep(uow, principal, organization, listing.content):
        raise NotFound(_NOT_YOURS)
    return listing, organization


def _check_not_merged(uow: UnitOfWork, record_id: str) -> None:
    merged_into = uow.merges.now_at(record_id)
    if merged_into is not None:
        raise MergedInto("It was merged into another record; work on that one.", merged_into=merged_into)


def may_keep(uow: UnitOfWork, principal: Caller, organization: Organization, content: ListingContent | None) -> bool:
    """Say whether the caller may write such a listing: for an agency that keeps it, or by a delegation in force."""
    if organization.may_be_kept_by(principal.agency_id):
        return True
    delegations = uow.delegations.given_to(principal.agency_id, principal.account_id)
    return any(delegation.covers(organization, content) for delegation in delegations)


def may_keep_revision(uow: UnitOfWork, principal: Caller, listing: Listing, organization: Organization) -> bool:
    """Say whether the caller may also keep the revision beside the listing; true where none waits.

    A delegation may reach what is published and not what it is to become, such as a shelter.
    """
    return listing.proposal is None or may_keep(uow, principal, organization, listing.proposal.content)


def check_reach(uow: UnitOfWork, principal: Caller, organization: Organization, content: ListingContent) -> None:
    """Refuse to let a delegate move a listing to where the delegation does not reach."""
    if not may_keep(uow, principal, organization, content):
        raise ContentDoesNotFit(
            "Your delegation does not reach the places that the listing would then be for.",
            code="beyond_delegation",
            fields=("serves", "location"),
        )


def check_codes(uow: UnitOfWork, content: ListingContent) -> None:
    """Raise UnknownCode for a municipality or term that is not in the reference data."""
    municipalities = set(content.serves)
    if not isinstance(content.location, VirtualLocation) and content.location.municipality:
        municipalities.add(content.location.municipality)
    unknown = uow.reference.unknown_municipalities(municipalities) + uow.reference.unknown_terms(content.taxonomy_terms)
    if unknown:
        raise UnknownCode("These codes are not known here.", unknown_codes=sorted(unknown))


def change_by(caller: Caller, action: str, **more: Any) -> Change:
    """Return what a version says of the caller's change; ``more`` are further fields of a change."""
    return Change(action=action, account_id=caller.account_id, agency_id=caller.agency_id, **more)
