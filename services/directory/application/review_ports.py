"""What the use cases ask of the stores of versions, claims, delegations and agencies."""

from __future__ import annotations

from collections.abc import Collection
from typing import Protocol

from services.directory.domain.claim import Claim
from services.directory.domain.delegation import Delegation
from services.directory.domain.versions import Version


class VersionStore(Protocol):
    """The history of listings."""

    def get(self, listing_id: str, number: int) -> Version | None:
        """Return one version with its address, even a confidential one."""
        ...

    def was_published(self, listing_id: str) -> bool:
        """Say whether the listing stood in the directory at any time."""
        ...

    def was_confidential(self, listing_id: str) -> bool:
        """Say whether the place is confidential in any version, proposals included."""
        ...


class ClaimStore(Protocol):
    """Claims to organizations."""

    def get(self, claim_id: str) -> Claim | None:
        """Return one and hold it, or None."""
        ...

    def organization_of(self, claim_id: str) -> str | None:
        """Return the organization that a claim is for, holding nothing; None where there is no such claim."""
        ...

    def pending_of(self, organization_id: str) -> list[Claim]:
        """Return the undecided claims to an organization and hold them."""
        ...

    def add(self, claim: Claim) -> None:
        """Keep a new one."""
        ...

    def save(self, claim: Claim) -> None:
        """Keep a changed one."""
        ...

    def is_listed_publicly(self, organization_id: str) -> bool:
        """Say whether everybody may know of the organization."""
        ...


class DelegationStore(Protocol):
    """Who keeps listings in another agency's stead."""

    def given_to(self, agency_id: str, account_id: str | None) -> list[Delegation]:
        """Return what is in force now for this person of this agency."""
        ...

    def get(self, delegation_id: str) -> Delegation | None:
        """Return one and hold it, or None."""
        ...

    def add(self, delegation: Delegation) -> None:
        """Keep a new one."""
        ...

    def owners_reached(self, given: Delegation) -> list[str]:
        """Return the agencies, besides the two sides, behind organizations that it may reach by municipality."""
        ...

    def save_end(self, ended: Delegation) -> None:
        """Keep for whom it has ended, and when it did altogether."""
        ...


class AgencyStore(Protocol):
    """Which agencies take part in the network; it may be late, and is empty where identity tells of none."""

    def known(self, agency_ids: Collection[str]) -> set[str]:
        """Return those of the agencies that have been heard of."""
        ...

    def note(self, agency_id: str) -> None:
        """Note that the agency is there."""
        ...
