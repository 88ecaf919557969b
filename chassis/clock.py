"""Tells the time, so that tests can set it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """Anything that knows the present moment."""

    def now(self) -> datetime:
        """Return the present moment as an aware datetime in UTC."""
        ...


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        """Return the present moment as an aware datetime in UTC."""
        return datetime.now(UTC)


def to_rfc3339(moment: datetime) -> str:
    """Write an aware datetime as RFC 3339 in UTC with a trailing ``Z``; a naive one raises ValueError."""
    if moment.tzinfo is None:
        raise ValueError("a moment without a time zone cannot be written down")
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def from_rfc3339(text: str) -> datetime:
    """Read an RFC 3339 moment, in small letters too; ValueError without a time zone, or where some have no such day."""
    moment = datetime.fromisoformat(text.upper())
    if moment.tzinfo is None or not datetime(1, 1, 2, tzinfo=UTC) <= moment < datetime(9999, 12, 31, tzinfo=UTC):
        raise ValueError("a moment needs a time zone, and a date in all of them")
    return moment.astimezone(UTC)
