"""Who may see which part of a referral when: need to know, as pure functions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from services.referral.domain.consent import Consent, DataGroup
from services.referral.domain.status import Party, Status

_BEFORE_DECISION = frozenset({Status.SENT, Status.ACKNOWLEDGED})
_TAKEN_ON = frozenset({Status.ACCEPTED, Status.IN_PROGRESS, Status.ON_HOLD})
_DONE = frozenset({Status.COMPLETED, Status.FAILED})


class Withheld(StrEnum):
    """Why a group is not shown."""

    NOT_YET_ACCEPTED = "not_yet_accepted"
    NO_CONSENT = "no_consent"
    WITHDRAWN = "withdrawn"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Stage:
    """What the policy needs to know of a referral."""

    status: Status
    consent: Consent | None
    withdrawn_at: datetime | None = None
    retained_until: datetime | None = None
    is_erased: bool = False


def may_see_referral(stage: Stage, party: Party) -> bool:
    """Say whether the party may know that the referral exists: the receiving agency only once it was sent."""
    return party is Party.REFERRING or stage.status is not Status.DRAFT


def may_see_triage(stage: Stage, party: Party, now: datetime) -> bool:
    """Say whether the party may see the coded need, age band, sex, municipality and languages."""
    if stage.is_erased:
        return False
    if party is Party.REFERRING:
        return True
    if stage.status in _BEFORE_DECISION:
        return stage.withdrawn_at is None
    return _why_all_is_withheld(stage, now) is None


def withheld_groups(stage: Stage, party: Party, now: datetime) -> dict[DataGroup, Withheld]:
    """Return every group the party may not see now, with the reason; the others may be shown.

    All groups are judged, filled or not, so that the answer never tells which ones the packet holds.
    """
    if party is Party.REFERRING and not stage.is_erased:
        return {}
    reason = _why_all_is_withheld(stage, now)
    if reason is not None:
        return dict.fromkeys(DataGroup, reason)
    consent = stage.consent
    return {group: Withheld.NO_CONSENT for group in DataGroup if consent is None or not consent.permits(group, now)}


def _why_all_is_withheld(stage: Stage, now: datetime) -> Withheld | None:
    if stage.is_erased:
        return Withheld.CLOSED
    if stage.withdrawn_at is not None:
        return Withheld.WITHDRAWN
    if stage.status in _BEFORE_DECISION:
        return Withheld.NOT_YET_ACCEPTED
    if stage.status in _TAKEN_ON:
        return None
    is_retained = stage.retained_until is not None and now < stage.retained_until
    if stage.status in _DONE and is_retained:
        return None
    return Withheld.CLOSED
