"""What is looked for on behalf of a child: codes alone, so that nothing in it can name anybody."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

# The bands that a referral's triage tells instead of an age: the highest age of each.
_BANDS = {5: "0-5", 11: "6-11", 14: "12-14", 17: "15-17", 24: "18-24"}
UNKNOWN_AGE = "unknown"


@dataclass(frozen=True, kw_only=True)
class Need:
    """What is looked for. ``needs`` are term codes; an absent field asks for nothing.

    ``covering_codes`` are the municipality's and those of all areas it lies in.
    """

    needs: frozenset[str]
    age: int | None = None
    sex: str | None = None
    languages: frozenset[str] = frozenset()
    accessibility: frozenset[str] = frozenset()
    municipality: str | None = None
    covering_codes: frozenset[str] = frozenset()
    within_km: float | None = None
    across_borders: bool = True
    excluded_organizations: frozenset[str] = frozenset()
    urgency: str | None = None
    open_at: datetime | None = None

    @property
    def country(self) -> str | None:
        """Return the country of the municipality."""
        return self.municipality[:2] if self.municipality else None

    @property
    def age_band(self) -> str:
        """Return the band that the age lies in; beyond the last, and without an age, it is unknown."""
        return age_band(self.age)


def age_band(age: int | None) -> str:
    """Return the band of an age, as referrals use it."""
    return next((band for highest, band in _BANDS.items() if age is not None and age <= highest), UNKNOWN_AGE)


AGE_BANDS = (*_BANDS.values(), UNKNOWN_AGE)
