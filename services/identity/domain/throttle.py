"""Counts tries to sign in and says when to wait, alike for accounts that exist and for those that do not."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

WINDOW = timedelta(minutes=15)
TRIES_PER_USERNAME = 5
# An office behind one address signs in through it alone.
TRIES_PER_ADDRESS = 100


@dataclass(frozen=True)
class Throttle:
    """The tries counted under one key since its window opened."""

    key: str
    limit: int
    tries: int
    opened_at: datetime

    def counted(self, now: datetime) -> Throttle:
        """Return the state after one more try, in a new window when the old one is over."""
        if now - self.opened_at >= WINDOW:
            return Throttle(self.key, self.limit, 1, now)
        return Throttle(self.key, self.limit, self.tries + 1, self.opened_at)

    @property
    def is_exceeded(self) -> bool:
        """Say whether the last counted try was one too many."""
        return self.tries > self.limit

    def seconds_left(self, now: datetime) -> int:
        """Return how long the window still lasts, at least one second."""
        return max(1, int((self.opened_at + WINDOW - now).total_seconds()) + 1)


def keys_for(*, username: str, address: str) -> list[tuple[str, int]]:
    """Return the keys a try counts under, each with its limit; hashed, so that no name or address is stored."""
    return [
        (_key("username", username), TRIES_PER_USERNAME),
        (_key("address", address), TRIES_PER_ADDRESS),
    ]


def _key(kind: str, value: str) -> str:
    return f"{kind}:{hashlib.sha256(value.encode()).hexdigest()}"
