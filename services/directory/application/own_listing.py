"""Finds a listing for the agency that may keep it; for every other agency it does not exist."""

from __future__ import annotations

from services.directory.application.ports import Caller, UnitOfWork
from services.directory.domain.errors import NotFound, UnknownCode
from services.directory.domain.listing import Listing, ListingContent
from services.directory.domain.location import VirtualLocation
from services.directory.domain.organization import Organization

_NOT_YOURS = "There is no such listing among those your agency keeps."


def own_organization(uow: UnitOfWork, principal: Caller, organization_id: str) -> Organization:
    """Return the organization if the caller's agency may keep its listings; raise NotFound otherwise."""
    organization = uow.organizations.get(organization_id)
    if organization is None or not organization.may_be_kept_by(principal.agency_id):
        raise NotFound("There is no such organization among those your agency keeps.")
    return organization


def own_listing(uow: UnitOfWork, principal: Caller, listing_id: str) -> tuple[Listing, Organization]:
    """Return the listing, held for writing, with its organization; raise NotFound for a foreign agency."""
    listing = uow.listings.get(listing_id)
    if listing is None:
        raise NotFound(_NOT_YOURS)
    organization = uow.organizations.get(listing.organization_id)
    if organization is None or not organization.may_be_kept_by(principal.agency_id):
        raise NotFound(_NOT_YOURS)
    return listing, organization


def check_codes(uow: UnitOfWork, content: ListingContent) -> None:
    """Raise UnknownCode for a municipality or term that is not in the reference data."""
    municipalities = set(content.serves)
    if not isinstance(content.location, VirtualLocation) and content.location.municipality:
        municipalities.add(content.location.municipality)
    unknown = uow.reference.unknown_municipalities(municipalities) + uow.reference.unknown_terms(content.taxonomy_terms)
    if unknown:
        raise UnknownCode("These codes are not known here.", unknown_codes=sorted(unknown))
