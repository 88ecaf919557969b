"""Keeps the local copy of agencies and contacts, and what waits to be told to them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, case, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert

from services.notify.adapters.tables import agency, announcement, contact
from services.notify.adapters.wake import wake_dispatcher
from services.notify.domain.contact import Contact
from services.notify.domain.message import Language
from services.notify.domain.news import News, Urgency

_LONGEST_FETCH_PAUSE = timedelta(minutes=1)


class ContactStore:
    """Contacts by agency."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def of_agency(self, agency_id: str) -> Sequence[Contact]:
        """Return all contacts of an agency, inactive ones included."""
        rows = self._connection.execute(
            select(contact).where(contact.c.agency_id == agency_id).order_by(contact.c.account_id)
        )
        return [_contact(row) for row in rows]

    def get(self, account_id: str) -> Contact | None:
        """Return one contact, if it is known."""
        row = self._connection.execute(select(contact).where(contact.c.account_id == account_id)).first()
        return _contact(row) if row else None

    def is_known(self, agency_id: str) -> bool:
        """Say whether people can be told now: contacts were fetched, and somebody is there or nothing is awaited."""
        row = self._connection.execute(select(agency).where(agency.c.agency_id == agency_id)).first()
        if row is None or row.fetched_at is None:
            return False
        return bool(row.contacts_have == row.contacts_wanted or self.of_agency(agency_id))

    def country_of(self, agency_id: str) -> str | None:
        """Return the agency's country as ISO 3166 code, if it is known."""
        return self._connection.scalar(select(agency.c.country).where(agency.c.agency_id == agency_id))

    def set_country(self, agency_id: str, country: str) -> None:
        """Remember where an agency is."""
        statement = insert(agency).values(agency_id=agency_id, country=country)
        self._connection.execute(
            statement.on_conflict_do_update(index_elements=[agency.c.agency_id], set_={"country": country})
        )

    def want(self, agency_id: str, *, now: datetime) -> None:
        """Ask for the agency's contacts to be fetched, soon."""
        statement = insert(agency).values(agency_id=agency_id, contacts_wanted=1, next_fetch_at=now)
        self._connection.execute(
            statement.on_conflict_do_update(
                index_elements=[agency.c.agency_id],
                set_={
                    "contacts_wanted": agency.c.contacts_wanted + 1,
                    # An outage's pause is kept: more news must not make us ask more often.
                    "next_fetch_at": func.coalesce(agency.c.next_fetch_at, statement.excluded.next_fetch_at),
                },
            )
        )
        wake_dispatcher(self._connection)

    def due_for_fetch(self, *, now: datetime) -> tuple[str, int] | None:
        """Return an agency whose contacts are to be fetched, and the count to give back with them."""
        row = self._connection.execute(
            select(agency.c.agency_id, agency.c.contacts_wanted)
            .where(agency.c.next_fetch_at <= now)
            .order_by(agency.c.next_fetch_at)
            .limit(1)
        ).first()
        return (row.agency_id, row.contacts_wanted) if row else None

    def fetched(self, agency_id: str, contacts: Sequence[Contact], *, wanted: int, now: datetime) -> None:
        """Replace the agency's contacts; whoever is no longer named is forgotten."""
        # The lock also holds back a consumer that is about to announce something to this agency.
        self._connection.execute(select(agency.c.agency_id).where(agency.c.agency_id == agency_id).with_for_update())
        self._connection.execute(delete(contact).where(contact.c.agency_id == agency_id))
        for one in contacts:
            row = {
                "account_id": one.account_id,
                "agency_id": agency_id,
                "email": one.email,
                "language": one.language.value,
                "roles": sorted(one.roles),
                "is_active": one.is_active,
            }
            statement = insert(contact).values(row)
            self._connection.execute(statement.on_conflict_do_update(index_elements=[contact.c.account_id], set_=row))
        wanted_again = agency.c.contacts_wanted > wanted
        self._connection.execute(
            update(agency)
            .where(agency.c.agency_id == agency_id)
            .values(
                contacts_have=wanted,
                fetched_at=now,
                fetch_attempts=0,
                next_fetch_at=case((wanted_again, now), else_=None),
            )
        )

    def fetch_failed(self, agency_id: str, *, now: datetime) -> None:
        """Try again a little later, each time a little later still, at most a minute apart."""
        attempts = self._connection.scalar(
            update(agency)
            .where(agency.c.agency_id == agency_id)
            .values(fetch_attempts=agency.c.fetch_attempts + 1)
            .returning(agency.c.fetch_attempts)
        )
        pause = min(_LONGEST_FETCH_PAUSE, timedelta(seconds=2 ** min(int(attempts or 1), 10)))
        self._connection.execute(
            update(agency).where(agency.c.agency_id == agency_id).values(next_fetch_at=now + pause)
        )

    def disable(self, account_id: str) -> None:
        """Stop writing to an account."""
        self._connection.execute(update(contact).where(contact.c.account_id == account_id).values(is_active=False))


class AnnouncementStore:
    """What agencies have to be told."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, news: News, agency_id: str, *, now: datetime) -> bool:
        """Note the news for the agency; False where that was done before.

        The agency's row is locked, so that a fetch of its contacts either has happened or will see this.
        """
        self._connection.execute(insert(agency).values(agency_id=agency_id).on_conflict_do_nothing())
        self._connection.execute(select(agency.c.agency_id).where(agency.c.agency_id == agency_id).with_for_update())
        values = {name: getattr(news, name) for name in _SHARED}
        statement = insert(announcement).values(
            **values,
            agency_id=agency_id,
            referral_status=news.status,
            urgency=news.urgency.value,
            created_at=now,
        )
        added = self._connection.execute(statement.on_conflict_do_nothing().returning(announcement.c.event_id))
        return added.first() is not None

    def untold(self, agency_id: str) -> Sequence[News]:
        """Return what waits for the agency's contacts, oldest first."""
        rows = self._connection.execute(
            select(announcement)
            .where(announcement.c.agency_id == agency_id, announcement.c.told_at.is_(None))
            .order_by(announcement.c.occurred_at)
        )
        return [_news(row) for row in rows]

    def mark_told(self, event_id: str, agency_id: str, *, now: datetime) -> None:
        """Note that the agency's people have been told."""
        self._connection.execute(
            update(announcement)
            .where(announcement.c.event_id == event_id, announcement.c.agency_id == agency_id)
            .values(told_at=now)
        )


_SHARED = (
    "event_id",
    "event_type",
    "referral_id",
    "reference",
    "referring_agency_id",
    "listing_count",
    "listing_id",
    "receiving_agency_id",
    "actor_account_id",
    "actor_agency_id",
    "occurred_at",
    "due_at",
)


def _contact(row: Any) -> Contact:
    return Contact(
        account_id=row.account_id,
        agency_id=row.agency_id,
        email=row.email,
        language=Language(row.language),
        roles=frozenset(row.roles),
        is_active=row.is_active,
    )


def _news(row: Any) -> News:
    return News(
        **{name: getattr(row, name) for name in _SHARED},
        status=row.referral_status,
        urgency=Urgency(row.urgency),
        keeping_agency_id=row.agency_id if row.listing_count is not None else None,
    )
