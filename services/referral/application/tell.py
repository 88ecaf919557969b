"""Keeps a changed referral and tells what happened: a line of history and an event for each fact."""

from __future__ import annotations

from typing import Any

from chassis.clock import to_rfc3339
from services.referral.application.ports import HistoryEntry, UnitOfWork
from services.referral.domain.facts import Fact
from services.referral.domain.referral import Referral
from services.referral.domain.status import REASONS, Action

_WITH_REASON = frozenset(
    {"referral.rejected.v1", "referral.cancelled.v1", "referral.failed.v1", "referral.put_on_hold.v1"}
)
_WITH_DUE = frozenset({"referral.sent.v1", "referral.acknowledged.v1", "referral.accepted.v1"})


def keep(uow: UnitOfWork, referral: Referral, *, loaded_version: int) -> None:
    """Save the referral and turn its facts into history and events; the caller commits."""
    uow.referrals.save(referral, loaded_version=loaded_version)
    for fact in referral.facts:
        uow.history.add(referral.id, _line(fact))
        if fact.event is not None:
            data = _event_data(referral, fact)
            uow.announce(fact.event, subject=referral.id, aggregate_version=fact.version, data=data)
    referral.facts.clear()


def _line(fact: Fact) -> HistoryEntry:
    detail: dict[str, Any] = {}
    if fact.deadline is not None and fact.due_at is not None:
        detail = {"deadline": fact.deadline.value, "due_at": to_rfc3339(fact.due_at)}
    is_transition = fact.source is not fact.target
    kind = "deadline" if fact.deadline else "transition" if is_transition else "change"
    return HistoryEntry(
        kind,
        fact.at,
        fact.action,
        from_status=fact.source.value,
        to_status=fact.target.value,
        actor_agency_id=fact.actor.agency_id if fact.actor else None,
        actor_account_id=fact.actor.account_id if fact.actor else None,
        actor_role=fact.actor.role if fact.actor else None,
        reason_code=fact.reason_code if fact.action in REASONS else None,
        outcome_code=fact.outcome_code if fact.action == Action.COMPLETE else None,
        detail=detail,
    )


def _event_data(referral: Referral, fact: Fact) -> dict[str, Any]:
    """Return ids, states and codes alone; nothing in here may come from the packet."""
    data: dict[str, Any] = {
        "referral_id": referral.id,
        "reference": referral.reference,
        "kind": referral.kind.value,
        "status": fact.target.value,
        "urgency": referral.urgency.value,
        "referring_agency_id": referral.referring_agency_id,
        "receiving_agency_id": referral.receiving_agency_id,
        "service_id": referral.service_id,
        "actor_account_id": fact.actor.account_id if fact.actor else None,
        "actor_agency_id": fact.actor.agency_id if fact.actor else None,
        "occurred_at": to_rfc3339(fact.at),
    }
    if fact.event in _WITH_REASON:
        data["reason_code"] = fact.reason_code
    if fact.event == "referral.completed.v1":
        data["outcome_code"] = fact.outcome_code
    if fact.event in _WITH_DUE:
        due_at = referral.deadlines.next_due_at()
        data["due_at"] = to_rfc3339(due_at) if due_at else None
    if fact.service_status is not None:
        data["service_status"] = fact.service_status
    if fact.deadline is not None and fact.due_at is not None:
        data |= {"deadline": fact.deadline.value, "due_at": to_rfc3339(fact.due_at)}
    if fact.event == "referral.appointment_changed.v1" and referral.appointment is not None:
        data["appointment_status"] = referral.appointment.status.value
    return data
