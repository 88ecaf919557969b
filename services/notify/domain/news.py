"""Defines what there is to tell: one event of a referral, reduced to states, codes and opaque ids."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

_REFERENCE = re.compile(r"[A-Z0-9]{2,4}(-[A-Z0-9]{2,6}){1,4}\Z")
# Nobody's move made these happen, or both sides have to act on them: both sides are told.
_TOLD_TO_BOTH = frozenset({"referral.deadline_missed.v1", "referral.expired.v1"})


class Urgency(StrEnum):
    """How soon somebody has to act."""

    EMERGENCY = "emergency"
    URGENT = "urgent"
    ROUTINE = "routine"

    @property
    def priority(self) -> int:
        """Smaller numbers leave first."""
        return {Urgency.EMERGENCY: 0, Urgency.URGENT: 1, Urgency.ROUTINE: 2}[self]


class NewsKind(StrEnum):
    """The kinds of news a person may choose by."""

    NEW_REFERRALS = "new_referrals"
    ANSWERS = "answers"
    PROGRESS = "progress"
    ENDINGS = "endings"
    ALWAYS = "always"


KINDS: Mapping[str, NewsKind] = {
    "referral.sent.v1": NewsKind.NEW_REFERRALS,
    "referral.acknowledged.v1": NewsKind.ANSWERS,
    "referral.accepted.v1": NewsKind.ANSWERS,
    "referral.rejected.v1": NewsKind.ANSWERS,
    "referral.started.v1": NewsKind.PROGRESS,
    "referral.put_on_hold.v1": NewsKind.PROGRESS,
    "referral.resumed.v1": NewsKind.PROGRESS,
    "referral.appointment_changed.v1": NewsKind.PROGRESS,
    "referral.feedback_given.v1": NewsKind.PROGRESS,
    "referral.completed.v1": NewsKind.ENDINGS,
    "referral.failed.v1": NewsKind.ENDINGS,
    "referral.cancelled.v1": NewsKind.ENDINGS,
    "referral.expired.v1": NewsKind.ENDINGS,
    "referral.entered_in_error.v1": NewsKind.ENDINGS,
    "referral.deadline_missed.v1": NewsKind.ALWAYS,
    "consent.withdrawn.v1": NewsKind.ALWAYS,
}


@dataclass(frozen=True)
class ReferralNews:
    """One event of a referral, as far as it may be told."""

    event_id: str
    event_type: str
    referral_id: str
    reference: str
    status: str
    urgency: Urgency
    referring_agency_id: str
    receiving_agency_id: str | None
    actor_account_id: str | None
    actor_agency_id: str | None
    occurred_at: datetime
    due_at: datetime | None

    def __post_init__(self) -> None:
        """Refuse a reference that could be anything but a reference."""
        if not _REFERENCE.match(self.reference):
            raise ValueError("a reference is made of capital letters and digits in groups")

    @classmethod
    def from_event(cls, event_id: str, event_type: str, data: Mapping[str, Any]) -> ReferralNews:
        """Take out of the event what may be told; anything else it holds is left behind."""
        due_at = data.get("due_at")
        return cls(
            event_id=event_id,
            event_type=event_type,
            referral_id=str(data["referral_id"]),
            reference=str(data["reference"]),
            status=str(data["status"]),
            urgency=Urgency(data["urgency"]),
            referring_agency_id=str(data["referring_agency_id"]),
            receiving_agency_id=data.get("receiving_agency_id"),
            actor_account_id=data.get("actor_account_id"),
            actor_agency_id=data.get("actor_agency_id"),
            occurred_at=_moment(str(data["occurred_at"])),
            due_at=_moment(str(due_at)) if due_at else None,
        )

    def agencies_to_tell(self) -> tuple[str, ...]:
        """Return the side that did not act; both where the clock acted or where both have to know."""
        if self.receiving_agency_id is None:
            return ()
        sides = tuple(dict.fromkeys((self.receiving_agency_id, self.referring_agency_id)))
        if len(sides) == 1 or self.event_type in _TOLD_TO_BOTH:
            return sides
        return tuple(side for side in sides if side != self.actor_agency_id)


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("a moment needs a time zone")
    return moment.astimezone(UTC)
