"""The life of a referral as one table: from where to where, by which action, by whom, under which guard and reasons."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """With a referral the referring agency stays responsible; a transfer moves responsibility on acceptance."""

    REFERRAL = "referral"
    TRANSFER = "transfer"


class Urgency(StrEnum):
    """How soon somebody must act."""

    EMERGENCY = "emergency"
    URGENT = "urgent"
    ROUTINE = "routine"


class Status(StrEnum):
    """Where in its life a referral is."""

    DRAFT = "draft"
    SENT = "sent"
    ACKNOWLEDGED = "acknowledged"
    ACCEPTED = "accepted"
    IN_PROGRESS = "in_progress"
    ON_HOLD = "on_hold"
    COMPLETED = "completed"
    REJECTED = "rejected"
    CANCELLED = "cancelled"
    FAILED = "failed"
    EXPIRED = "expired"
    ENTERED_IN_ERROR = "entered_in_error"


class Action(StrEnum):
    """What can be done to a referral."""

    REPLACE = "replace"
    SEND = "send"
    ACKNOWLEDGE = "acknowledge"
    ACCEPT = "accept"
    REJECT = "reject"
    START = "start"
    HOLD = "hold"
    RESUME = "resume"
    SET_APPOINTMENT = "set_appointment"
    COMPLETE = "complete"
    GIVE_FEEDBACK = "give_feedback"
    FAIL = "fail"
    CANCEL = "cancel"
    WITHDRAW_CONSENT = "withdraw_consent"
    EXPIRE = "expire"
    MARK_ENTERED_IN_ERROR = "mark_entered_in_error"


class Party(StrEnum):
    """On which side of a referral somebody stands; the system is the clock."""

    REFERRING = "referring"
    RECEIVING = "receiving"
    SYSTEM = "system"


class Who(StrEnum):
    """Who may take a transition."""

    REFERRING = "referring"
    RECEIVING = "receiving"
    EITHER = "either"
    SYSTEM = "system"

    def includes(self, party: Party) -> bool:
        """Say whether the party is meant; `either` means the two agencies, never the system."""
        if self is Who.EITHER:
            return party is not Party.SYSTEM
        return self.value == party.value


class Guard(StrEnum):
    """A condition beyond the status; each is one function of :data:`GUARDS`."""

    CONSENT_IN_FORCE = "consent_in_force"
    CONSENT_IS_THE_BASIS = "consent_is_the_basis"
    NOT_AN_EMERGENCY = "not_an_emergency"
    HELD_BEFORE_START = "held_before_start"
    HELD_AFTER_START = "held_after_start"
    SENDER_STILL_RESPONSIBLE = "sender_still_responsible"
    FEEDBACK_OUTSTANDING = "feedback_outstanding"


@dataclass(frozen=True, slots=True)
class Situation:
    """What the table needs to know of a referral."""

    status: Status
    kind: Kind = Kind.REFERRAL
    urgency: Urgency = Urgency.ROUTINE
    consent_in_force: bool = True
    consent_is_the_basis: bool = True
    held_from: Status | None = None
    responsibility_moved: bool = False
    feedback_given: bool = False


GUARDS: Mapping[Guard, Callable[[Situation], bool]] = {
    Guard.CONSENT_IN_FORCE: lambda now: now.consent_in_force,
    Guard.CONSENT_IS_THE_BASIS: lambda now: now.consent_is_the_basis,
    Guard.NOT_AN_EMERGENCY: lambda now: now.urgency is not Urgency.EMERGENCY,
    Guard.HELD_BEFORE_START: lambda now: now.held_from is not Status.IN_PROGRESS,
    Guard.HELD_AFTER_START: lambda now: now.held_from is Status.IN_PROGRESS,
    Guard.SENDER_STILL_RESPONSIBLE: lambda now: not now.responsibility_moved,
    Guard.FEEDBACK_OUTSTANDING: lambda now: not now.feedback_given,
}

REJECTION_REASONS = (
    "no_capacity", "not_eligible", "wrong_service", "outside_service_area", "incomplete_information",
    "conflict_of_interest", "other",
)  # fmt: skip
CANCELLATION_REASONS = (
    "child_declined", "caregiver_declined", "need_changed", "served_elsewhere", "sent_by_mistake", "child_moved",
    "child_unreachable", "service_unavailable", "other",
)  # fmt: skip
HOLD_REASONS = (
    "waiting_for_child", "waiting_for_caregiver", "waiting_for_documents", "waiting_for_place", "safety", "other",
)  # fmt: skip
FAILURE_REASONS = (
    "child_unreachable", "child_declined", "child_left", "service_stopped", "not_eligible", "other",
)  # fmt: skip
OUTCOMES = (
    "needs_met", "needs_partly_met", "needs_not_met", "referred_onward", "child_declined", "not_reached", "other",
)  # fmt: skip
# Set by the system, never chosen by a caller.
CONSENT_WITHDRAWN = "consent_withdrawn"

REASONS: Mapping[Action, tuple[str, ...]] = {
    Action.REJECT: REJECTION_REASONS,
    Action.CANCEL: CANCELLATION_REASONS,
    Action.HOLD: HOLD_REASONS,
    Action.FAIL: FAILURE_REASONS,
}


@dataclass(frozen=True, slots=True)
class Transition:
    """One row of the table; an action that leaves the status as it is has the same source and target."""

    source: Status
    target: Status
    action: Action
    who: Who
    guard: Guard | None = None

    @property
    def reasons(self) -> tuple[str, ...]:
        """The reason codes of which one must be given, or none."""
        return REASONS.get(self.action, ())

    def is_open_to(self, party: Party, situation: Situation) -> bool:
        """Say whether the party may take it in this situation."""
        return (
            self.source is situation.status
            and self.who.includes(party)
            and (self.guard is None or GUARDS[self.guard](situation))
        )


def _table() -> tuple[Transition, ...]:
    s, a, w, g, row = Status, Action, Who, Guard, Transition
    rows = [
        row(s.DRAFT, s.DRAFT, a.REPLACE, w.REFERRING),
        row(s.DRAFT, s.SENT, a.SEND, w.REFERRING, g.CONSENT_IN_FORCE),
        row(s.DRAFT, s.CANCELLED, a.CANCEL, w.REFERRING),
        row(s.SENT, s.ACKNOWLEDGED, a.ACKNOWLEDGE, w.RECEIVING),
        row(s.ACCEPTED, s.IN_PROGRESS, a.START, w.RECEIVING),
        row(s.ON_HOLD, s.ACCEPTED, a.RESUME, w.RECEIVING, g.HELD_BEFORE_START),
        row(s.ON_HOLD, s.IN_PROGRESS, a.RESUME, w.RECEIVING, g.HELD_AFTER_START),
        row(s.COMPLETED, s.COMPLETED, a.GIVE_FEEDBACK, w.RECEIVING, g.FEEDBACK_OUTSTANDING),
        row(s.COMPLETED, s.COMPLETED, a.WITHDRAW_CONSENT, w.EITHER, g.CONSENT_IS_THE_BASIS),
    ]
    for undecided in (s.SENT, s.ACKNOWLEDGED):
        rows += [
            row(undecided, s.ACCEPTED, a.ACCEPT, w.RECEIVING, g.CONSENT_IN_FORCE),
            row(undecided, s.REJECTED, a.REJECT, w.RECEIVING),
            row(undecided, s.CANCELLED, a.CANCEL, w.REFERRING),
            row(undecided, s.EXPIRED, a.EXPIRE, w.SYSTEM, g.NOT_AN_EMERGENCY),
        ]
    for taken in (s.ACCEPTED, s.IN_PROGRESS):
        rows.append(row(taken, s.ON_HOLD, a.HOLD, w.RECEIVING))
    for taken in (s.ACCEPTED, s.IN_PROGRESS, s.ON_HOLD):
        rows += [
            row(taken, taken, a.SET_APPOINTMENT, w.RECEIVING),
            row(taken, s.COMPLETED, a.COMPLETE, w.RECEIVING),
            row(taken, s.FAILED, a.FAIL, w.RECEIVING),
            row(taken, s.CANCELLED, a.CANCEL, w.RECEIVING),
            row(taken, s.CANCELLED, a.CANCEL, w.REFERRING, g.SENDER_STILL_RESPONSIBLE),
        ]
    for running in (s.SENT, s.ACKNOWLEDGED, s.ACCEPTED, s.IN_PROGRESS, s.ON_HOLD):
        rows.append(row(running, s.CANCELLED, a.WITHDRAW_CONSENT, w.EITHER, g.CONSENT_IS_THE_BASIS))
    rows += [
        row(any_status, s.ENTERED_IN_ERROR, a.MARK_ENTERED_IN_ERROR, w.REFERRING)
        for any_status in s
        if any_status is not s.ENTERED_IN_ERROR
    ]
    return tuple(rows)


TRANSITIONS = _table()


def find_transition(situation: Situation, action: Action, party: Party) -> Transition | None:
    """Return the row the party may take with this action, or None."""
    return next((row for row in TRANSITIONS if row.action is action and row.is_open_to(party, situation)), None)


def allowed_actions(situation: Situation, party: Party) -> list[Action]:
    """Return what the party may do now, in the order of :class:`Action`."""
    open_now = {row.action for row in TRANSITIONS if row.is_open_to(party, situation)}
    return [action for action in Action if action in open_now]
