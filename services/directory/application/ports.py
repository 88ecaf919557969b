"""What the use cases ask of the world outside: the transaction and the stores reached through it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any, Protocol

from services.directory.domain.listing import Listing
from services.directory.domain.organization import Organization


class Caller(Protocol):
    """Who is asking, as far as the rules of the directory care: for which agency."""

    @property
    def agency_id(self) -> str:
        """The agency that the caller acts for."""
        ...


class OrganizationStore(Protocol):
    """Organizations by id."""

    def get(self, organization_id: str) -> Organization | None:
        """Return the organization, or None."""
        ...

    def add(self, organization: Organization, at: datetime) -> None:
        """Keep a new one."""
        ...


class ListingStore(Protocol):
    """Listings by id; saving brings the search index up to date in the same transaction."""

    def get(self, listing_id: str) -> Listing | None:
        """Return the listing and hold it against other writers until the transaction ends, or None."""
        ...

    def add(self, listing: Listing) -> None:
        """Keep a new one."""
        ...

    def save(self, listing: Listing) -> None:
        """Keep a changed one."""
        ...


class ReferenceData(Protocol):
    """The codes that listings may use."""

    def unknown_municipalities(self, codes: Iterable[str]) -> list[str]:
        """Return those of the codes that name no place."""
        ...

    def unknown_terms(self, codes: Iterable[str]) -> list[str]:
        """Return those of the codes that name no taxonomy term."""
        ...


class ReservationStore(Protocol):
    """Which referral has taken a place of which service."""

    def reserve(self, referral_id: str, service_id: str, at: datetime) -> bool:
        """Note the acceptance; False where the referral has reserved, or ended, before."""
        ...

    def note_place_taken(self, referral_id: str) -> None:
        """Note that the acceptance has lowered the number of free places."""
        ...

    def release(self, referral_id: str, service_id: str, at: datetime) -> bool:
        """Note the end; True only the first time, and only if the acceptance had lowered the number."""
        ...


class UnitOfWork(Protocol):
    """One transaction over all of the above; leaving it without a commit undoes everything."""

    @property
    def organizations(self) -> OrganizationStore:
        """The organizations."""
        ...

    @property
    def listings(self) -> ListingStore:
        """The listings."""
        ...

    @property
    def reference(self) -> ReferenceData:
        """The codes that listings may use."""
        ...

    @property
    def reservations(self) -> ReservationStore:
        """The places taken by referrals."""
        ...

    def emit(
        self,
        event_type: str,
        *,
        subject: str,
        aggregate_version: int,
        data: Mapping[str, Any],
        causation_id: str | None = None,
    ) -> Any:
        """Publish a fact with this transaction."""
        ...

    def record(self, *, principal: Any, action: str, object_type: str, object_id: str) -> None:
        """Note in the audit record who did what."""
        ...

    def commit(self) -> None:
        """Make everything permanent."""
        ...


UnitOfWorkFactory = Callable[[], AbstractContextManager[UnitOfWork]]
