"""Deletes a draft that was never in the directory; what others have seen is withdrawn and stays."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from chassis.clock import Clock
from services.directory.application.listing_steps import ChangeListing, take_step
from services.directory.application.own_listing import change_by
from services.directory.application.ports import Caller, UnitOfWork, UnitOfWorkFactory
from services.directory.domain.hsds_detail import without_places
from services.directory.domain.listing import Listing
from services.directory.domain.location import ConfidentialLocation
from services.directory.domain.organization import Organization
from services.directory.domain.review import Action


def delete_draft(command: ChangeListing, *, unit_of_work: UnitOfWorkFactory, clock: Clock) -> None:
    """Delete the draft with its history; that it was deleted stays in the audit record, and nothing else of it."""
    with unit_of_work() as uow:
        listing, organization, _ = take_step(uow, command, Action.DELETE)
        uow.listings.delete(listing.id)
        _forget_places(uow, command.principal, listing, organization, clock.now())
        uow.record(principal=command.principal, action="listing.delete", object_type="listing", object_id=listing.id)
        uow.commit()


def _forget_places(uow: UnitOfWork, caller: Caller, listing: Listing, organization: Organization, at: datetime) -> None:
    """Forget where a feed told that the organization is: it may be the address that the draft alone kept hidden."""
    bare = without_places(organization.hsds)
    if isinstance(listing.content.location, ConfidentialLocation) and bare != organization.hsds:
        uow.organizations.save(replace(organization, hsds=bare), change_by(caller, "edit", at=at))
