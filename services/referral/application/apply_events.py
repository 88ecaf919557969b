"""Takes in what directory, identity and notify tell; handlers run in the transaction that marks the event as seen."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from chassis.clock import from_rfc3339
from chassis.events.envelope import Event
from services.referral.application.ports import WITHDRAWN, HistoryEntry, Listing, UnitOfWork
from services.referral.application.warn_of_closed_service import warn_of_closed_service


def service_published(uow: UnitOfWork, event: Event) -> None:
    """Take in a listing; the event holds its whole present state."""
    data = event.data
    capacity = data["capacity"] or {}
    listing = Listing(
        service_id=data["service_id"],
        name=data["name"],
        organization_name=data["organization_name"],
        agency_id=data["agency_id"],
        country=data["country"],
        is_published=True,
        accepts_referrals=data["accepts_referrals"],
        minimum_age=data["minimum_age"],
        maximum_age=data["maximum_age"],
        sex=data["sex"],
        places_available=capacity.get("available"),
        referring_agencies=data.get("referring_agencies"),
    )
    uow.listings.describe(listing, event.aggregate_version)


def service_withdrawn(uow: UnitOfWork, event: Event) -> None:
    """Note that a service left the directory or closed, and warn both agencies of every referral open to it.

    One that was merged into another has not closed: nobody is warned, and what goes to it goes to the other.
    """
    data = event.data
    cause, reopens_at = data.get("cause", WITHDRAWN), data.get("reopens_at")
    moment = from_rfc3339(reopens_at) if reopens_at else None
    is_news = uow.listings.withdraw(data["service_id"], event.aggregate_version, cause=cause, reopens_at=moment)
    if replaced_by := data.get("replaced_by"):
        uow.listings.replace(data["service_id"], replaced_by)
    elif is_news:
        warn_of_closed_service(uow, data["service_id"], cause=cause, at=event.time)


def capacity_changed(uow: UnitOfWork, event: Event) -> None:
    """Note how many places are free."""
    uow.listings.set_places(event.data["service_id"], event.data["available"], event.aggregate_version)


def agency_registered(uow: UnitOfWork, event: Event) -> None:
    """Take in an agency's name and country."""
    data = event.data
    uow.agencies.register(data["agency_id"], data["name"], data["country"], event.aggregate_version)


def notification_ended(uow: UnitOfWork, event: Event) -> None:
    """Show in the referral's history what became of telling an agency; a notification about others is passed over."""
    data = event.data
    if uow.referrals.get(data["subject_id"]) is None:
        return
    outcome = "delivered" if event.type == "notification.delivered.v1" else "delivery_failed"
    uow.history.add(
        data["subject_id"],
        HistoryEntry(
            "delivery",
            from_rfc3339(data["occurred_at"]),
            outcome,
            detail={"channel": data["channel"], "recipient_agency_id": data["recipient_agency_id"]},
        ),
    )


HANDLERS: Mapping[str, Callable[[UnitOfWork, Event], None]] = {
    "service.published.v1": service_published,
    "service.withdrawn.v1": service_withdrawn,
    "capacity.changed.v1": capacity_changed,
    "agency.registered.v1": agency_registered,
    "notification.delivered.v1": notification_ended,
    "notification.failed.v1": notification_ended,
}
