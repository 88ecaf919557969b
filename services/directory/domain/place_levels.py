"""The levels of administrative units under their countries' own names, in one order, the largest first."""

from __future__ import annotations

# What a country calls a level, and where it stands: areas come above the places that people live in.
_RANKS = {
    "entity": 1,
    "county": 1,
    "oblast": 1,
    "region": 1,
    "district": 1,
    "canton": 2,
    "city": 3,
    "municipality": 4,
    "town": 4,
    "commune": 4,
    "sector": 5,
}
# From this rank on people name a unit as the place where they live.
LOCAL_RANK = 3
LEVELS = frozenset(_RANKS)


def rank_of(level: str, country: str) -> int:
    """Return where a level stands, 1 being the largest; raises KeyError for a level that no country has.

    The one district of Bosnia and Herzegovina, Brčko, is a municipality by another name.
    """
    if (level, country) == ("district", "BA"):
        return _RANKS["municipality"]
    return _RANKS[level]


def is_lived_in(rank: int) -> bool:
    """Say whether people name a unit of this rank as the place where they live, be it a city, a village or a sector."""
    return rank >= LOCAL_RANK


def is_village(level: str) -> bool:
    """Say whether units of this level are villages, thousands of them, each with few services."""
    return level == "commune"
