"""How long a published listing counts as true: its owner confirms it in time, or it sinks and is matched no more."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, timedelta

# Days between two confirmations, by what a listing offers; the shortest that applies counts. ``capacity`` stands for
# every listing that reports free places: who sends a child there relies on more than an address.
CYCLE_DAYS = {
    "capacity": 90,
    "safe-accommodation": 90,
    "emergency-shelter": 90,
    "trafficking-shelter": 90,
    "parent-and-child-shelter": 90,
    "foster-care": 90,
    "small-group-home": 90,
    "supported-living": 90,
}
USUAL_CYCLE_DAYS = 180
# Before, on and after the day by which a listing is to be confirmed; negative is after.
REMINDER_DAYS = (30, 14, 3, 0, -14)
# Beyond this many days a listing is matched with no child any more. In the directory it stays, marked.
STALE_AFTER_DAYS = 90


def confirm_by(terms: Collection[str], *, reports_capacity: bool, confirmed_at: datetime) -> date:
    """Return the day by which a listing confirmed now is to be confirmed again."""
    kinds = [*terms, "capacity"] if reports_capacity else terms
    days = min((CYCLE_DAYS[kind] for kind in kinds if kind in CYCLE_DAYS), default=USUAL_CYCLE_DAYS)
    return (confirmed_at + timedelta(days=days)).date()


def standing(due_on: date | None, today: date) -> float:
    """Return the weight of a listing in ranking: 1 while it is confirmed, less when overdue, 0 once stale.

    In steps of ten days, so that the index is written ten times for a listing that goes stale and not ninety.
    """
    overdue = days_overdue(due_on, today)
    if overdue > STALE_AFTER_DAYS:
        return 0.0
    return (100 - 8 * -(-overdue // 10)) / 100


def days_overdue(due_on: date | None, today: date) -> int:
    """Return how many days ago the listing was to be confirmed; 0 while there is time."""
    return max(0, (today - due_on).days) if due_on else 0


def is_stale(due_on: date | None, today: date) -> bool:
    """Say whether a listing has gone unconfirmed for so long that no child may be matched with it."""
    return days_overdue(due_on, today) > STALE_AFTER_DAYS


def reminders_due(due_on: date, today: date) -> int:
    """Return how many of the reminders have fallen due; after a pause several count as one."""
    left = (due_on - today).days
    return sum(left <= days for days in REMINDER_DAYS)
