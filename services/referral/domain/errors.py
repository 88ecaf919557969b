"""The rules a request can break, each with the coded facts that help the caller; no words of HTTP."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any


class ReferralRuleBroken(Exception):
    """Base of all; ``members`` are coded facts, never personal data."""

    detail: str | None = None

    def __init__(self, **members: Any) -> None:
        super().__init__(type(self).__name__)
        self.members = members


class NoSuchReferral(ReferralRuleBroken):
    """There is no such referral, or the caller's agency is no party to it: the two must look the same."""


class TransitionNotAllowed(ReferralRuleBroken):
    """The table has no row for this status, action and party, or its guard does not hold."""

    detail = "Look at allowed_actions."

    def __init__(self, *, current_status: str, allowed_actions: Sequence[str]) -> None:
        super().__init__(current_status=current_status, allowed_actions=list(allowed_actions))


class ConsentMissing(ReferralRuleBroken):
    """Nothing on record permits sending this; ``reasons`` says what is lacking."""

    detail = "Record the consent, or another lawful basis with its reason."

    def __init__(self, reasons: Sequence[str]) -> None:
        super().__init__(reasons=list(reasons))


class ServiceNotAvailable(ReferralRuleBroken):
    """The service cannot receive a referral: unknown, withdrawn, unlinked, or one's own."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason=reason)


class ReasonNotKnown(ReferralRuleBroken):
    """The reason or outcome code is not on the list of the action."""


class StaleReferral(ReferralRuleBroken):
    """Somebody changed the referral since the caller read it."""

    detail = "Read it again, look at what changed, and repeat."


class KeyErased(ReferralRuleBroken):
    """The referral's key was destroyed, so what it protected is gone."""
