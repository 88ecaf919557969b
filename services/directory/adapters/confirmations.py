"""Finds listings that wait to be confirmed, and keeps note of who was reminded and of what has sunk."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Float,
    Select,
    case,
    cast,
    exists,
    func,
    literal,
    select,
    union,
    update,
)
from sqlalchemy import Integer as IntegerType
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.types import Numeric

from services.directory.adapters.tables import listing, organization, search_entry
from services.directory.adapters.verification_tables import confirmation_reminder
from services.directory.domain.verification import REMINDER_DAYS, STALE_AFTER_DAYS

# Who is asked to confirm: who keeps the organization's listings, or else the organization's own agency.
_keeper = func.coalesce(organization.c.maintaining_agency_id, organization.c.agency_id)
# That agency is asked, too, where another one keeps them; each side has a count of its own.
_owner = case((organization.c.agency_id != organization.c.maintaining_agency_id, organization.c.agency_id))
_SIDES = ((_keeper, listing.c.reminders_sent), (_owner, listing.c.owner_reminders_sent))


class SqlConfirmationStore:
    """Confirmations in PostgreSQL."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def agencies_to_remind(self, today: date, limit: int) -> Sequence[str]:
        """Return agencies that keep a listing with a reminder due, and were not reminded today."""
        waiting = union(*(_waiting(agency, sent, today) for agency, sent in _SIDES)).subquery()
        return list(self._connection.scalars(select(waiting).limit(limit)))

    def note_reminded(self, agency_id: str, today: date) -> bool:
        """Note that the agency is reminded today; False where it was already."""
        note = insert(confirmation_reminder).values(agency_id=agency_id, day=today).on_conflict_do_nothing()
        return self._connection.execute(note.returning(confirmation_reminder.c.day)).first() is not None

    def take_due(self, agency_id: str, today: date) -> Sequence[Any]:
        """Return the agency's listings with a reminder due, the most urgent first, and count them as reminded."""
        due = [row for agency, sent in _SIDES for row in self._take(agency == agency_id, sent, today)]
        return sorted(due, key=lambda row: (row.confirm_by, row.id))

    def _take(self, is_asked: ColumnElement[bool], sent: Column[int], today: date) -> Sequence[Any]:
        waiting = (
            select(listing.c.id, listing.c.confirm_by)
            .join(organization)
            .where(*_is_due(sent, today), is_asked)
            .order_by(listing.c.id)
            .with_for_update(of=listing, key_share=True)
        )
        rows = self._connection.execute(waiting).all()
        reminded = update(listing).where(listing.c.id.in_([row.id for row in rows]))
        self._connection.execute(reminded.values({sent: _reminders_due(today)}))
        return rows

    def refresh_standing(self, today: date, limit: int) -> int:
        """Lower what has become overdue in the search index; return how many entries that were, at most ``limit``."""
        entry = search_entry.c
        lower = _standing(today)
        sunk = (
            select(entry.listing_id)
            .where(entry.confirm_by < today, func.abs(entry.standing - lower) > 0.001)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        moved = update(search_entry).where(entry.listing_id.in_(sunk)).values(standing=lower)
        return self._connection.execute(moved).rowcount


def _waiting(agency: ColumnElement[str], sent: Column[int], today: date) -> Select[str]:
    told = exists().where(confirmation_reminder.c.agency_id == agency, confirmation_reminder.c.day == today)
    due = select(agency.label("agency_id")).select_from(listing.join(organization)).where(*_is_due(sent, today))
    return due.where(agency.is_not(None), ~told)


def _is_due(sent: Column[int], today: date) -> list[ColumnElement[bool]]:
    return [
        listing.c.status == "published",
        listing.c.confirm_by <= today + timedelta(days=max(REMINDER_DAYS)),
        _reminders_due(today) > sent,
    ]


def _reminders_due(today: date) -> ColumnElement[int]:
    """Count the reminders as ``verification.reminders_due`` does."""
    due = [cast(listing.c.confirm_by <= today + timedelta(days=days), IntegerType) for days in REMINDER_DAYS]
    return sum(due[1:], due[0])


def _standing(today: date) -> ColumnElement[float]:
    """Weigh as ``verification.standing`` does."""
    overdue = cast(literal(today) - search_entry.c.confirm_by, IntegerType)
    steps = func.ceil(cast(overdue, Numeric) / 10)
    return case((overdue > STALE_AFTER_DAYS, literal(0.0)), else_=cast((100 - 8 * steps) / 100, Float))
