"""What the urgency of a need changes in matching: how fresh a figure must be to count, and what outweighs nearness."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from services.directory.domain.capacity import Capacity


@dataclass(frozen=True, kw_only=True)
class UrgencyRule:
    """How one urgency weighs: points for a place known to be free and for an open door.

    ``figure_holds_for`` is how long after somebody said it a number of free places counts as known.
    """

    points_free: int
    points_open: int
    figure_holds_for: timedelta

    def holds(self, capacity: Capacity, now: datetime) -> bool:
        """Say whether the number is fresh enough to rely on; counting on from it makes it no fresher."""
        return now - capacity.said_at <= self.figure_holds_for

    def said_since(self, now: datetime) -> datetime:
        """Return the moment since which a number must have been said to count."""
        return now - self.figure_holds_for


# A figure holds as long as a referral of that urgency may wait for its decision. Where there is no time to ask around,
# a free place and an open door outweigh nearness, which is worth 4 points at the most.
_ROUTINE = UrgencyRule(points_free=3, points_open=0, figure_holds_for=timedelta(days=14))
_RULES: Mapping[str, UrgencyRule] = {
    "emergency": UrgencyRule(points_free=8, points_open=6, figure_holds_for=timedelta(hours=24)),
    "urgent": UrgencyRule(points_free=5, points_open=3, figure_holds_for=timedelta(hours=72)),
}


def rule_of(urgency: str | None) -> UrgencyRule:
    """Return the rule of an urgency; what is not said to be urgent is routine."""
    return _RULES.get(urgency or "", _ROUTINE)
