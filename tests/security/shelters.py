"""A thousand shelters with addresses that can be told from everything else, among services that hide nothing."""

from __future__ import annotations

import random
import uuid
from dataclasses import dataclass

from services.directory.domain.listing import ListingContent
from services.directory.domain.location import ConfidentialLocation, PhysicalLocation
from services.directory.domain.organization import Organization

SHELTERS, OTHERS = 1_000, 200
_SEED = 116111
# Latitude and longitude ranges well inside each country, so that the area served says little about the place.
_INSIDE = {
    "AL": (40.4, 41.9, 19.6, 20.4),
    "BA": (43.6, 44.9, 16.6, 18.8),
    "BG": (41.8, 43.4, 23.2, 27.2),
    "ME": (42.5, 43.1, 18.8, 19.6),
    "RO": (44.4, 47.2, 22.6, 27.4),
    "RS": (43.0, 45.6, 19.8, 21.8),
    "XK": (42.3, 42.9, 20.6, 21.3),
}
_TOWNS = {
    "AL": "AL-lezhe", "BA": "BA-zenica", "BG": "BG-vidin", "ME": "ME-niksic", "RO": "RO-iasi", "RS": "RS-sabac",
    "XK": "XK-peje",
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Shelter:
    """One shelter and what nobody may learn of it."""

    id: str
    owner: Organization
    country: str
    latitude: float
    longitude: float
    street: str
    postal_code: str

    @property
    def content(self) -> ListingContent:
        """What its provider says of it."""
        return ListingContent(
            name=f"Safe house {self.id[:4]}",
            description="A safe place. Call the switchboard.",
            taxonomy_terms=("trafficking-shelter",),
            languages=("en",),
            serves=(self.country,),
            phone="116 111",
            location=ConfidentialLocation(
                municipality=_TOWNS[self.country],
                address_1=self.street,
                postal_code=self.postal_code,
                latitude=self.latitude,
                longitude=self.longitude,
            ),
        )

    @property
    def markers(self) -> tuple[str, ...]:
        """Texts that stand nowhere but in its address."""
        return (self.street.split()[0].lower(), self.postal_code.lower(), f"{self.latitude}", f"{self.longitude}")


def shelters() -> list[Shelter]:
    """Return them, always the same."""
    rng = random.Random(_SEED)
    return [_shelter(number, rng) for number in range(SHELTERS)]


def _shelter(number: int, rng: random.Random) -> Shelter:
    country = sorted(_INSIDE)[number % len(_INSIDE)]
    south, north, west, east = _INSIDE[country]
    owner = Organization(
        id=str(uuid.UUID(int=rng.getrandbits(128), version=4)),
        name=f"Keeper {number}",
        description="Keeps a safe house.",
        country=country,
        maintaining_agency_id=f"agency-{number}",
    )
    return Shelter(
        id=str(uuid.UUID(int=rng.getrandbits(128), version=4)),
        owner=owner,
        country=country,
        # Ends that no other number of the test has.
        latitude=round(round(rng.uniform(south, north), 2) + 0.0071377, 7),
        longitude=round(round(rng.uniform(west, east), 2) + 0.0031799, 7),
        street=f"Zxq{number:04d}hidden lane {number}",
        postal_code=f"PQX{number:04d}",
    )


def others() -> list[tuple[str, Organization, ListingContent]]:
    """Return services that hide nothing, in the same towns."""
    rng = random.Random(_SEED + 1)
    found = []
    for number in range(OTHERS):
        country = sorted(_TOWNS)[number % len(_TOWNS)]
        owner = Organization(
            id=str(uuid.UUID(int=rng.getrandbits(128), version=4)),
            name=f"Open door {number}",
            description="A day centre.",
            country=country,
        )
        content = ListingContent(
            name=f"Day centre {number}",
            description="Open to all.",
            taxonomy_terms=("day-care",),
            languages=("en",),
            serves=(_TOWNS[country],),
            location=PhysicalLocation(municipality=_TOWNS[country], address_1=f"Main street {number}"),
        )
        found.append((str(uuid.UUID(int=rng.getrandbits(128), version=4)), owner, content))
    return found
