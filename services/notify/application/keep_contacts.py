"""Keeps the local copy of who works where, so that people can be told while identity is down."""

from __future__ import annotations

from chassis.clock import Clock
from chassis.events.envelope import Event
from services.notify.application.ports import (
    ContactDirectory,
    ContactsUnavailable,
    UnitOfWork,
    UnitOfWorkFactory,
)
from services.notify.application.react_to_event import tell


def note_agency(uow: UnitOfWork, event: Event, *, clock: Clock) -> None:
    """Remember a new agency's country and ask for its contacts."""
    agency_id = str(event.data["agency_id"])
    uow.contacts.set_country(agency_id, str(event.data["country"]))
    uow.contacts.want(agency_id, now=clock.now())


def note_account(uow: UnitOfWork, event: Event, *, clock: Clock) -> None:
    """Ask for the agency's contacts afresh: the event names no address, on purpose."""
    uow.contacts.want(str(event.data["agency_id"]), now=clock.now())


def note_account_disabled(uow: UnitOfWork, event: Event, *, clock: Clock) -> None:
    """Stop writing to the account at once, whether or not identity can be asked."""
    uow.contacts.disable(str(event.data["account_id"]))
    uow.contacts.want(str(event.data["agency_id"]), now=clock.now())


def fetch_due_contacts(unit_of_work: UnitOfWorkFactory, directory: ContactDirectory, *, clock: Clock) -> bool | None:
    """Fetch one agency's contacts and tell them what has been waiting for them.

    Return True when that worked, False when identity did not answer (tried again later, nothing is
    lost), None when there was nothing to fetch.
    """
    with unit_of_work() as uow:
        due = uow.contacts.due_for_fetch(now=clock.now())
    if due is None:
        return None
    agency_id, wanted = due
    try:
        contacts = directory.accounts_of(agency_id)
    except ContactsUnavailable:
        with unit_of_work() as uow:
            uow.contacts.fetch_failed(agency_id, now=clock.now())
            uow.commit()
        return False
    with unit_of_work() as uow:
        uow.contacts.fetched(agency_id, contacts, wanted=wanted, now=clock.now())
        if uow.contacts.is_known(agency_id):
            for news in uow.announcements.untold(agency_id):
                tell(uow, news, agency_id, clock=clock)
        uow.commit()
    return True
