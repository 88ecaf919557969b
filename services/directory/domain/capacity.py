"""How many places of a service are free, what was answered since, and how acceptances and endings move it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from services.directory.domain.errors import ContentDoesNotFit


@dataclass(frozen=True, kw_only=True)
class Capacity:
    """A provider's word on free places, carried forward by the referrals accepted since.

    Somebody said it at ``reported_at``, which None puts at ``updated_at``; what was counted since is no new word.
    It is a number as of ``updated_at``, no promise: two agencies may take the last place at once, and then
    ``available`` stays at 0 rather than falling below.
    """

    available: int
    updated_at: datetime
    maximum: int | None = None
    unit: str = "places"
    reported_at: datetime | None = None

    def __post_init__(self) -> None:
        """Refuse more free places than there are."""
        if self.available < 0 or (self.maximum is not None and self.available > self.maximum):
            raise ContentDoesNotFit(
                "There cannot be more places free than there are in all.",
                code="more_free_than_all",
                fields=("available", "maximum"),
            )

    @property
    def said_at(self) -> datetime:
        """Return when somebody said a number last."""
        return self.reported_at or self.updated_at

    @property
    def is_full(self) -> bool:
        """Say whether no place is known to be free."""
        return self.available == 0

    def with_one_taken(self, at: datetime) -> Capacity:
        """Return the capacity after one acceptance."""
        return replace(self, available=max(0, self.available - 1), updated_at=at, reported_at=self.said_at)

    def with_one_freed(self, at: datetime) -> Capacity:
        """Return the capacity after one place was given back; never more than the maximum."""
        freed = self.available + 1
        available = freed if self.maximum is None else min(freed, self.maximum)
        return replace(self, available=available, updated_at=at, reported_at=self.said_at)


@dataclass(frozen=True, kw_only=True)
class RoomAnswer:
    """A provider's word whether there is room, without a number: newer than any number that was said before it."""

    has_room: bool
    said_at: datetime

    def is_newer_than(self, figure: Capacity | None) -> bool:
        """Say whether no number was said since."""
        return figure is None or figure.said_at < self.said_at


def known_room(figure: Capacity | None, answer: RoomAnswer | None) -> Capacity | None:
    """Return the free places by the newest word; None where there never was one.

    An answer says that none is free, or one at least: the number said before stands again only where it says as much.
    """
    if answer is None or not answer.is_newer_than(figure):
        return figure
    known = figure or Capacity(available=0, updated_at=answer.said_at)
    least = 1 if known.maximum is None else min(1, known.maximum)
    available = max(least, known.available) if answer.has_room else 0
    return replace(known, available=available, updated_at=answer.said_at, reported_at=answer.said_at)
