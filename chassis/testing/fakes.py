"""Stand-ins for the outside world whose behaviour a test sets."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta


class FakeClock:
    """A clock that moves only when told to."""

    def __init__(self, start: datetime | None = None) -> None:
        self._now = start or datetime(2026, 3, 2, 9, 0, tzinfo=UTC)

    def now(self) -> datetime:
        """Return the moment the test set."""
        return self._now

    def advance(self, by: timedelta) -> None:
        """Move time forward."""
        self._now += by

    def set(self, moment: datetime) -> None:
        """Set the time to an aware moment."""
        self._now = moment
