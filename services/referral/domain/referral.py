"""The referral: one child's request from one agency to a service of another, moved only by its own methods."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from services.referral.domain.appointment import Appointment
from services.referral.domain.consent import Consent, DataGroup, faults_for_sending
from services.referral.domain.deadlines import Deadline, DeadlineName, Terms
from services.referral.domain.errors import ConsentMissing, ReasonNotKnown, TransitionNotAllowed
from services.referral.domain.facts import SERVICE_CLOSED, Actor, Fact
from services.referral.domain.state import ReferralState
from services.referral.domain.status import (
    CONSENT_WITHDRAWN,
    OUTCOMES,
    REASONS,
    Action,
    Kind,
    Party,
    Status,
    Transition,
    Urgency,
    find_transition,
)


@dataclass
class Referral(ReferralState):
    """The aggregate. Every change raises ``version`` by one for each fact it adds to ``facts``."""

    # -- the referring agency ------------------------------------------------------------------------------

    def replace(
        self,
        *,
        kind: Kind,
        urgency: Urgency,
        service_id: str,
        consent: Consent | None,
        filled_groups: frozenset[DataGroup],
        actor: Actor,
        now: datetime,
    ) -> None:
        """Put other contents in the place of a draft's."""
        transition = self._permit(Action.REPLACE, actor, now)
        self.kind, self.urgency, self.service_id = kind, urgency, service_id
        self.consent, self.filled_groups = consent, filled_groups
        self._take(transition, actor, now)

    def send(self, *, receiving_agency_id: str, terms: Terms, actor: Actor, now: datetime) -> None:
        """Hand it to the receiving agency; from here on its contents are frozen and the clock runs."""
        transition = self._permit(Action.SEND, actor, now)
        faults = faults_for_sending(self.consent, self.filled_groups, now)
        if faults:
            raise ConsentMissing(faults)
        self.receiving_agency_id = receiving_agency_id
        self.sent_at = now
        self.deadlines.start(DeadlineName.ACKNOWLEDGE, terms.due_at(DeadlineName.ACKNOWLEDGE, now))
        decision_due_at = terms.due_at(DeadlineName.DECIDE, now)
        self.deadlines.start(DeadlineName.DECIDE, decision_due_at)
        self.expires_at = terms.expires_at(decision_due_at)
        self._take(transition, actor, now, event="referral.sent.v1")

    def mark_entered_in_error(self, *, actor: Actor, now: datetime) -> None:
        """Declare it a mistake; nobody but the referring agency sees its contents any more."""
        transition = self._permit(Action.MARK_ENTERED_IN_ERROR, actor, now)
        self._close(now)
        self._take(transition, actor, now, event="referral.entered_in_error.v1")

    # -- the receiving agency ------------------------------------------------------------------------------

    def acknowledge(self, *, actor: Actor, now: datetime) -> None:
        """Confirm that it arrived and was read."""
        transition = self._permit(Action.ACKNOWLEDGE, actor, now)
        self._note_acknowledged(now)
        self._take(transition, actor, now, event="referral.acknowledged.v1")

    def accept(self, *, terms: Terms, actor: Actor, now: datetime) -> None:
        """Take it on; acceptance acknowledges too."""
        transition = self._permit(Action.ACCEPT, actor, now)
        self._decide(now)
        self.accepted_at = now
        self.deadlines.start(DeadlineName.FIRST_CONTACT, terms.due_at(DeadlineName.FIRST_CONTACT, now))
        self._take(transition, actor, now, event="referral.accepted.v1")

    def reject(self, *, reason_code: str, actor: Actor, now: datetime) -> None:
        """Turn it down, with a reason from the list."""
        transition = self._permit(Action.REJECT, actor, now)
        self._give_reason(Action.REJECT, reason_code)
        self._decide(now)
        self._close(now)
        self._take(transition, actor, now, event="referral.rejected.v1")

    def start(self, *, actor: Actor, now: datetime) -> None:
        """Say that the first contact took place."""
        transition = self._permit(Action.START, actor, now)
        self.started_at = now
        self.deadlines.done(DeadlineName.FIRST_CONTACT, now)
        self._take(transition, actor, now, event="referral.started.v1")

    def hold(self, *, reason_code: str, until: datetime | None, actor: Actor, now: datetime) -> None:
        """Pause it; the deadlines stand still until it is resumed."""
        transition = self._permit(Action.HOLD, actor, now)
        self._give_reason(Action.HOLD, reason_code)
        self.held_from, self.on_hold_until = self.status, until
        self.deadlines.pause(now)
        self._take(transition, actor, now, event="referral.put_on_hold.v1")

    def resume(self, *, actor: Actor, now: datetime) -> None:
        """Go on where it was paused; the time on hold is added to the deadlines."""
        transition = self._permit(Action.RESUME, actor, now)
        self.held_from = self.on_hold_until = self.reason_code = None
        self.deadlines.resume(now)
        self._take(transition, actor, now, event="referral.resumed.v1")

    def set_appointment(self, *, appointment: Appointment | None, actor: Actor, now: datetime) -> None:
        """Record when the child is expected, or whether it came."""
        transition = self._permit(Action.SET_APPOINTMENT, actor, now)
        self.appointment = appointment
        self._take(transition, actor, now, event="referral.appointment_changed.v1")

    def complete(self, *, outcome_code: str, terms: Terms, retention: timedelta, actor: Actor, now: datetime) -> None:
        """Finish it with an outcome from the list; feedback falls due, and the packet stays open for a while."""
        transition = self._permit(Action.COMPLETE, actor, now)
        if outcome_code not in OUTCOMES:
            raise ReasonNotKnown(outcomes=list(OUTCOMES))
        self.outcome_code = outcome_code
        self.reason_code = None
        self.completed_at = now
        self.retained_until = now + retention
        self._close(now)
        self.deadlines.start(DeadlineName.FEEDBACK, terms.due_at(DeadlineName.FEEDBACK, now))
        self._take(transition, actor, now, event="referral.completed.v1")

    def give_feedback(self, *, actor: Actor, now: datetime) -> None:
        """Note that the receiving agency reported back, once."""
        transition = self._permit(Action.GIVE_FEEDBACK, actor, now)
        self.deadlines.done(DeadlineName.FEEDBACK, now)
        self._take(transition, actor, now, event="referral.feedback_given.v1")

    def fail(self, *, reason_code: str, retention: timedelta, actor: Actor, now: datetime) -> None:
        """Say that it could not be carried through, with a reason from the list."""
        transition = self._permit(Action.FAIL, actor, now)
        self._give_reason(Action.FAIL, reason_code)
        self.retained_until = now + retention
        self._close(now)
        self._take(transition, actor, now, event="referral.failed.v1")

    # -- either agency -------------------------------------------------------------------------------------

    def cancel(self, *, reason_code: str, actor: Actor, now: datetime) -> None:
        """Call it off, with a reason from the list."""
        transition = self._permit(Action.CANCEL, actor, now)
        self._give_reason(Action.CANCEL, reason_code)
        self._close(now)
        self._take(transition, actor, now, event="referral.cancelled.v1")

    def withdraw_consent(self, *, actor: Actor, now: datetime) -> None:
        """Record the withdrawal: access closes at once, and a referral still running is cancelled."""
        transition = self._permit(Action.WITHDRAW_CONSENT, actor, now)
        self.consent_withdrawn_at = now
        was = self.status
        self._add(Action.WITHDRAW_CONSENT, was, actor, now, event="consent.withdrawn.v1")
        if transition.target is not was:
            self.reason_code = CONSENT_WITHDRAWN
            self._close(now)
            self.status = transition.target
            self._add(Action.CANCEL, was, actor, now, event="referral.cancelled.v1")

    # -- the clock -----------------------------------------------------------------------------------------

    def announce_missed(self, now: datetime) -> list[Deadline]:
        """Add a fact for every deadline missed and not yet told; return them."""
        missed = self.deadlines.to_announce(now)
        for deadline in missed:
            deadline.announced_at = now
            self.version += 1
            self.facts.append(
                Fact(
                    action="deadline_missed",
                    event="referral.deadline_missed.v1",
                    source=self.status,
                    target=self.status,
                    actor=None,
                    at=now,
                    version=self.version,
                    deadline=deadline.name,
                    due_at=deadline.due_at,
                )
            )
        return missed

    def note_service_closed(self, cause: str, now: datetime) -> bool:
        """Add a fact that the service is gone, for both agencies to act on; False once the referral has ended."""
        if self.sent_at is None or self.closed_at is not None:
            return False
        self.version += 1
        # It may have been sent while the news were on their way.
        at = max(now, self.sent_at)
        fact = Fact(
            SERVICE_CLOSED, "referral.service_closed.v1", self.status, self.status, None, at, self.version,
            service_status=cause,
        )  # fmt: skip
        self.facts.append(fact)
        return True

    def expire(self, *, now: datetime) -> bool:
        """Expire it where its time has run out and the table allows; say whether that happened."""
        transition = find_transition(self.situation(now), Action.EXPIRE, Party.SYSTEM)
        if transition is None or self.expires_at is None or now < self.expires_at:
            return False
        self._close(now)
        self._take(transition, None, now, event="referral.expired.v1")
        return True

    def erase(self, *, now: datetime) -> None:
        """Note that the child's data was destroyed; nothing can be done to it any more."""
        self.erased_at = now
        self.version += 1
        self._close(now)

    def require(self, action: Action, actor: Actor, now: datetime) -> None:
        """Raise TransitionNotAllowed unless the actor may do this now."""
        self._permit(action, actor, now)

    # -- inside --------------------------------------------------------------------------------------------

    def _permit(self, action: Action, actor: Actor, now: datetime) -> Transition:
        party = self.party_of(actor.agency_id)
        allowed = self.allowed_actions(party, now) if party else []
        row = find_transition(self.situation(now), action, party) if party else None
        if row is None or action not in allowed:
            raise TransitionNotAllowed(
                current_status=self.status.value, allowed_actions=[each.value for each in allowed]
            )
        return row

    def _take(self, row: Transition, actor: Actor | None, now: datetime, *, event: str | None = None) -> None:
        was, self.status = self.status, row.target
        self._add(row.action, was, actor, now, event=event)

    def _add(self, action: Action, was: Status, actor: Actor | None, now: datetime, *, event: str | None) -> None:
        self.version += 1
        # What was never sent is nobody else's business.
        told = event if self.sent_at is not None else None
        self.facts.append(
            Fact(action.value, told, was, self.status, actor, now, self.version, self.reason_code, self.outcome_code)
        )

    def _give_reason(self, action: Action, reason_code: str) -> None:
        if reason_code not in REASONS[action]:
            raise ReasonNotKnown(reasons=list(REASONS[action]))
        self.reason_code = reason_code

    def _note_acknowledged(self, now: datetime) -> None:
        if self.acknowledged_at is None:
            self.acknowledged_at = now
        self.deadlines.done(DeadlineName.ACKNOWLEDGE, now)

    def _decide(self, now: datetime) -> None:
        self._note_acknowledged(now)
        self.decided_at = now
        self.expires_at = None
        self.deadlines.done(DeadlineName.DECIDE, now)

    def _close(self, now: datetime) -> None:
        self.closed_at = self.closed_at or now
        self.expires_at = None
        self.deadlines.drop_open()
