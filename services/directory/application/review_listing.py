"""Submits a listing or a revision for review, takes it back, comments on it, and decides on it."""

from __future__ import annotations

from chassis.clock import Clock
from services.directory.application.announcements import announce_published, announce_review
from services.directory.application.listing_steps import ChangeListing, take_step
from services.directory.application.own_listing import change_by
from services.directory.application.ports import Caller, UnitOfWork, UnitOfWorkFactory
from services.directory.domain import reviewing
from services.directory.domain.listing import Listing
from services.directory.domain.organization import Organization
from services.directory.domain.review import Action


def submit_listing(command: ChangeListing, *, unit_of_work: UnitOfWorkFactory, clock: Clock) -> Listing:
    """Ask for a decision, and tell the agencies that may take it."""
    with unit_of_work() as uow:
        listing, organization, _ = take_step(uow, command, Action.SUBMIT)
        reviewing.submit(listing, command.principal.account_id, clock.now())
        _tell(uow, command.principal, listing, organization, Action.SUBMIT, clock)
        _keep(uow, command.principal, listing, Action.SUBMIT, clock=clock)
        uow.commit()
    return listing


def recall_listing(command: ChangeListing, *, unit_of_work: UnitOfWorkFactory, clock: Clock) -> Listing:
    """Take it back from review, to work on it."""
    with unit_of_work() as uow:
        listing, _, _ = take_step(uow, command, Action.RECALL)
        reviewing.recall(listing)
        _keep(uow, command.principal, listing, Action.RECALL, clock=clock)
        uow.commit()
    return listing


def comment_on_listing(command: ChangeListing, note: str, *, unit_of_work: UnitOfWorkFactory, clock: Clock) -> Listing:
    """Say something about what is in review without deciding, and tell who keeps it that something was said."""
    with unit_of_work() as uow:
        listing, organization, _ = take_step(uow, command, Action.COMMENT)
        listing.counted()
        _tell(uow, command.principal, listing, organization, Action.COMMENT, clock)
        _keep(uow, command.principal, listing, Action.COMMENT, note=note, clock=clock)
        uow.commit()
    return listing


def approve_listing(command: ChangeListing, *, unit_of_work: UnitOfWorkFactory, clock: Clock) -> Listing:
    """Put what was submitted into the directory; only a second person can."""
    with unit_of_work() as uow:
        listing, organization, _ = take_step(uow, command, Action.APPROVE)
        reviewing.put_in(listing, clock.now())
        announce_published(uow, listing, organization)
        _tell(uow, command.principal, listing, organization, Action.APPROVE, clock)
        _keep(uow, command.principal, listing, Action.APPROVE, clock=clock)
        uow.commit()
    return listing


def reject_listing(
    command: ChangeListing, reason: str, note: str | None, *, unit_of_work: UnitOfWorkFactory, clock: Clock
) -> Listing:
    """Send it back with a reason; only a second person can."""
    with unit_of_work() as uow:
        listing, organization, _ = take_step(uow, command, Action.REJECT)
        reviewing.reject(listing, reason, note)
        _tell(uow, command.principal, listing, organization, Action.REJECT, clock)
        _keep(uow, command.principal, listing, Action.REJECT, reason=reason, note=note, clock=clock)
        uow.commit()
    return listing


def discard_revision(command: ChangeListing, *, unit_of_work: UnitOfWorkFactory, clock: Clock) -> Listing:
    """Give up a revision; the published listing stays as it is."""
    with unit_of_work() as uow:
        listing, _, _ = take_step(uow, command, Action.DISCARD)
        reviewing.discard(listing)
        _keep(uow, command.principal, listing, Action.DISCARD, clock=clock)
        uow.commit()
    return listing


def _tell(
    uow: UnitOfWork, principal: Caller, listing: Listing, organization: Organization, action: Action, clock: Clock
) -> None:
    announce_review(uow, listing, organization, step=action.value, by=principal.account_id, at=clock.now())


def _keep(
    uow: UnitOfWork,
    principal: Caller,
    listing: Listing,
    action: Action,
    *,
    clock: Clock,
    reason: str | None = None,
    note: str | None = None,
) -> None:
    """Save the listing with its version and the audit record; what is about a revision keeps the revision's content."""
    told = {"reason": reason, "note": note, "is_proposal": listing.proposal is not None, "at": clock.now()}
    uow.listings.save(listing, change_by(principal, action.value, **told))
    uow.record(principal=principal, action=f"listing.{action.value}", object_type="listing", object_id=listing.id)
