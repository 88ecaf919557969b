"""What the use cases ask of the world outside: the transaction and the stores reached through it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any, Protocol

from services.directory.application.import_ports import ImportStore
from services.directory.application.listing_ports import ListingStore, OrganizationStore
from services.directory.application.review_ports import AgencyStore, ClaimStore, DelegationStore, VersionStore
from services.directory.application.upkeep_ports import ConfirmationStore, MergeStore
from services.directory.domain.enquiry import CapacityEnquiry
from services.directory.domain.need import Need
from services.directory.domain.unmet_need import UnmetNeed


class Caller(Protocol):
    """Who is asking, as far as the rules of the directory care: which person, for which agency."""

    @property
    def agency_id(self) -> str:
        """The agency that the caller acts for."""
        ...

    @property
    def account_id(self) -> str | None:
        """The account of the person asking; None for a system."""
        ...


class SystemCaller(Caller, Protocol):
    """Who is asking, as far as work that goes on later must remember it."""

    @property
    def subject(self) -> str:
        """The account, or the system."""
        ...

    @property
    def client_id(self) -> str:
        """The client that the account uses."""
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

    def of_referral(self, referral_id: str) -> tuple[str, datetime] | None:
        """Return the service that the referral has reserved at; None where it has not."""
        ...

    def note_place_taken(self, referral_id: str) -> None:
        """Note that the acceptance has lowered the number of free places."""
        ...

    def release(self, referral_id: str, service_id: str, at: datetime) -> bool:
        """Note the end; True only the first time, and only if the acceptance had lowered the number."""
        ...


class EnquiryStore(Protocol):
    """Capacity enquiries by id."""

    def agencies_of(self, service_ids: Sequence[str], asking_agency_id: str) -> Mapping[str, str]:
        """Return who is to be asked, by service, of those that the asker may know of and that have an agency."""
        ...

    def get(self, enquiry_id: str) -> CapacityEnquiry | None:
        """Return the enquiry and hold it against other writers until the transaction ends, or None."""
        ...

    def add(self, new: CapacityEnquiry) -> None:
        """Keep a new one."""
        ...

    def save(self, changed: CapacityEnquiry) -> None:
        """Keep a changed one."""
        ...

    def overdue(self, at: datetime, limit: int) -> Sequence[str]:
        """Return open enquiries whose time is up, the longest overdue first."""
        ...


class UnmetNeedStore(Protocol):
    """Counts of needs that no service met."""

    def heard(self, digests: Collection[str], at: datetime) -> set[str]:
        """Return which of these needs were counted within the hour."""
        ...

    def is_met(self, need: Need, agency_id: str, at: datetime) -> bool:
        """Say whether one service at least fits, among those the agency may know of."""
        ...

    def hear(self, digest: str, at: datetime) -> bool:
        """Note that this need of this agency was counted; False where it was within the hour."""
        ...

    def count(self, need: UnmetNeed) -> None:
        """Count one more."""
        ...

    def forget_heard(self, at: datetime) -> None:
        """Forget who was heard more than an hour ago."""
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
    def versions(self) -> VersionStore:
        """The history of listings."""
        ...

    @property
    def claims(self) -> ClaimStore:
        """Claims to organizations."""
        ...

    @property
    def delegations(self) -> DelegationStore:
        """Who keeps listings in another agency's stead."""
        ...

    @property
    def agencies(self) -> AgencyStore:
        """The agencies of the network."""
        ...

    @property
    def merges(self) -> MergeStore:
        """What was merged."""
        ...

    @property
    def reference(self) -> ReferenceData:
        """The codes that listings may use."""
        ...

    @property
    def reservations(self) -> ReservationStore:
        """The places taken by referrals."""
        ...

    @property
    def confirmations(self) -> ConfirmationStore:
        """What waits to be confirmed."""
        ...

    @property
    def enquiries(self) -> EnquiryStore:
        """The capacity enquiries."""
        ...

    @property
    def unmet_needs(self) -> UnmetNeedStore:
        """The counts of unmet needs."""
        ...

    @property
    def imports(self) -> ImportStore:
        """Imports with their files."""
        ...

    def carry_on_hours(self, now: datetime, limit: int) -> int:
        """Write down the coming opening times of services whose weeks differ; return for how many."""
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

    def emit_many(self, event_type: str, facts: Sequence[tuple[str, int, Mapping[str, Any]]]) -> None:
        """Publish facts of one type in this order: subject, version of the aggregate and data of each."""
        ...

    def record(
        self, *, principal: Any, action: str, object_type: str, object_id: str, purpose: str | None = None
    ) -> None:
        """Note in the audit record who did what; ``purpose`` is a coded word."""
        ...

    def commit(self) -> None:
        """Make everything permanent."""
        ...


UnitOfWorkFactory = Callable[[], AbstractContextManager[UnitOfWork]]
