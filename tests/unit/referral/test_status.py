"""The table of transitions against an oracle written independently of it, for every status, action, party and guard."""

from __future__ import annotations

import itertools
from pathlib import Path

from services.referral.domain.status import (
    GUARDS,
    REASONS,
    TRANSITIONS,
    Action,
    Guard,
    Kind,
    Party,
    Situation,
    Status,
    Urgency,
    allowed_actions,
    find_transition,
)
from services.referral.domain.transition_document import as_markdown

ROOT = Path(__file__).resolve().parents[3]
RUNNING = {"sent", "acknowledged", "accepted", "in_progress", "on_hold"}
TAKEN = {"accepted", "in_progress", "on_hold"}
UNDECIDED = {"sent", "acknowledged"}


def oracle(now: Situation, action: str, party: str) -> str | None:
    """Say in plain rules where an action leads, or None; written from the description, not from the table."""
    status = now.status.value
    if party == "system":
        return "expired" if action == "expire" and status in UNDECIDED and now.urgency != "emergency" else None
    if action == "withdraw_consent":
        if not now.consent_is_the_basis:
            return None
        return "cancelled" if status in RUNNING else "completed" if status == "completed" else None
    if party == "referring":
        if action == "mark_entered_in_error":
            return None if status == "entered_in_error" else "entered_in_error"
        if action == "cancel":
            may = status in {"draft"} | UNDECIDED or (status in TAKEN and not now.responsibility_moved)
            return "cancelled" if may else None
        if status == "draft":
            return {"replace": "draft", "send": "sent" if now.consent_in_force else None}.get(action)
        return None
    if status in UNDECIDED:
        if action == "acknowledge" and status == "sent":
            return "acknowledged"
        return {"accept": "accepted" if now.consent_in_force else None, "reject": "rejected"}.get(action)
    if status in TAKEN:
        ends = {"complete": "completed", "fail": "failed", "cancel": "cancelled", "set_appointment": status}
        if action in ends:
            return ends[action]
        if status == "on_hold":
            before = "in_progress" if now.held_from == "in_progress" else "accepted"
            return before if action == "resume" else None
        if action == "hold":
            return "on_hold"
        return "in_progress" if action == "start" and status == "accepted" else None
    if status == "completed" and action == "give_feedback" and not now.feedback_given:
        return "completed"
    return None


def situations() -> list[Situation]:
    """Return every situation there can be."""
    flags = (False, True)
    held = (None, Status.ACCEPTED, Status.IN_PROGRESS)
    return [
        Situation(status, Kind.REFERRAL, urgency, in_force, is_basis, held_from, moved, given)
        for status, urgency, in_force, is_basis, held_from, moved, given in itertools.product(
            Status, Urgency, flags, flags, held, flags, flags
        )
    ]


def test_every_move_not_in_the_oracle_is_refused_and_every_other_leads_where_it_says() -> None:
    for now in situations():
        for action, party in itertools.product(Action, Party):
            row = find_transition(now, action, party)
            expected = oracle(now, action.value, party.value)
            assert (row.target.value if row else None) == expected, (now, action, party)


def test_what_is_allowed_is_exactly_what_can_be_found() -> None:
    for now, party in itertools.product(situations(), Party):
        found = [action for action in Action if find_transition(now, action, party)]
        assert allowed_actions(now, party) == found


def test_no_situation_offers_two_rows_for_one_action() -> None:
    for now, action, party in itertools.product(situations(), Action, Party):
        open_rows = [row for row in TRANSITIONS if row.action is action and row.is_open_to(party, now)]
        assert len(open_rows) <= 1


def test_an_emergency_never_expires() -> None:
    for now in situations():
        if now.urgency is Urgency.EMERGENCY:
            assert find_transition(now, Action.EXPIRE, Party.SYSTEM) is None


def test_nothing_leads_out_of_entered_in_error() -> None:
    assert not [row for row in TRANSITIONS if row.source is Status.ENTERED_IN_ERROR]


def test_every_guard_is_used_and_defined() -> None:
    assert {row.guard for row in TRANSITIONS if row.guard} == set(Guard) == set(GUARDS)


def test_ending_or_pausing_without_success_needs_a_reason() -> None:
    assert set(REASONS) == {Action.REJECT, Action.CANCEL, Action.HOLD, Action.FAIL}


def test_the_page_on_the_state_machine_says_what_the_table_says() -> None:
    assert (ROOT / "docs" / "state-machine.md").read_text(encoding="utf-8") == as_markdown()
