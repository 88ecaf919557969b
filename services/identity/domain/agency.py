"""An agency: an organization whose people or systems take part in the network."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from services.identity.domain.errors import AccountInvalid

_COUNTRY = re.compile(r"[A-Z]{2}\Z")


class AgencyKind(StrEnum):
    """What sort of organization it is."""

    MUNICIPALITY = "municipality"
    CENTRE_FOR_SOCIAL_WORK = "centre_for_social_work"
    NGO = "ngo"
    PUBLIC_INSTITUTION = "public_institution"
    INTERNATIONAL_ORGANIZATION = "international_organization"


@dataclass(frozen=True)
class Agency:
    """One agency; its name is public."""

    id: str
    name: str
    country: str
    kind: AgencyKind
    registered_at: datetime
    version: int = 1

    def __post_init__(self) -> None:
        if not self.name.strip() or len(self.name) > 200:
            raise AccountInvalid("an agency needs a name of at most 200 characters")
        if not _COUNTRY.match(self.country):
            raise AccountInvalid("a country is written as two capital letters")
