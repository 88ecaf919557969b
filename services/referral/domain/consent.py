"""Consent: on which basis, given by whom and for which groups a child's data may be shared in one referral."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class DataGroup(StrEnum):
    """A part of the packet that is released, or withheld, as a whole."""

    IDENTITY = "identity"
    CONTACT = "contact"
    CAREGIVER = "caregiver"
    SITUATION = "situation"
    HEALTH = "health"
    TRAFFICKING = "trafficking"


class Basis(StrEnum):
    """The lawful basis; everything but consent is an override and needs its reason on record."""

    CONSENT = "consent"
    BEST_INTERESTS = "best_interests"
    VITAL_INTERESTS = "vital_interests"
    LEGAL_OBLIGATION = "legal_obligation"


class GivenBy(StrEnum):
    """Who gave the consent."""

    CHILD = "child"
    CAREGIVER = "caregiver"
    GUARDIAN = "guardian"
    NONE = "none"


class Form(StrEnum):
    """In what form it was given."""

    WRITTEN = "written"
    ORAL = "oral"
    NONE = "none"


class Assent(StrEnum):
    """What the child itself says, whoever may consent for it."""

    GIVEN = "given"
    REFUSED = "refused"
    NOT_POSSIBLE = "not_possible"


@dataclass(frozen=True, slots=True)
class Consent:
    """What was agreed for one referral. Ask :meth:`permits` and never read ``data_groups`` alone."""

    basis: Basis
    given_by: GivenBy
    form: Form
    data_groups: frozenset[DataGroup]
    language: str | None = None
    obtained_at: datetime | None = None
    valid_until: datetime | None = None
    child_assent: Assent | None = None
    is_override_explained: bool = False

    @property
    def is_override(self) -> bool:
        """Say whether data is shared on another basis than consent."""
        return self.basis is not Basis.CONSENT

    def faults(self, now: datetime) -> list[str]:
        """Return what keeps this from permitting anything now; empty when it is in order."""
        found = []
        if self.is_override:
            if not self.is_override_explained:
                found.append("override_reason_missing")
        else:
            if self.given_by is GivenBy.NONE or self.form is Form.NONE or self.obtained_at is None:
                found.append("not_given")
            if self.child_assent is Assent.REFUSED:
                found.append("child_refused")
        if self.obtained_at is not None and self.obtained_at > now:
            found.append("not_yet_given")
        if self.valid_until is not None and self.valid_until <= now:
            found.append("expired")
        if not self.data_groups:
            found.append("no_data_group")
        return found

    def permits(self, group: DataGroup, now: datetime) -> bool:
        """Say whether this group may be shared now; withdrawal is kept on the referral, not here."""
        return group in self.data_groups and not self.faults(now)


def faults_for_sending(consent: Consent | None, filled: frozenset[DataGroup], now: datetime) -> list[str]:
    """Return why this consent does not allow sending these groups; empty when it does.

    A group the consent leaves out may be in the packet: it stays with the referring agency. But where it
    leaves out every one, the receiving agency could never help, so that is refused.
    """
    if consent is None:
        return ["no_consent"]
    faults = consent.faults(now)
    if not faults and filled and not filled & consent.data_groups:
        return ["covers_nothing"]
    return faults
