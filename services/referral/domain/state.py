"""What is on record of a referral, and the questions others ask of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from services.referral.domain.access import Stage
from services.referral.domain.appointment import Appointment
from services.referral.domain.consent import Consent, DataGroup
from services.referral.domain.deadlines import DeadlineName, Deadlines
from services.referral.domain.facts import Fact
from services.referral.domain.status import Action, Kind, Party, Situation, Status, Urgency, allowed_actions


@dataclass
class ReferralState:
    """The state of a referral; only :class:`~services.referral.domain.referral.Referral` changes it."""

    id: str
    reference: str
    kind: Kind
    urgency: Urgency
    service_id: str
    referring_agency_id: str
    created_at: datetime
    created_by: str | None
    consent: Consent | None = None
    filled_groups: frozenset[DataGroup] = frozenset()
    status: Status = Status.DRAFT
    version: int = 1
    receiving_agency_id: str | None = None
    held_from: Status | None = None
    on_hold_until: datetime | None = None
    reason_code: str | None = None
    outcome_code: str | None = None
    appointment: Appointment | None = None
    consent_withdrawn_at: datetime | None = None
    sent_at: datetime | None = None
    acknowledged_at: datetime | None = None
    decided_at: datetime | None = None
    accepted_at: datetime | None = None
    started_at: datetime | None = None
    completed_at: datetime | None = None
    closed_at: datetime | None = None
    expires_at: datetime | None = None
    retained_until: datetime | None = None
    erased_at: datetime | None = None
    deadlines: Deadlines = field(default_factory=Deadlines)
    facts: list[Fact] = field(default_factory=list)

    def party_of(self, agency_id: str) -> Party | None:
        """Return on which side an agency stands, or None for a stranger."""
        if agency_id == self.referring_agency_id:
            return Party.REFERRING
        if agency_id == self.receiving_agency_id and self.sent_at is not None:
            return Party.RECEIVING
        return None

    @property
    def responsible_agency_id(self) -> str:
        """Return who is responsible for the child's case now: a transfer moves that on acceptance."""
        if self._has_moved and self.receiving_agency_id is not None:
            return self.receiving_agency_id
        return self.referring_agency_id

    @property
    def _has_moved(self) -> bool:
        return self.kind is Kind.TRANSFER and self.accepted_at is not None

    @property
    def _may_consent_be_withdrawn(self) -> bool:
        is_basis = self.consent is not None and not self.consent.is_override
        return is_basis and self.consent_withdrawn_at is None

    def situation(self, now: datetime) -> Situation:
        """Return what the table of transitions needs to know."""
        return Situation(
            status=self.status,
            kind=self.kind,
            urgency=self.urgency,
            # Whether a draft's consent suffices is judged on sending, with reasons.
            consent_in_force=self.status is Status.DRAFT or self._is_consent_in_force(now),
            consent_is_the_basis=self._may_consent_be_withdrawn,
            held_from=self.held_from,
            responsibility_moved=self._has_moved,
            feedback_given=self.deadlines.is_done(DeadlineName.FEEDBACK),
        )

    def stage(self) -> Stage:
        """Return what the access policy needs to know."""
        return Stage(
            status=self.status,
            consent=self.consent,
            withdrawn_at=self.consent_withdrawn_at,
            retained_until=self.retained_until,
            is_erased=self.erased_at is not None,
        )

    def allowed_actions(self, party: Party, now: datetime) -> list[Action]:
        """Return what the party may do now."""
        return [] if self.erased_at else allowed_actions(self.situation(now), party)

    def _is_consent_in_force(self, now: datetime) -> bool:
        is_withdrawn = self.consent_withdrawn_at is not None
        return self.consent is not None and not is_withdrawn and not self.consent.faults(now)
