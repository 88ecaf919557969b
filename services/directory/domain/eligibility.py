"""Whom a service takes: ages and sex, checkable by a machine."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from services.directory.domain.errors import ContentDoesNotFit


class Sex(Enum):
    """For whom a service is meant."""

    ANY = "any"
    FEMALE = "female"
    MALE = "male"


@dataclass(frozen=True, kw_only=True)
class Eligibility:
    """Both ages are inclusive; None leaves that end open."""

    minimum_age: int | None = None
    maximum_age: int | None = None
    sex: Sex = Sex.ANY
    description: str | None = None

    def __post_init__(self) -> None:
        """Refuse an empty interval."""
        if self.minimum_age is not None and self.maximum_age is not None and self.minimum_age > self.maximum_age:
            raise ContentDoesNotFit(
                "The minimum age is above the maximum age.",
                code="ages_reversed",
                fields=("minimum_age", "maximum_age"),
            )

    def takes_age(self, age: int) -> bool:
        """Say whether a person of this age is taken."""
        low = self.minimum_age if self.minimum_age is not None else 0
        high = self.maximum_age if self.maximum_age is not None else age
        return low <= age <= high

    def takes_sex(self, sex: str) -> bool:
        """Say whether a person of this sex is taken; one that is other or unknown is never turned away here."""
        return self.sex is Sex.ANY or sex not in ("female", "male") or sex == self.sex.value
