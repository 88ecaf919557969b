"""The clock's part in keeping listings true: reminds owners once a day at most, and lets the unconfirmed sink."""

from __future__ import annotations

from datetime import date

from chassis.clock import Clock, to_rfc3339
from services.directory.application.ports import UnitOfWork, UnitOfWorkFactory

_BATCH = 100
_ENTRIES_PER_TRANSACTION = 1000
_MOST_NAMED = 100


def remind_owners(unit_of_work: UnitOfWorkFactory, clock: Clock) -> int:
    """Remind every agency that keeps a listing with a reminder due, and return how many agencies that were.

    Each agency has a transaction of its own. After a pause the reminders that fell into it count as one, and two
    clocks at once remind once.
    """
    today, reminded = clock.now().date(), 0
    while True:
        with unit_of_work() as uow:
            agencies = uow.confirmations.agencies_to_remind(today, _BATCH)
        if not agencies:
            return reminded
        for agency_id in agencies:
            with unit_of_work() as uow:
                if uow.confirmations.note_reminded(agency_id, today):
                    reminded += _tell(uow, agency_id, today, at=to_rfc3339(clock.now()))
                    uow.commit()


def _tell(uow: UnitOfWork, agency_id: str, today: date, *, at: str) -> bool:
    due = uow.confirmations.take_due(agency_id, today)
    if not due:
        return False
    data = {
        "agency_id": agency_id,
        "listing_ids": [listing.id for listing in due[:_MOST_NAMED]],
        "count": len(due),
        "overdue": sum(listing.confirm_by < today for listing in due),
        "confirm_by": due[0].confirm_by.isoformat(),
        "occurred_at": at,
    }
    uow.emit("listing.confirmation_due.v1", subject=agency_id, aggregate_version=today.toordinal(), data=data)
    return True


def lower_standing(unit_of_work: UnitOfWorkFactory, clock: Clock) -> int:
    """Let overdue listings sink in the search index; return how many were moved."""
    today, moved = clock.now().date(), 0
    while True:
        with unit_of_work() as uow:
            batch = uow.confirmations.refresh_standing(today, _ENTRIES_PER_TRANSACTION)
            uow.commit()
        moved += batch
        if batch < _ENTRIES_PER_TRANSACTION:
            return moved
