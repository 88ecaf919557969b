"""The clock's work: tells missed deadlines once each and expires what nobody decided on; emergencies never expire."""

from __future__ import annotations

from collections.abc import Callable

from chassis.clock import Clock
from services.referral.application.ports import UnitOfWork
from services.referral.application.tell import keep
from services.referral.domain.errors import StaleReferral

_BATCH = 100


def watch_deadlines(open_unit_of_work: Callable[[], UnitOfWork], clock: Clock) -> int:
    """Deal with everything that is due now and return how many referrals that were.

    Each referral has a transaction of its own, so that one that fails holds up no other. Two clocks at once
    do no harm: the second finds nothing left to do.
    """
    with open_unit_of_work() as uow:
        waiting = uow.referrals.due_for_the_clock(clock.now(), _BATCH)
    return sum(_deal_with(referral_id, open_unit_of_work(), clock) for referral_id in waiting)


def _deal_with(referral_id: str, uow: UnitOfWork, clock: Clock) -> bool:
    now = clock.now()
    with uow:
        referral = uow.referrals.get(referral_id, for_change=True)
        if referral is None:
            return False
        loaded_version = referral.version
        referral.announce_missed(now)
        expired = referral.expire(now=now)
        if not referral.facts:
            return False
        try:
            keep(uow, referral, loaded_version=loaded_version)
        except StaleReferral:
            return False
        if expired:
            uow.audit(action="expire", referral_id=referral.id)
        uow.commit()
    return True
