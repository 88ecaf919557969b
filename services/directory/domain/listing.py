"""A listing: a service as it stands in the directory, from draft to withdrawal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import Enum
from typing import Any

from services.directory.domain.capacity import Capacity, RoomAnswer, known_room
from services.directory.domain.closing import ACTIVE, Closing, ClosingKind
from services.directory.domain.eligibility import Eligibility
from services.directory.domain.errors import ContentDoesNotFit, TransitionNotAllowed, VersionIsStale
from services.directory.domain.hsds_detail import names_a_place, still_true, unassured, without_places
from services.directory.domain.location import ConfidentialLocation, Location, VirtualLocation
from services.directory.domain.review import Review, Stage
from services.directory.domain.spoken_languages import all_spoken
from services.directory.domain.translation import FIELDS, Translation, carried_on, check_each_once
from services.directory.domain.verification import confirm_by


class ListingStatus(Enum):
    """Where a listing is in its life."""

    DRAFT = "draft"
    IN_REVIEW = "in_review"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


class Tier(Enum):
    """Who may see a published listing: everybody, every signed-in agency, or the agencies it names."""

    PUBLIC = "public"
    NETWORK = "network"
    NAMED = "named"


@dataclass(frozen=True, kw_only=True)
class ScheduleEntry:
    """Opening hours on some days of the week; days are MO to SU, times are local, 24:00 is midnight."""

    byday: tuple[str, ...]
    opens_at: str
    closes_at: str
    description: str | None = None
    open_on_holidays: bool = False


@dataclass(frozen=True, kw_only=True)
class ListingContent:
    """What a listing says; capacity is not part of it, because it changes by itself.

    ``hsds`` holds what HSDS 3.1 knows of a service beyond the fields here, under HSDS's own property names and with
    its own ids; beside a confidential location it may name no place.
    """

    name: str
    description: str
    taxonomy_terms: tuple[str, ...]
    languages: tuple[str, ...]
    serves: tuple[str, ...]
    location: Location = field(default_factory=VirtualLocation)
    eligibility: Eligibility = field(default_factory=Eligibility)
    tier: Tier = Tier.PUBLIC
    named_agencies: tuple[str, ...] = ()
    accepts_referrals: bool = True
    alternate_name: str | None = None
    phone: str | None = None
    email: str | None = None
    url: str | None = None
    application_process: str | None = None
    fees_description: str | None = None
    wait_time: str | None = None
    alert: str | None = None
    schedule: tuple[ScheduleEntry, ...] = ()
    always_open: bool = False
    source_language: str | None = None
    translations: tuple[Translation, ...] = ()
    accessibility: tuple[str, ...] = ()
    hsds: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse opening hours that end before they begin, and a place told beside one that is confidential."""
        # In which script somebody writes is the texts' affair; a need that asks for sr is met by who said sr-Latn.
        object.__setattr__(self, "languages", all_spoken(self.languages))
        if any(entry.closes_at <= entry.opens_at for entry in self.schedule):
            raise ContentDoesNotFit(
                "Opening hours end before they begin; split them at midnight.",
                code="hours_reversed",
                fields=("schedule",),
            )
        if self.always_open and self.schedule:
            raise ContentDoesNotFit(
                "What is always open has no opening hours besides.",
                code="always_open_with_hours",
                fields=("always_open", "schedule"),
            )
        if isinstance(self.location, ConfidentialLocation) and names_a_place(self.hsds):
            raise ContentDoesNotFit(
                "Beside a confidential location nothing else may say where the service is.",
                code="place_told_beside_hidden",
                fields=("location",),
            )
        if (self.tier is Tier.NAMED) != bool(self.named_agencies):
            raise ContentDoesNotFit(
                "The tier named goes with the agencies that it names, no other tier does.",
                code="tier_and_agencies_differ",
                fields=("tier", "named_agencies"),
            )
        check_each_once(self.translations, self.source_language)

    def text_of(self, field_name: str) -> str | None:
        """Return what the listing says in a field that can be translated."""
        if field_name == "eligibility_description":
            return self.eligibility.description
        text: str | None = getattr(self, field_name)
        return text

    def following(self, before: ListingContent | None, at: datetime) -> ListingContent:
        """Return this content with its translations dated, and marked where ``before`` said something else."""
        rewritten = [name for name in FIELDS if before and before.text_of(name) != self.text_of(name)]
        translations = carried_on(
            self.translations,
            known=before.translations if before else (),
            rewritten=rewritten,
            source_language=self.source_language,
            at=at,
        )
        return replace(self, translations=translations)


@dataclass(frozen=True)
class Proposal:
    """Content that is to replace what a published listing says, and the listing's version at which it was written.

    ``beside`` are the fields shown at once, as the listing said them when this was written.
    """

    content: ListingContent
    number: int
    beside: Mapping[str, str | None] = field(default_factory=dict)


