"""What the use cases ask of the outside."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import TracebackType
from typing import Any, Protocol, Self

from services.referral.domain.referral import Referral

TRIAGE = "triage"
CASE = "case"
FEEDBACK = "feedback"
WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Listing:
    """What this service knows of a service in the directory, from the directory's events."""

    service_id: str
    name: str | None
    organization_name: str | None
    agency_id: str | None
    country: str | None
    is_published: bool
    accepts_referrals: bool
    minimum_age: int | None
    maximum_age: int | None
    sex: str | None
    places_available: int | None
    # The only agencies that may know of it; None where every agency may.
    referring_agencies: Collection[str] | None = None
    # Why it takes no referral now, "withdrawn" or "closed", and when it opens again, where that is known.
    closed_by: str | None = None
    reopens_at: datetime | None = None

    @property
    def status(self) -> str:
        """Return "open", or why it takes no referral."""
        return "open" if self.is_published else self.closed_by or WITHDRAWN

    def is_known_to(self, agency_id: str) -> bool:
        """Say whether an agency may know that there is such a service."""
        return self.referring_agencies is None or agency_id in self.referring_agencies


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """One line of a referral's history."""

    kind: str
    at: datetime
    action: str
    from_status: str | None = None
    to_status: str | None = None
    actor_agency_id: str | None = None
    actor_account_id: str | None = None
    actor_role: str | None = None
    reason_code: str | None = None
    outcome_code: str | None = None
    detail: Mapping[str, Any] | None = None


class Referrals(Protocol):
    """The referrals on record."""

    def add(self, referral: Referral) -> None:
        """Add a new one."""
        ...

    def get(self, referral_id: str, *, for_change: bool = False) -> Referral | None:
        """Load one, locked until the end of the transaction where it is to be changed."""
        ...

    def save(self, referral: Referral, *, loaded_version: int) -> None:
        """Store changes; raises StaleReferral when the version on record is not the one that was loaded."""
        ...

    def open_for_service(self, service_id: str) -> Sequence[str]:
        """Return ids of the referrals that were sent to a service and have not come to an end."""
        ...

    def due_for_the_clock(self, now: datetime, limit: int) -> Sequence[str]:
        """Return ids of referrals with a miss to announce or an expiry to carry out."""
        ...


class Parts(Protocol):
    """The sealed parts of referrals."""

    def create_key(self, referral_id: str) -> None:
        """Give a new referral its key."""
        ...

    def write(self, referral_id: str, parts: Mapping[str, Mapping[str, Any] | None]) -> None:
        """Seal parts; None removes one."""
        ...

    def read(self, referral_id: str, names: Collection[str]) -> dict[str, Mapping[str, Any]]:
        """Open parts."""
        ...

    def erase(self, referral_id: str) -> None:
        """Destroy key and parts."""
        ...


class History(Protocol):
    """The histories of referrals."""

    def add(self, referral_id: str, entry: HistoryEntry) -> None:
        """Add a line."""
        ...


class Listings(Protocol):
    """The copy of the directory's listings."""

    def get(self, service_id: str) -> Listing | None:
        """Return what is known of a service."""
        ...

    def hold(self, service_id: str) -> Listing | None:
        """Return what is known of a service, which no news change until the transaction ends."""
        ...

    def describe(self, listing: Listing, version: int) -> None:
        """Take in a listing as published, unless a later version is known."""
        ...

    def withdraw(self, service_id: str, version: int, *, cause: str, reopens_at: datetime | None) -> bool:
        """Note that no referral may go there, unless a later version is known; say whether it was open until now."""
        ...

    def replace(self, service_id: str, replaced_by: str) -> None:
        """Note that what goes to the service goes to another one from now on."""
        ...

    def set_places(self, service_id: str, available: int | None, version: int) -> None:
        """Note how many places are free, unless a later version is known."""
        ...


class Agencies(Protocol):
    """The copy of the agencies' names and countries."""

    def country_of(self, agency_id: str) -> str | None:
        """Return the agency's country, or None for an agency not heard of."""
        ...

    def register(self, agency_id: str, name: str, country: str | None, version: int) -> None:
        """Take in an agency, unless a later version is known."""
        ...


class UnitOfWork(Protocol):
    """One transaction of this service."""

    @property
    def referrals(self) -> Referrals:
        """The referrals on record."""
        ...

    @property
    def parts(self) -> Parts:
        """The sealed parts of referrals."""
        ...

    @property
    def history(self) -> History:
        """The histories of referrals."""
        ...

    @property
    def listings(self) -> Listings:
        """The copy of the directory's listings."""
        ...

    @property
    def agencies(self) -> Agencies:
        """The copy of the agencies' names and countries."""
        ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    def announce(self, event_type: str, *, subject: str, aggregate_version: int, data: Mapping[str, Any]) -> None:
        """Write an event to the outbox."""
        ...

    def audit(self, *, action: str, referral_id: str, purpose: str | None = None) -> None:
        """Add to the audit record; do it last."""
        ...

    def commit(self) -> None:
        """Make it permanent."""
        ...
