"""An agency's claim that an organization listed by somebody else is its own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from services.directory.domain.errors import TransitionNotAllowed, VersionIsStale

REJECTION_REASONS = ("not_the_same", "evidence_missing", "evidence_not_convincing", "already_claimed", "other")


class ClaimStatus(StrEnum):
    """Where a claim is."""

    PENDING = "pending"
    APPROVED = "approved"
    REJECTED = "rejected"


@dataclass(kw_only=True)
class Claim:
    """One claim. ``evidence`` says why the agency is that organization and names no person."""

    id: str
    organization_id: str
    agency_id: str
    account_id: str | None
    evidence: str
    evidence_url: str | None
    created_at: datetime
    status: ClaimStatus = ClaimStatus.PENDING
    version: int = 1
    decided_at: datetime | None = None
    decided_by_agency_id: str | None = None
    decided_by_account_id: str | None = None
    reason: str | None = None
    note: str | None = None

    def check_version(self, expected: int | None) -> None:
        """Raise unless the caller has seen the present version; None asks for no check."""
        if expected is not None and expected != self.version:
            raise VersionIsStale("Read it again, look at what changed, and repeat.", current_version=self.version)

    def approve(self, *, agency_id: str | None, account_id: str | None, at: datetime) -> None:
        """Grant it; raise TransitionNotAllowed where it was decided, or where the claimant himself decides."""
        self._decide(ClaimStatus.APPROVED, agency_id, account_id, at)

    def reject(
        self, reason: str, note: str | None, *, agency_id: str | None, account_id: str | None, at: datetime
    ) -> None:
        """Turn it down with a reason."""
        self._decide(ClaimStatus.REJECTED, agency_id, account_id, at)
        self.reason, self.note = reason, note

    def _decide(self, status: ClaimStatus, agency_id: str | None, account_id: str | None, at: datetime) -> None:
        if self.status is not ClaimStatus.PENDING:
            raise TransitionNotAllowed("The claim has been decided.", allowed_actions=[])
        if account_id is not None and account_id == self.account_id:
            raise TransitionNotAllowed("Whoever made the claim does not decide on it.", allowed_actions=[])
        self.status = status
        self.version += 1
        self.decided_at, self.decided_by_agency_id, self.decided_by_account_id = at, agency_id, account_id
