"""Defines what there is to tell: one event of a referral or of listings, reduced to states, codes and opaque ids."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

_REFERENCE = re.compile(r"[A-Z0-9]{2,4}(-[A-Z0-9]{2,6}){1,4}\Z")
# Nobody's move made these happen, or both sides have to act on them: both sides are told.
_TOLD_TO_BOTH = frozenset({"referral.deadline_missed.v1", "referral.expired.v1", "referral.service_closed.v1"})
LISTINGS_DUE = "listing.confirmation_due.v1"
# News of listings that are told in the inbox alone, each with the fields that name the agencies to tell.
OF_LISTINGS: Mapping[str, tuple[str, ...]] = {
    "listing.submitted.v1": ("agency_id", "maintaining_agency_id"),
    "listing.commented.v1": ("agency_id", "maintaining_agency_id"),
    "listing.decided.v1": ("agency_id", "maintaining_agency_id"),
    "organization.submitted.v1": ("agency_id", "maintaining_agency_id"),
    "organization.commented.v1": ("agency_id", "maintaining_agency_id"),
    "organization.decided.v1": ("agency_id", "maintaining_agency_id"),
    "organization.waiver_asked.v1": ("agency_id", "maintaining_agency_id"),
    "organization.review_set.v1": ("agency_id", "maintaining_agency_id"),
    "claim.submitted.v1": ("maintaining_agency_id",),
    "claim.decided.v1": ("agency_id",),
    "listing.changed.v1": ("agency_id",),
    "organization.merged.v1": ("agency_id",),
    "delegation.given.v1": ("agency_id",),
    "delegation.ended.v1": ("agency_id",),
}
ENQUIRIES = ("capacity_enquiry.sent.v1", "capacity_enquiry.answered.v1", "capacity_enquiry.closed.v1")
# An enquiry's reference begins like no referral's.
_ENQUIRY = "CE-"


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
    "referral.service_closed.v1": NewsKind.ALWAYS,
    "consent.withdrawn.v1": NewsKind.ALWAYS,
    "capacity_enquiry.sent.v1": NewsKind.NEW_REFERRALS,
    "capacity_enquiry.answered.v1": NewsKind.ANSWERS,
    "capacity_enquiry.closed.v1": NewsKind.ENDINGS,
}


class Subject(StrEnum):
    """What news are about."""

    REFERRAL = "referral"
    ENQUIRY = "enquiry"
    LISTINGS = "listings"

    @classmethod
    def of(cls, reference: str | None) -> Subject:
        """Return what a reference stands for; listings have none."""
        if reference is None:
            return cls.LISTINGS
        return cls.ENQUIRY if reference.startswith(_ENQUIRY) else cls.REFERRAL


@dataclass(frozen=True, kw_only=True)
class News:
    """One event, as far as it may be told: of one referral, or of a number of listings that an agency keeps.

    A capacity enquiry is told like a referral: its id, its reference, and the agency that asks as the referring one.
    """

    event_id: str
    event_type: str
    urgency: Urgency
    occurred_at: datetime
    due_at: datetime | None = None
    referral_id: str | None = None
    reference: str | None = None
    status: str | None = None
    referring_agency_id: str | None = None
    receiving_agency_id: str | None = None
    actor_account_id: str | None = None
    actor_agency_id: str | None = None
    keeping_agency_id: str | None = None
    other_keeping_agency_id: str | None = None
    listing_count: int | None = None
    # Where it is one that something was done to; its name is read where it may be read.
    listing_id: str | None = None

    def __post_init__(self) -> None:
        """Refuse a reference that could be anything but a reference."""
        if self.reference is not None and not _REFERENCE.match(self.reference):
            raise ValueError("a reference is made of capital letters and digits in groups")
        if (self.reference is None) == (self.listing_count is None):
            raise ValueError("news are of a referral or of listings")

    @classmethod
    def from_event(cls, event_id: str, event_type: str, data: Mapping[str, Any]) -> News:
        """Take out of the event what may be told; anything else it holds is left behind."""
        if event_type == LISTINGS_DUE:
            return cls._of_listings(event_id, data)
        if event_type in OF_LISTINGS:
            return cls._of_listing(event_id, event_type, data)
        if event_type in ENQUIRIES:
            data = _like_a_referral(data)
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

    @classmethod
    def _of_listings(cls, event_id: str, data: Mapping[str, Any]) -> News:
        return cls(
            event_id=event_id,
            event_type=LISTINGS_DUE,
            urgency=Urgency.ROUTINE,
            occurred_at=_moment(str(data["occurred_at"])),
            due_at=_moment(f"{data['confirm_by']}T00:00:00Z"),
            keeping_agency_id=str(data["agency_id"]),
            listing_count=int(data["count"]),
        )

    @classmethod
    def _of_listing(cls, event_id: str, event_type: str, data: Mapping[str, Any]) -> News:
        count = int(data.get("count", 1))
        told = list(dict.fromkeys(data[name] for name in OF_LISTINGS[event_type] if data[name]))
        return cls(
            event_id=event_id,
            event_type=event_type,
            urgency=Urgency.ROUTINE,
            occurred_at=_moment(str(data["occurred_at"])),
            actor_account_id=data.get("actor_account_id"),
            keeping_agency_id=told[0] if told else None,
            other_keeping_agency_id=told[1] if len(told) > 1 else None,
            listing_count=count,
            listing_id=data.get("service_id") if count == 1 else None,
        )

    @property
    def is_told_by_mail(self) -> bool:
        """Say whether a mail may be sent besides the entry in the inbox."""
        return self.event_type not in OF_LISTINGS

    @property
    def is_of_referral(self) -> bool:
        """Say whether this is about a referral; otherwise it is about listings."""
        return self.reference is not None

    def agencies_to_tell(self) -> tuple[str, ...]:
        """Return the side that did not act; both where the clock acted or where both have to know."""
        if self.keeping_agency_id is not None:
            return tuple(each for each in (self.keeping_agency_id, self.other_keeping_agency_id) if each)
        if self.referring_agency_id is None or self.receiving_agency_id is None:
            return ()
        sides = tuple(dict.fromkeys((self.receiving_agency_id, self.referring_agency_id)))
        if len(sides) == 1 or self.event_type in _TOLD_TO_BOTH:
            return sides
        return tuple(side for side in sides if side != self.actor_agency_id)


def _like_a_referral(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return an enquiry's data under a referral's names; that the time was up is told to the asker alone."""
    asker, asked = data["asking_agency_id"], data["asked_agency_id"]
    if asked is None and data["actor_agency_id"] is None:
        asked = asker
    return {**data, "referral_id": data["enquiry_id"], "referring_agency_id": asker, "receiving_agency_id": asked}


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("a moment needs a time zone")
    return moment.astimezone(UTC)
