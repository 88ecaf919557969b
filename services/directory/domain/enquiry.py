"""A capacity enquiry: one agency asks many services whether they have room, without saying for whom."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from services.directory.domain.errors import (
    ContentDoesNotFit,
    NoServiceFits,
    NotFound,
    TransitionNotAllowed,
    VersionIsStale,
)
from services.directory.domain.need import Need

MOST_ASKED = 50
# How long an enquiry stays open where the asker does not say, and for how long it may at most.
_USUAL = {"emergency": timedelta(hours=2), "urgent": timedelta(hours=24), "routine": timedelta(hours=72)}
_LONGEST = {"emergency": timedelta(hours=24), "urgent": timedelta(days=7), "routine": timedelta(days=14)}
# No look-alike characters, and no vowels that could spell a word: references are read aloud.
_ALPHABET = "23456789BCDFGHJKMNPQRSTVWXYZ"


class AnswerCode(StrEnum):
    """The four answers of the Gravity project's capacity status."""

    CAPACITY = "capacity"
    NO_CAPACITY = "no-capacity"
    WAITLIST = "waitlist"
    ASSESSMENT = "additional-assessment-required"

    @property
    def has_room(self) -> bool | None:
        """What it says of the room there is now; None where it says nothing of it."""
        return None if self is AnswerCode.ASSESSMENT else self is AnswerCode.CAPACITY


@dataclass(frozen=True, kw_only=True)
class EnquiryNeed:
    """What is asked for, as coarse as a referral's triage: an age band, and codes."""

    needs: tuple[str, ...]
    urgency: str
    age_band: str
    sex: str | None = None
    languages: tuple[str, ...] = ()
    accessibility: tuple[str, ...] = ()
    municipality: str | None = None

    @classmethod
    def of(cls, need: Need) -> EnquiryNeed:
        """Return what of a need may be told to the services asked."""
        return cls(
            needs=tuple(sorted(need.needs)),
            urgency=need.urgency or "routine",
            age_band=need.age_band,
            sex=need.sex,
            languages=tuple(sorted(need.languages)),
            accessibility=tuple(sorted(need.accessibility)),
            municipality=need.municipality,
        )


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What a service says; ``available`` is the number of places free now, where it says one."""

    code: AnswerCode
    available: int | None = None

    def __post_init__(self) -> None:
        """Refuse a number that says the opposite of the word."""
        if self.available is None:
            return
        if (self.code is AnswerCode.CAPACITY) != (self.available > 0):
            raise ContentDoesNotFit(
                "With capacity goes a number above 0, without it goes 0.",
                code="answer_and_number_differ",
                fields=("answer", "available"),
            )


@dataclass(frozen=True, kw_only=True)
class AskedService:
    """One service's part of an enquiry. ``version`` rises with every answer; nobody sees another agency's part."""

    service_id: str
    agency_id: str
    answer: Answer | None = None
    answered_at: datetime | None = None
    version: int = 1


@dataclass(kw_only=True)
class CapacityEnquiry:
    """The aggregate, seen whole by the asking agency alone."""

    id: str
    reference: str
    asking_agency_id: str
    need: EnquiryNeed
    until: datetime
    created_at: datetime
    asked: dict[str, AskedService]
    closed_at: datetime | None = None
    closed_by: str | None = None
    version: int = 1

    @property
    def is_open(self) -> bool:
        """Say whether answers are still taken."""
        return self.closed_at is None

    def may_be_seen_by(self, agency_id: str) -> bool:
        """Say whether the agency asked, or was asked."""
        return agency_id == self.asking_agency_id or bool(self.part_of(agency_id))

    def part_of(self, agency_id: str) -> list[AskedService]:
        """Return the agency's own services among those asked."""
        return [asked for asked in self.asked.values() if asked.agency_id == agency_id]

    def answer(
        self, agency_id: str, service_id: str, answer: Answer, *, expected_version: int | None, at: datetime
    ) -> bool:
        """Take an answer of the agency asked; False where it says what was said before, whatever the version.

        Raises NotFound to whom neither asked nor was asked for this service, TransitionNotAllowed to the asker and
        once the enquiry is closed.
        """
        asked = self.asked.get(service_id)
        if asked is None or (asked.agency_id != agency_id and agency_id != self.asking_agency_id):
            raise NotFound("There is no such service among those of your agency that were asked.")
        if asked.agency_id != agency_id:
            raise TransitionNotAllowed("The service that was asked answers.", allowed_actions=["close"])
        if not self.is_open:
            raise TransitionNotAllowed("The enquiry is closed.", allowed_actions=[])
        if asked.answer == answer:
            return False
        if expected_version is not None and expected_version != asked.version:
            raise VersionIsStale("Read it again, look at what changed, and repeat.", current_version=asked.version)
        self.asked[service_id] = replace(asked, answer=answer, answered_at=at, version=asked.version + 1)
        self.version += 1
        return True

    def close(self, agency_id: str, *, at: datetime) -> bool:
        """End the enquiry as its asker; False where it had ended."""
        if agency_id != self.asking_agency_id:
            if not self.may_be_seen_by(agency_id):
                raise NotFound("There is no such enquiry.")
            raise TransitionNotAllowed("Only the agency that asked closes its enquiry.", allowed_actions=["answer"])
        return self._end("asker", at)

    def close_overdue(self, at: datetime) -> bool:
        """End the enquiry if its time is up."""
        return at >= self.until and self._end("time", at)

    def _end(self, by: str, at: datetime) -> bool:
        if not self.is_open:
            return False
        self.closed_at, self.closed_by = at, by
        self.version += 1
        return True


def until_when(urgency: str, wished: datetime | None, now: datetime) -> datetime:
    """Return when an enquiry closes; what is wished must lie ahead, and an emergency does not wait for days."""
    until = wished or now + _USUAL[urgency]
    if not now < until <= now + _LONGEST[urgency]:
        hours = int(_LONGEST[urgency].total_seconds() // 3600)
        raise ContentDoesNotFit(
            f"An enquiry of this urgency is open for at most {hours} hours from now.",
            code="open_too_long",
            fields=("until",),
            hours=hours,
        )
    return until


def check_number(service_ids: Collection[str]) -> None:
    """Refuse an enquiry to nobody, or to more services than one enquiry may ask."""
    if not service_ids:
        raise NoServiceFits("Ask for less, or choose services from the matches yourself.")
    if len(service_ids) > MOST_ASKED:
        raise ContentDoesNotFit(
            f"An enquiry asks at most {MOST_ASKED} services.",
            code="too_many_asked",
            fields=("service_ids",),
            limit=MOST_ASKED,
        )


def new_reference() -> str:
    """Return a random reference such as ``CE-7K3M-2Q9D``, which no referral's begins like."""
    first, second = ("".join(secrets.choice(_ALPHABET) for _ in range(4)) for _ in range(2))
    return f"CE-{first}-{second}"
