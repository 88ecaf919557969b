"""Turns an event into inbox entries and deliveries: each recipient is told of an event once."""

from __future__ import annotations

from chassis.clock import Clock
from chassis.events.envelope import Event
from chassis.ids import new_id
from services.notify.application.ports import UnitOfWork
from services.notify.domain.contact import Contact, keepers_of_listings, people_to_tell
from services.notify.domain.delivery import Delivery
from services.notify.domain.news import News
from services.notify.domain.preference import Preference
from services.notify.domain.retry import Channel


def react_to_event(uow: UnitOfWork, event: Event, *, clock: Clock) -> None:
    """Take note of the event for each side that has to know, and tell whoever is known already.

    The caller's transaction holds everything; it is the consumer who commits.
    """
    news = News.from_event(event.id, event.type, event.data)
    for agency_id in news.agencies_to_tell():
        if uow.announcements.add(news, agency_id, now=clock.now()):
            if news.is_of_referral:
                _tell_systems(uow, news, agency_id, clock=clock)
            if uow.contacts.is_known(agency_id):
                tell(uow, news, agency_id, clock=clock)
            else:
                # Nothing is lost: the announcement waits until the contacts have been fetched.
                uow.contacts.want(agency_id, now=clock.now())


def tell(uow: UnitOfWork, news: News, agency_id: str, *, clock: Clock) -> None:
    """Tell the agency's people of the news; where there is nobody to tell, say so to the other services."""
    contacts = uow.contacts.of_agency(agency_id)
    others = [contact for contact in contacts if contact.account_id != news.actor_account_id]
    keepers = keepers_of_listings(others) or keepers_of_listings(contacts)
    people = people_to_tell(contacts) if news.is_of_referral else keepers
    if not people:
        _report_nobody(uow, news, agency_id, clock=clock)
    for person in people:
        if person.account_id != news.actor_account_id:
            _tell_person(uow, news, person, clock=clock)
    uow.announcements.mark_told(news.event_id, agency_id, now=clock.now())


def _tell_person(uow: UnitOfWork, news: News, person: Contact, *, clock: Clock) -> None:
    uow.inbox.add(person.account_id, person.agency_id, news.event_type, news, now=clock.now())
    preference = uow.preferences.get(person.account_id) or Preference(person.account_id, person.language)
    if news.is_told_by_mail and preference.wants_email(news.event_type, news.urgency):
        uow.deliveries.add(_delivery(news, Channel.EMAIL, person.account_id, person.agency_id, clock=clock))


def _tell_systems(uow: UnitOfWork, news: News, agency_id: str, *, clock: Clock) -> None:
    for endpoint in uow.endpoints.of_agency(agency_id):
        if endpoint.is_active:
            uow.deliveries.add(_delivery(news, Channel.WEBHOOK, endpoint.id, agency_id, clock=clock))


def _delivery(news: News, channel: Channel, recipient_id: str, agency_id: str, *, clock: Clock) -> Delivery:
    return Delivery(
        id=new_id(),
        channel=channel,
        recipient_id=recipient_id,
        agency_id=agency_id,
        event_id=news.event_id,
        event_type=news.event_type,
        referral_id=news.referral_id,
        reference=news.reference,
        referral_status=news.status,
        urgency=news.urgency,
        occurred_at=news.occurred_at,
        due_at=news.due_at,
        listing_count=news.listing_count,
        created_at=clock.now(),
        next_attempt_at=clock.now(),
    )


def _report_nobody(uow: UnitOfWork, news: News, agency_id: str, *, clock: Clock) -> None:
    notification_id = new_id()
    uow.emit(
        "notification.failed.v1",
        subject=notification_id,
        aggregate_version=1,
        data={
            "notification_id": notification_id,
            "event_id": news.event_id,
            "subject_id": news.referral_id or agency_id,
            "channel": Channel.INBOX.value,
            "recipient_agency_id": agency_id,
            "occurred_at": clock.now().isoformat().replace("+00:00", "Z"),
            "reason": "nobody-to-tell",
        },
        causation_id=news.event_id,
    )
