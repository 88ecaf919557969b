"""A listing: a service as it stands in the directory, from draft to withdrawal."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum

from services.directory.domain.capacity import Capacity
from services.directory.domain.eligibility import Eligibility
from services.directory.domain.errors import ContentDoesNotFit, TransitionNotAllowed, VersionIsStale
from services.directory.domain.location import Location, VirtualLocation


class ListingStatus(Enum):
    """Where a listing is in its life."""

    DRAFT = "draft"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


class Tier(Enum):
    """Who may see a published listing: everybody, or signed-in agencies alone."""

    PUBLIC = "public"
    NETWORK = "network"


@dataclass(frozen=True, kw_only=True)
class ScheduleEntry:
    """Opening hours on some days of the week; days are MO to SU, times are local, 24:00 is midnight."""

    byday: tuple[str, ...]
    opens_at: str
    closes_at: str
    description: str | None = None


@dataclass(frozen=True, kw_only=True)
class Translation:
    """Name and description in another language than the listing's own."""

    language: str
    name: str
    description: str


@dataclass(frozen=True, kw_only=True)
class ListingContent:
    """What a listing says; capacity is not part of it, because it changes by itself."""

    name: str
    description: str
    taxonomy_terms: tuple[str, ...]
    languages: tuple[str, ...]
    serves: tuple[str, ...]
    location: Location = field(default_factory=VirtualLocation)
    eligibility: Eligibility = field(default_factory=Eligibility)
    tier: Tier = Tier.PUBLIC
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
    translations: tuple[Translation, ...] = ()

    def __post_init__(self) -> None:
        """Refuse opening hours that end before they begin."""
        if any(entry.closes_at <= entry.opens_at for entry in self.schedule):
            raise ContentDoesNotFit("Opening hours end before they begin; split them at midnight.")


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

    @property
    def is_published(self) -> bool:
        """Say whether the listing stands in the directory now."""
        return self.status is ListingStatus.PUBLISHED

    def check_version(self, expected: int | None) -> None:
        """Raise unless the caller has seen the present version; None asks for no check."""
        if expected is not None and expected != self.version:
            raise VersionIsStale("Read it again, look at what changed, and repeat.", current_version=self.version)

    def revise(self, content: ListingContent, at: datetime) -> None:
        """Replace what the listing says, whatever its status."""
        self.content = content
        self._changed(at)

    def publish(self, at: datetime) -> bool:
        """Put the listing into the directory; return False where it was there already."""
        if self.is_published:
            return False
        if not self.content.serves and isinstance(self.content.location, VirtualLocation):
            raise ContentDoesNotFit("Say which places a virtual service serves before it is published.")
        self.status = ListingStatus.PUBLISHED
        self._changed(at)
        return True

    def withdraw(self, at: datetime) -> bool:
        """Take the listing out of the directory; return False where it was withdrawn already."""
        if self.status is ListingStatus.WITHDRAWN:
            return False
        if self.status is ListingStatus.DRAFT:
            raise TransitionNotAllowed("A draft is not in the directory.", allowed_actions=["publish"])
        self.status = ListingStatus.WITHDRAWN
        self._changed(at)
        return True

    def report_capacity(self, capacity: Capacity) -> None:
        """Take the provider's word on free places."""
        self.capacity = capacity
        self._changed(capacity.updated_at)

    def reserve(self, at: datetime) -> bool:
        """Count one place as taken; False where no number was ever reported or none was free."""
        if self.capacity is None or self.capacity.is_full:
            return False
        self.capacity = self.capacity.with_one_taken(at)
        self._changed(at)
        return True

    def release(self, at: datetime) -> bool:
        """Count one place as free again; False where that changes no number."""
        if self.capacity is None:
            return False
        freed = self.capacity.with_one_freed(at)
        if freed.available == self.capacity.available:
            return False
        self.capacity = freed
        self._changed(at)
        return True

    def _changed(self, at: datetime) -> None:
        self.version += 1
        self.last_modified = at
