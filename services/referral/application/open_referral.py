"""Opens a referral for somebody, who must be a party to it and may know that it exists."""

from __future__ import annotations

from services.referral.application.ports import UnitOfWork
from services.referral.domain.access import may_see_referral
from services.referral.domain.errors import NoSuchReferral, StaleReferral
from services.referral.domain.facts import Actor
from services.referral.domain.referral import Referral
from services.referral.domain.status import Party


def open_for_reading(uow: UnitOfWork, referral_id: str, *, agency_id: str) -> tuple[Referral, Party]:
    """Return the referral and the agency's side; raises NoSuchReferral for strangers as for what is not there."""
    return _checked(uow.referrals.get(referral_id), agency_id)


def open_for_change(uow: UnitOfWork, referral_id: str, *, actor: Actor, expected_version: int | None) -> Referral:
    """Return the referral locked; raises StaleReferral where the caller has seen another version."""
    referral, _ = _checked(uow.referrals.get(referral_id, for_change=True), actor.agency_id)
    if expected_version is not None and expected_version != referral.version:
        raise StaleReferral(current_version=referral.version)
    return referral


def _checked(referral: Referral | None, agency_id: str) -> tuple[Referral, Party]:
    if referral is None:
        raise NoSuchReferral
    party = referral.party_of(agency_id)
    if party is None or not may_see_referral(referral.stage(), party):
        raise NoSuchReferral
    return referral, party
