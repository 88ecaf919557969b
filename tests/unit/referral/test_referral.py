"""The aggregate under random sequences of actions: the table is never left, facts never lie, clocks behave."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.referral.domain.access import Withheld, may_see_triage, withheld_groups
from services.referral.domain.appointment import Appointment, AppointmentStatus
from services.referral.domain.consent import Assent, Basis, Consent, DataGroup, Form, GivenBy
from services.referral.domain.deadlines import DeadlineName, DeadlinePolicy, Span, Terms, WorkCalendar
from services.referral.domain.errors import ConsentMissing, ReasonNotKnown, TransitionNotAllowed
from services.referral.domain.facts import Actor
from services.referral.domain.reference import ALPHABET, new_reference
from services.referral.domain.referral import Referral
from services.referral.domain.status import Action, Kind, Party, Status, Urgency, find_transition

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
TERMS = Terms(
    DeadlinePolicy(Span(hours=1), Span(hours=24), Span(hours=24), Span(hours=168), Span(hours=48)),
    WorkCalendar(ZoneInfo("Europe/Tirane")),
)
KEPT = timedelta(days=30)
CONSENT = Consent(
    Basis.CONSENT,
    GivenBy.GUARDIAN,
    Form.WRITTEN,
    frozenset({DataGroup.IDENTITY, DataGroup.CONTACT}),
    obtained_at=START - timedelta(days=1),
)
SENDER, RECEIVER, STRANGER = (Actor(name, "account", "caseworker") for name in ("sender", "receiver", "stranger"))
ACTORS = {Party.REFERRING: SENDER, Party.RECEIVING: RECEIVER}


def a_draft(**changes: object) -> Referral:
    values: dict[str, object] = {
        "id": "r", "reference": new_reference(), "kind": Kind.REFERRAL, "urgency": Urgency.URGENT, "service_id": "s",
        "referring_agency_id": "sender", "created_at": START, "created_by": None, "consent": CONSENT,
        "filled_groups": frozenset({DataGroup.IDENTITY}),
    }  # fmt: skip
    return Referral(**(values | changes))  # type: ignore[arg-type]


def a_sent(**changes: object) -> Referral:
    referral = a_draft(**changes)
    referral.send(receiving_agency_id="receiver", terms=TERMS, actor=SENDER, now=START)
    return referral


def an_accepted(**changes: object) -> Referral:
    referral = a_sent(**changes)
    referral.accept(terms=TERMS, actor=RECEIVER, now=START)
    return referral


def take(referral: Referral, action: Action, actor: Actor, now: datetime) -> None:
    """Take an action with arguments that fit."""
    who = {"actor": actor, "now": now}
    moves = {
        Action.REPLACE: lambda: referral.replace(
            kind=referral.kind, urgency=referral.urgency, service_id="s", consent=CONSENT,
            filled_groups=referral.filled_groups, **who,
        ),
        Action.SEND: lambda: referral.send(receiving_agency_id="receiver", terms=TERMS, **who),
        Action.ACKNOWLEDGE: lambda: referral.acknowledge(**who),
        Action.ACCEPT: lambda: referral.accept(terms=TERMS, **who),
        Action.REJECT: lambda: referral.reject(reason_code="no_capacity", **who),
        Action.START: lambda: referral.start(**who),
        Action.HOLD: lambda: referral.hold(reason_code="safety", until=None, **who),
        Action.RESUME: lambda: referral.resume(**who),
        Action.SET_APPOINTMENT: lambda: referral.set_appointment(
            appointment=Appointment(AppointmentStatus.NO_SHOW), **who
        ),
        Action.COMPLETE: lambda: referral.complete(outcome_code="needs_met", terms=TERMS, retention=KEPT, **who),
        Action.GIVE_FEEDBACK: lambda: referral.give_feedback(**who),
        Action.FAIL: lambda: referral.fail(reason_code="child_left", retention=KEPT, **who),
        Action.CANCEL: lambda: referral.cancel(reason_code="need_changed", **who),
        Action.WITHDRAW_CONSENT: lambda: referral.withdraw_consent(**who),
        Action.MARK_ENTERED_IN_ERROR: lambda: referral.mark_entered_in_error(**who),
    }  # fmt: skip
    moves[action]()


STEPS = st.lists(
    st.tuples(st.sampled_from([each for each in Action if each is not Action.EXPIRE]), st.sampled_from(list(ACTORS)),
              st.integers(0, 60)),
    max_size=40,
)  # fmt: skip


@given(STEPS, st.sampled_from(Kind))
def test_a_referral_moves_only_by_the_table_and_its_version_counts_its_facts(
    steps: list[tuple[Action, Party, int]], kind: Kind
) -> None:
    referral, now = a_draft(kind=kind), START
    for action, party, hours in steps:
        now += timedelta(hours=hours)
        before = referral.status
        knows = referral.party_of(ACTORS[party].agency_id) is not None
        row = find_transition(referral.situation(now), action, party) if knows else None
        if row is None:
            with pytest.raises(TransitionNotAllowed):
                take(referral, action, ACTORS[party], now)
            assert referral.status is before
        else:
            take(referral, action, ACTORS[party], now)
            assert referral.status is row.target
        assert referral.version == 1 + len(referral.facts)
    assert [fact.version for fact in referral.facts] == list(range(2, referral.version + 1))
    assert all(fact.event is None for fact in referral.facts if referral.sent_at is None)


@given(STEPS)
def test_the_receiver_never_sees_more_than_an_accepted_consented_group(
    steps: list[tuple[Action, Party, int]],
) -> None:
    referral, now = a_draft(), START
    for action, party, hours in steps:
        now += timedelta(hours=hours)
        if referral.party_of(ACTORS[party].agency_id) is None:
            continue
        if find_transition(referral.situation(now), action, party):
            take(referral, action, ACTORS[party], now)
        released = set(DataGroup) - set(withheld_groups(referral.stage(), Party.RECEIVING, now))
        if released:
            assert referral.accepted_at is not None
            assert released <= {DataGroup.IDENTITY, DataGroup.CONTACT}
            assert referral.consent_withdrawn_at is None
            assert referral.status not in {
                Status.REJECTED, Status.CANCELLED, Status.EXPIRED, Status.ENTERED_IN_ERROR
            }  # fmt: skip
        if referral.status is Status.DRAFT:
            assert not released
            assert withheld_groups(referral.stage(), Party.REFERRING, now) == {}


def test_a_stranger_can_do_nothing() -> None:
    with pytest.raises(TransitionNotAllowed) as refusal:
        a_sent().accept(terms=TERMS, actor=STRANGER, now=START)
    assert refusal.value.members["allowed_actions"] == []


@pytest.mark.parametrize(
    ("consent", "reason"),
    [
        (None, "no_consent"),
        (replace(CONSENT, data_groups=frozenset()), "no_data_group"),
        (replace(CONSENT, data_groups=frozenset({DataGroup.HEALTH})), "covers_nothing"),
        (replace(CONSENT, given_by=GivenBy.NONE), "not_given"),
        (replace(CONSENT, form=Form.NONE), "not_given"),
        (replace(CONSENT, obtained_at=None), "not_given"),
        (replace(CONSENT, obtained_at=START + timedelta(hours=1)), "not_yet_given"),
        (replace(CONSENT, valid_until=START), "expired"),
        (replace(CONSENT, child_assent=Assent.REFUSED), "child_refused"),
        (replace(CONSENT, basis=Basis.BEST_INTERESTS), "override_reason_missing"),
    ],
)
def test_without_a_fitting_consent_nothing_is_sent(consent: Consent | None, reason: str) -> None:
    referral = a_draft(consent=consent)
    with pytest.raises(ConsentMissing) as refusal:
        referral.send(receiving_agency_id="receiver", terms=TERMS, actor=SENDER, now=START)
    assert refusal.value.members["reasons"] == [reason]
    assert referral.status is Status.DRAFT


def test_an_explained_override_may_be_sent_and_cannot_be_withdrawn_as_consent() -> None:
    override = replace(
        CONSENT, basis=Basis.VITAL_INTERESTS, given_by=GivenBy.NONE, form=Form.NONE, obtained_at=None,
        is_override_explained=True,
    )  # fmt: skip
    referral = a_sent(consent=override)
    assert Action.WITHDRAW_CONSENT not in referral.allowed_actions(Party.REFERRING, START)


def test_a_consent_that_ran_out_releases_nothing_and_stops_acceptance() -> None:
    referral = an_accepted(consent=replace(CONSENT, valid_until=START + timedelta(days=1)))
    later = START + timedelta(days=2)
    assert set(withheld_groups(referral.stage(), Party.RECEIVING, later).values()) == {Withheld.NO_CONSENT}
    waiting = a_sent(consent=replace(CONSENT, valid_until=START + timedelta(days=1)))
    assert Action.ACCEPT not in waiting.allowed_actions(Party.RECEIVING, later)


def test_after_completion_access_ends_with_retention() -> None:
    referral = an_accepted()
    referral.complete(outcome_code="needs_met", terms=TERMS, retention=KEPT, actor=RECEIVER, now=START)
    stage = referral.stage()
    assert may_see_triage(stage, Party.RECEIVING, START + KEPT - timedelta(seconds=1))
    assert not may_see_triage(stage, Party.RECEIVING, START + KEPT)
    assert set(withheld_groups(stage, Party.RECEIVING, START + KEPT).values()) == {Withheld.CLOSED}


def test_a_reason_or_outcome_off_the_list_is_refused() -> None:
    with pytest.raises(ReasonNotKnown):
        a_sent().reject(reason_code="because", actor=RECEIVER, now=START)
    with pytest.raises(ReasonNotKnown):
        an_accepted().complete(outcome_code="fine", terms=TERMS, retention=KEPT, actor=RECEIVER, now=START)


def test_on_hold_stops_the_clock_and_the_time_is_added() -> None:
    referral = an_accepted()
    due_at = referral.deadlines.by_name[DeadlineName.FIRST_CONTACT].due_at
    referral.hold(reason_code="safety", until=None, actor=RECEIVER, now=START + timedelta(hours=1))
    assert referral.announce_missed(START + timedelta(days=9)) == []
    referral.resume(actor=RECEIVER, now=START + timedelta(hours=6))
    assert referral.status is Status.ACCEPTED
    assert referral.deadlines.by_name[DeadlineName.FIRST_CONTACT].due_at == due_at + timedelta(hours=5)


def test_a_missed_deadline_is_told_once() -> None:
    referral = a_sent()
    late = START + timedelta(hours=2)
    assert [each.name for each in referral.announce_missed(late)] == [DeadlineName.ACKNOWLEDGE]
    assert referral.announce_missed(late + timedelta(minutes=1)) == []
    assert not referral.expire(now=late)


def test_what_nobody_decides_on_expires_after_the_grace_and_not_before() -> None:
    referral = a_sent()
    assert not referral.expire(now=START + timedelta(hours=24 + 48) - timedelta(seconds=1))
    assert referral.expire(now=START + timedelta(hours=24 + 48))
    assert referral.status is Status.EXPIRED


def test_withdrawal_of_consent_tells_both_the_withdrawal_and_the_cancellation() -> None:
    referral = an_accepted()
    referral.facts.clear()
    referral.withdraw_consent(actor=RECEIVER, now=START)
    assert [fact.event for fact in referral.facts] == ["consent.withdrawn.v1", "referral.cancelled.v1"]
    assert referral.facts[0].version + 1 == referral.facts[1].version == referral.version
    assert set(withheld_groups(referral.stage(), Party.RECEIVING, START).values()) == {Withheld.WITHDRAWN}


def test_a_reference_has_no_look_alikes_and_spells_no_word() -> None:
    assert not set("01ILOAEU") & set(ALPHABET)
    assert len({new_reference() for _ in range(500)}) == 500
