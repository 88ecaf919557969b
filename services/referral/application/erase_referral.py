"""Erases a child from a referral by destroying the key; states and times stay, for they tell of nobody."""

from __future__ import annotations

from chassis.clock import Clock
from services.referral.application.ports import HistoryEntry, UnitOfWork
from services.referral.domain.errors import NoSuchReferral


def erase_referral(referral_id: str, *, uow: UnitOfWork, clock: Clock) -> None:
    """Destroy the key and all sealed parts; cannot be undone. Raises NoSuchReferral."""
    now = clock.now()
    with uow:
        referral = uow.referrals.get(referral_id, for_change=True)
        if referral is None:
            raise NoSuchReferral
        loaded_version = referral.version
        referral.erase(now=now)
        uow.parts.erase(referral.id)
        uow.referrals.save(referral, loaded_version=loaded_version)
        uow.history.add(referral.id, HistoryEntry("change", now, "erase"))
        uow.audit(action="erase", referral_id=referral.id)
        uow.commit()
