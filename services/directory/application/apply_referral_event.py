"""Counts a place as taken when a referral is accepted and as free when it ends, each exactly once."""

from __future__ import annotations

from datetime import datetime

from chassis.clock import Clock
from chassis.events.envelope import Event
from services.directory.application.announcements import announce_capacity
from services.directory.application.ports import UnitOfWork
from services.directory.domain.reserving import release, reserve

ACCEPTED = "referral.accepted.v1"
ENDED = (
    "referral.completed.v1",
    "referral.cancelled.v1",
    "referral.failed.v1",
    "referral.expired.v1",
    "referral.entered_in_error.v1",
)


def apply_referral_event(uow: UnitOfWork, event: Event, *, clock: Clock) -> None:
    """Apply one event in the caller's transaction; a repeated or late one changes nothing.

    An end that arrives before its acceptance is remembered, so that the acceptance takes no place for ever.
    """
    referral_id, service_id = str(event.data["referral_id"]), str(event.data["service_id"])
    if event.type == ACCEPTED:
        # A service that was merged since the referral was sent takes the child in where it is now.
        service_id = uow.merges.now_at(service_id) or service_id
        if uow.reservations.reserve(referral_id, service_id, clock.now()):
            _count(uow, event, service_id, is_taken=True, clock=clock)
        return
    taken = uow.reservations.of_referral(referral_id)
    if event.type in ENDED and uow.reservations.release(referral_id, service_id, clock.now()) and taken:
        _count(uow, event, _given_back_at(uow, *taken), is_taken=False, clock=clock)


def _given_back_at(uow: UnitOfWork, service_id: str, taken_at: datetime) -> str:
    """Return the service whose number of free places lacks the one taken there and then.

    Where it was merged since, the kept listing's number does, if it was reported after the child had come.
    """
    merged_into = uow.merges.now_at(service_id)
    kept = uow.listings.get(merged_into) if merged_into else None
    is_counted = kept is not None and kept.capacity is not None and kept.capacity.said_at > taken_at
    return kept.id if kept is not None and is_counted else service_id


def _count(uow: UnitOfWork, event: Event, service_id: str, *, is_taken: bool, clock: Clock) -> None:
    listing = uow.listings.get(service_id)
    if listing is None:
        return
    changed = reserve(listing, clock.now()) if is_taken else release(listing, clock.now())
    if not changed:
        return
    if is_taken:
        uow.reservations.note_place_taken(str(event.data["referral_id"]))
    uow.listings.save(listing)
    organization = uow.organizations.get(listing.organization_id)
    if organization is not None:
        cause = "reserved" if is_taken else "released"
        announce_capacity(uow, listing, organization, cause=cause, causation_id=event.id)
