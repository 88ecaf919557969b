"""Lets a person mark what they were told as read."""

from __future__ import annotations

from chassis.clock import Clock
from services.notify.application.ports import UnitOfWork
from services.notify.domain.errors import NotYours


def mark_read(uow: UnitOfWork, *, account_id: str, entry_id: str, clock: Clock) -> None:
    """Mark one of the person's own entries as read; once read, the time stays the first."""
    if not uow.inbox.mark_read(entry_id, account_id, now=clock.now()):
        raise NotYours
    uow.commit()


def mark_all_read(uow: UnitOfWork, *, account_id: str, clock: Clock) -> int:
    """Mark all of the person's entries as read and return how many were not."""
    marked = uow.inbox.mark_all_read(account_id, now=clock.now())
    uow.commit()
    return marked
