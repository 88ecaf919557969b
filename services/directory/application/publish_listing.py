"""Puts a listing into the directory without review, where the organization does without, and takes it out again."""

from __future__ import annotations

from chassis.clock import Clock
from services.directory.application.announcements import announce_published, announce_withdrawn
from services.directory.application.listing_steps import ChangeListing, take_step
from services.directory.application.own_listing import change_by
from services.directory.application.ports import UnitOfWorkFactory
from services.directory.application.tell_keepers import tell_of_step
from services.directory.domain.listing import Listing
from services.directory.domain.review import Action
from services.directory.domain.reviewing import put_in

__all__ = ["ChangeListing", "publish_listing", "withdraw_listing"]
# Said in the version and in the audit record wherever one person alone has published.
REVIEW_WAIVED = "review_waived"


def publish_listing(command: ChangeListing, *, unit_of_work: UnitOfWorkFactory, clock: Clock) -> Listing:
    """Publish; doing it twice changes nothing the second time."""
    with unit_of_work() as uow:
        listing, organization, _ = take_step(uow, command, Action.PUBLISH)
        if put_in(listing, clock.now()):
            uow.listings.save(listing, change_by(command.principal, "publish", reason=REVIEW_WAIVED))
            announce_published(uow, listing, organization)
            uow.record(
                principal=command.principal,
                action="listing.publish",
                object_type="listing",
                object_id=listing.id,
                purpose=REVIEW_WAIVED,
            )
            uow.commit()
    return listing


def withdraw_listing(command: ChangeListing, *, unit_of_work: UnitOfWorkFactory, clock: Clock) -> Listing:
    """Withdraw; doing it twice changes nothing the second time."""
    with unit_of_work() as uow:
        listing, organization, _ = take_step(uow, command, Action.WITHDRAW)
        if listing.withdraw(clock.now()):
            uow.listings.save(listing, change_by(command.principal, "withdraw"))
            announce_withdrawn(uow, listing, organization)
            tell_of_step(uow, listing, [organization], step="withdraw", by=command.principal, at=clock.now())
            uow.record(
                principal=command.principal, action="listing.withdraw", object_type="listing", object_id=listing.id
            )
            uow.commit()
    return listing