@dataclass(kw_only=True)
class Listing:
    """The aggregate. Every method that changes something raises ``version`` by one; one that does not, does not."""

    id: str
    organization_id: str
    content: ListingContent
    created_at: datetime
    last_modified: datetime
    status: ListingStatus = ListingStatus.DRAFT
    version: int = 1
    capacity: Capacity | None = None
    room_answer: RoomAnswer | None = None
    confirmed_at: datetime | None = None
    confirm_by: date | None = None
    reminders_sent: int = 0
    owner_reminders_sent: int = 0
    closing: Closing | None = None
    is_closed: bool = False
    review: Review = field(default_factory=Review)
    proposal: Proposal | None = None

    @property
    def is_published(self) -> bool:
        """Say whether the listing stands in the directory now."""
        return self.status is ListingStatus.PUBLISHED

    @property
    def is_open(self) -> bool:
        """Say whether the service stands in the directory and takes children."""
        return self.is_published and not self.is_closed

    @property
    def room(self) -> Capacity | None:
        """Return the free places by the newest word; ``capacity`` alone may be older than what was answered since."""
        return known_room(self.capacity, self.room_answer)

    @property
    def service_status(self) -> str:
        """Return HSDS's status of the service."""
        if not self.is_closed:
            return ACTIVE
        return (self.closing.kind if self.closing else ClosingKind.UNTIL_FURTHER_NOTICE).value

    @property
    def stage(self) -> Stage:
        """Return where the listing and the revision beside it are."""
        if not self.is_published or self.proposal is None:
            return Stage(self.status.value)
        return Stage.REVISED if self.review.submitted_at is None else Stage.REVISION_IN_REVIEW

    def check_version(self, expected: int | None) -> None:
        """Raise unless the caller has seen the present version; None asks for no check."""
        if expected is not None and expected != self.version:
            raise VersionIsStale("Read it again, look at what changed, and repeat.", current_version=self.version)

    def revise(self, content: ListingContent, at: datetime) -> None:
        """Replace what the listing says, whatever its status."""
        self.content = self.content_after(content, at)
        self.changed(at)
        if self.is_published:
            self._confirmed(at)

    def content_after(self, content: ListingContent, at: datetime) -> ListingContent:
        """Return new content as it will stand; HSDS detail stays where the new content has none."""
        if not content.hsds:
            detail = still_true(self.content.hsds, self.content, content)
            is_hidden = isinstance(content.location, ConfidentialLocation)
            content = replace(content, hsds=without_places(detail) if is_hidden else detail)
        return content.following(self.content, at)

    def check_publishable(self, content: ListingContent) -> None:
        """Raise ContentDoesNotFit for what a draft may lack but the directory may not."""
        is_told = "service_areas" in content.hsds or "service_at_locations" in content.hsds
        if not content.serves and isinstance(content.location, VirtualLocation) and not is_told:
            raise ContentDoesNotFit(
                "Say which places a virtual service serves before it is published.",
                code="area_needed",
                fields=("serves",),
            )

    def publish(self, at: datetime) -> bool:
        """Put the listing into the directory; return False where it was there already."""
        if self.is_published:
            return False
        self.check_publishable(self.content)
        self.status = ListingStatus.PUBLISHED
        self.changed(at)
        self._confirmed(at)
        return True

    def confirm(self, at: datetime) -> None:
        """Take the owner's word that all of it still holds; from now on it is good for another cycle."""
        if not self.is_published:
            raise TransitionNotAllowed("What is not in the directory needs no confirming.", allowed_actions=["publish"])
        self.content = replace(self.content, hsds=unassured(self.content.hsds))
        self.changed(at)
        self._confirmed(at)

    def withdraw(self, at: datetime) -> bool:
        """Take the listing out of the directory; return False where it was withdrawn already."""
        if self.status is ListingStatus.WITHDRAWN:
            return False
        if not self.is_published:
            raise TransitionNotAllowed("A draft is not in the directory.", allowed_actions=["publish"])
        self.fold(at)
        return True

    def fold(self, at: datetime) -> None:
        """Take the listing out, draft or published, because another one says the same."""
        self.status = ListingStatus.WITHDRAWN
        self.proposal, self.review, self.closing, self.is_closed = None, Review(), None, False
        self.changed(at)

    def report_capacity(self, capacity: Capacity, at: datetime) -> None:
        """Take a word on free places, which may be older than the moment at which it comes in."""
        self.capacity = capacity
        self.changed(at)

    def answer_room(self, answer: RoomAnswer) -> None:
        """Take the provider's word whether there is room, until somebody says a number."""
        self.room_answer = answer
        self.changed(answer.said_at)

    def assured(self, confirmed_at: datetime | None, at: datetime) -> None:
        """Take a feed's word on when all of it was confirmed last; where it has none, the first cycle begins now."""
        if self.is_published:
            self._confirmed(confirmed_at or at)
        self.confirmed_at = confirmed_at

    def _confirmed(self, at: datetime) -> None:
        self.confirmed_at, self.reminders_sent, self.owner_reminders_sent = at, 0, 0
        self.confirm_by = confirm_by(
            self.content.taxonomy_terms, reports_capacity=self.capacity is not None, confirmed_at=at
        )

    def changed(self, at: datetime) -> None:
        """Count a change of what others see; for ``reviewing.py`` and ``closures.py``, too."""
        self.counted()
        self.last_modified = at

    def counted(self) -> None:
        """Count a change that only the keepers see."""
        self.version += 1
