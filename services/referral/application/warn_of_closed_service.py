"""Warns the agencies of every open referral to a service that takes no more referrals."""

from __future__ import annotations

from datetime import datetime

from services.referral.application.ports import UnitOfWork
from services.referral.application.tell import keep


def warn_of_closed_service(uow: UnitOfWork, service_id: str, *, cause: str, at: datetime) -> int:
    """Tell it in the history and by event of each open referral; return how many. The caller commits.

    What is being changed by somebody else at this moment is waited for, so that none is passed over.
    """
    warned = 0
    for referral_id in uow.referrals.open_for_service(service_id):
        referral = uow.referrals.get(referral_id, for_change=True)
        if referral is None:
            continue
        loaded_version = referral.version
        if referral.note_service_closed(cause, at):
            keep(uow, referral, loaded_version=loaded_version)
            warned += 1
    return warned
