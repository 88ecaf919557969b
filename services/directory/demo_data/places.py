"""The places of the demo data: towns weighted so that no country swamps the others, and who their neighbours are."""

from __future__ import annotations

import csv
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

_FILE = Path(__file__).parents[1] / "reference_data" / "municipalities.csv"
# The entity itself, and the city that has municipalities of its own there.
_SERBIAN_ENTITY = ("BA-entity-republika-srpska", "BA-istocno-sarajevo")
_TOWN_LEVELS = ("municipality", "town", "city", "sector")
_SMALLEST = 2_000
# Municipalities of Kosovo where Serbian is the language of most people; their demo services speak it first.
SERBIAN_IN_KOSOVO = frozenset(
    {
        "XK-gracanice",
        "XK-kllokot",
        "XK-leposaviq",
        "XK-mitrovice-e-veriut",
        "XK-novoberde",
        "XK-partesh",
        "XK-ranillug",
        "XK-shterpce",
        "XK-zubin-potok",
        "XK-zvecan",
    }
)


@dataclass(frozen=True)
class Town:
    """A place where a demo service can be."""

    code: str
    country: str
    name: str
    names: Mapping[str, str]
    latitude: float
    longitude: float
    population: int
    serbian_entity: bool

    @property
    def weight(self) -> float:
        """Damped population: a capital counts for more than a village, but not as much more as it is larger."""
        return float((self.population + _SMALLEST) ** 0.8)

    def distance_to(self, other: Town) -> float:
        """Kilometres, flat: good enough for neighbours."""
        east = (self.longitude - other.longitude) * math.cos(math.radians(self.latitude))
        return 111.2 * math.hypot(self.latitude - other.latitude, east)


def load_towns() -> dict[str, Town]:
    """Every place of the reference data that is a town or municipality, by code."""
    with _FILE.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return {
        row["code"]: Town(
            code=row["code"],
            country=row["country"],
            name=row["name_official"],
            names=json.loads(row["names_json"]),
            latitude=float(row["latitude"]),
            longitude=float(row["longitude"]),
            population=int(row["population"]),
            serbian_entity=row["parent_code"] in _SERBIAN_ENTITY,
        )
        for row in rows
        if row["level"] in _TOWN_LEVELS or row["code"] == "BA-brcko"
    }


def neighbours(town: Town, towns: dict[str, Town], *, count: int) -> list[Town]:
    """The town itself and the nearest ones of its country."""
    same = [other for other in towns.values() if other.country == town.country]
    return sorted(same, key=lambda other: (town.distance_to(other), other.code))[: count + 1]
