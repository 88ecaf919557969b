"""Closes a published service for a time or until further notice, opens it again, and does both when the day comes."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime

from chassis.clock import Clock
from services.directory.application.announcements import announce_published, announce_withdrawn
from services.directory.application.listing_steps import ChangeListing, take_step
from services.directory.application.own_listing import change_by
from services.directory.application.ports import UnitOfWork, UnitOfWorkFactory
from services.directory.application.tell_keepers import tell_of_step
from services.directory.domain.closing import Closing, ClosingKind
from services.directory.domain.closures import close, keep_to_plan, reopen
from services.directory.domain.listing import Listing
from services.directory.domain.organization import Organization
from services.directory.domain.review import Action
from services.directory.domain.versions import Change

_BATCH = 100


@dataclass(frozen=True, kw_only=True)
class Close:
    """When and why a service closes; no time means now, no end until somebody opens it again.

    The notice belongs to the closing and not to the listing: it is gone when the door is open again.
    """

    kind: ClosingKind
    reason: str
    closes_at: datetime | None = None
    reopens_at: datetime | None = None
    notice: str | None = None
    notice_translations: tuple[tuple[str, str], ...] = ()


def close_listing(command: ChangeListing, wish: Close, *, unit_of_work: UnitOfWorkFactory, clock: Clock) -> Listing:
    """Close now or plan to; needs no review, since nobody may be sent to a closed door meanwhile."""
    now = clock.now()
    closing = Closing(**{**asdict(wish), "closes_at": wish.closes_at or now})
    with unit_of_work() as uow:
        listing, organization, _ = take_step(uow, command, Action.CLOSE)
        was_closed = listing.is_closed
        close(listing, closing, now)
        uow.listings.save(listing, change_by(command.principal, "close", reason=wish.reason, at=now))
        _announce(uow, listing, organization, was_closed=was_closed)
        tell_of_step(uow, listing, [organization], step="close", by=command.principal, at=now)
        uow.record(principal=command.principal, action="listing.close", object_type="listing", object_id=listing.id)
        uow.commit()
    return listing


def reopen_listing(command: ChangeListing, *, unit_of_work: UnitOfWorkFactory, clock: Clock) -> Listing:
    """Open the service again, or give up the plan to close it."""
    with unit_of_work() as uow:
        listing, organization, _ = take_step(uow, command, Action.REOPEN)
        was_closed = listing.is_closed
        reopen(listing, clock.now())
        uow.listings.save(listing, change_by(command.principal, "reopen", at=clock.now()))
        _announce(uow, listing, organization, was_closed=was_closed)
        tell_of_step(uow, listing, [organization], step="reopen", by=command.principal, at=clock.now())
        uow.record(principal=command.principal, action="listing.reopen", object_type="listing", object_id=listing.id)
        uow.commit()
    return listing


def keep_to_plans(unit_of_work: UnitOfWorkFactory, clock: Clock) -> int:
    """Close and reopen what the plans say for now, each listing in a transaction of its own; return how many.

    Two clocks at once do it once, and what fell into a pause is made up for.
    """
    changed = 0
    while True:
        with unit_of_work() as uow:
            due = uow.listings.with_plan_due(clock.now(), _BATCH)
        for listing_id in due:
            with unit_of_work() as uow:
                changed += _keep_one(uow, listing_id, clock.now())
        if len(due) < _BATCH:
            return changed


def _keep_one(uow: UnitOfWork, listing_id: str, now: datetime) -> bool:
    listing = uow.listings.get(listing_id)
    organization = uow.organizations.get(listing.organization_id) if listing else None
    if listing is None or organization is None:
        return False
    was_closed, plan = listing.is_closed, listing.closing
    if plan is None or not keep_to_plan(listing, now):
        return False
    action = "close" if listing.is_closed else "reopen"
    uow.listings.save(listing, Change(action=action, reason=plan.reason, at=now))
    _announce(uow, listing, organization, was_closed=was_closed)
    uow.record(principal=None, action=f"listing.{action}", object_type="listing", object_id=listing.id)
    uow.commit()
    return True


def _announce(uow: UnitOfWork, listing: Listing, organization: Organization, *, was_closed: bool) -> None:
    """Tell the network when the door closes or opens; of one that is closed it has heard."""
    if not listing.is_closed:
        announce_published(uow, listing, organization)
    elif not was_closed:
        announce_withdrawn(uow, listing, organization)
