"""Opens the packet for somebody: only the groups the policy releases are even decrypted, and every read is recorded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from chassis.clock import Clock
from services.referral.application.open_referral import open_for_reading
from services.referral.application.ports import CASE, FEEDBACK, HistoryEntry, UnitOfWork
from services.referral.domain.access import Withheld, withheld_groups
from services.referral.domain.consent import DataGroup
from services.referral.domain.facts import Actor
from services.referral.domain.referral import Referral
from services.referral.domain.status import Party


@dataclass(frozen=True, slots=True)
class OpenedPacket:
    """What one reader may see now."""

    referral: Referral
    party: Party
    groups: Mapping[str, Mapping[str, Any]]
    withheld: Mapping[DataGroup, Withheld]
    case: Mapping[str, Any]
    feedback: Mapping[str, Any] | None


def read_packet(referral_id: str, *, purpose: str, uow: UnitOfWork, actor: Actor, clock: Clock) -> OpenedPacket:
    """Open what the actor's agency may see; the read is kept in the history and the audit record."""
    now = clock.now()
    with uow:
        referral, party = open_for_reading(uow, referral_id, agency_id=actor.agency_id)
        withheld = withheld_groups(referral.stage(), party, now)
        released = [group.value for group in DataGroup if group not in withheld]
        own = [CASE, FEEDBACK] if party is Party.REFERRING else [FEEDBACK] if released else []
        parts = uow.parts.read(referral.id, [*released, *own])
        groups = {name: parts[name] for name in released if name in parts}
        uow.history.add(
            referral.id,
            HistoryEntry(
                "access",
                now,
                "read_packet",
                actor_agency_id=actor.agency_id,
                actor_account_id=actor.account_id,
                actor_role=actor.role,
                detail={"purpose": purpose, "groups": sorted(groups)},
            ),
        )
        uow.audit(action="read_packet", referral_id=referral.id, purpose=purpose)
        uow.commit()
    return OpenedPacket(referral, party, groups, withheld, parts.get(CASE, {}), parts.get(FEEDBACK))
