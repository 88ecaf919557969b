"""Writes and replaces drafts of referrals."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from chassis.clock import Clock
from chassis.ids import new_id
from services.referral.application.open_referral import open_for_change
from services.referral.application.ports import CASE, TRIAGE, HistoryEntry, UnitOfWork
from services.referral.application.tell import keep
from services.referral.domain.consent import Consent, DataGroup
from services.referral.domain.facts import Actor
from services.referral.domain.reference import new_reference
from services.referral.domain.referral import Referral
from services.referral.domain.status import Kind, Urgency


@dataclass(frozen=True, slots=True)
class Draft:
    """What a caseworker writes. ``packet`` holds only groups that are filled in."""

    kind: Kind
    urgency: Urgency
    service_id: str
    triage: Mapping[str, Any]
    packet: Mapping[DataGroup, Mapping[str, Any]]
    consent: Consent | None
    case_reference: str | None = None
    override_reason: str | None = None

    def parts(self) -> dict[str, Mapping[str, Any] | None]:
        """Return everything to be sealed; None for what this draft does not have."""
        case = {"case_reference": self.case_reference, "override_reason": self.override_reason}
        given = {name: text for name, text in case.items() if text}
        return {
            **{group.value: self.packet.get(group) for group in DataGroup},
            TRIAGE: self.triage,
            CASE: given or None,
        }


def create_draft(draft: Draft, *, uow: UnitOfWork, actor: Actor, clock: Clock) -> Referral:
    """Write a new draft for the actor's agency and return it."""
    now = clock.now()
    referral = Referral(
        id=new_id(),
        reference=new_reference(),
        kind=draft.kind,
        urgency=draft.urgency,
        service_id=draft.service_id,
        referring_agency_id=actor.agency_id,
        created_at=now,
        created_by=actor.account_id,
        consent=draft.consent,
        filled_groups=frozenset(draft.packet),
    )
    with uow:
        uow.referrals.add(referral)
        uow.parts.create_key(referral.id)
        uow.parts.write(referral.id, draft.parts())
        uow.history.add(
            referral.id,
            HistoryEntry(
                "change",
                now,
                "create",
                to_status=referral.status.value,
                actor_agency_id=actor.agency_id,
                actor_account_id=actor.account_id,
                actor_role=actor.role,
            ),
        )
        uow.audit(action="create", referral_id=referral.id)
        uow.commit()
    return referral


def replace_draft(
    referral_id: str, draft: Draft, *, expected_version: int | None, uow: UnitOfWork, actor: Actor, clock: Clock
) -> Referral:
    """Put other contents in the place of a draft's; raises TransitionNotAllowed once it was sent."""
    with uow:
        referral = open_for_change(uow, referral_id, actor=actor, expected_version=expected_version)
        loaded_version = referral.version
        referral.replace(
            kind=draft.kind,
            urgency=draft.urgency,
            service_id=draft.service_id,
            consent=draft.consent,
            filled_groups=frozenset(draft.packet),
            actor=actor,
            now=clock.now(),
        )
        uow.parts.write(referral.id, draft.parts())
        keep(uow, referral, loaded_version=loaded_version)
        uow.audit(action="replace", referral_id=referral.id)
        uow.commit()
    return referral
