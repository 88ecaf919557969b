"""The organizations of the demo data: partner agencies by name, and invented ones in towns of all seven countries."""

from __future__ import annotations

import random
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from services.directory.demo_data.places import SERBIAN_IN_KOSOVO, Town
from services.directory.reference_data.transliteration import serbian_latin

_HERE = Path(__file__).parent
NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "https://lidhja.example.org/demo")
_LANGUAGE_OF_COUNTRY = {"AL": "sq", "BA": "bs", "BG": "bg", "ME": "cnr", "RO": "ro", "RS": "sr", "XK": "sq"}
_SHARE_OF_LATIN_IN_SERBIA = 0.4
_INVENTED_PER_COUNTRY = {"AL": 8, "BA": 8, "BG": 8, "ME": 5, "RO": 10, "RS": 11, "XK": 8}
PHRASES: dict[str, Any] = yaml.safe_load((_HERE / "phrases.yaml").read_text(encoding="utf-8"))


@dataclass(frozen=True)
class Organization:
    """One demo organization with what its services need to know about it."""

    slug: str
    name: str
    town: Town
    language: str
    anchors: tuple[str, ...] = ()
    is_linked: bool = False

    @property
    def id(self) -> str:
        """Stays the same over every load."""
        return demo_id(f"organization:{self.slug}")

    @property
    def agency_id(self) -> str | None:
        """The agency whose staff answer referrals; invented organizations have none."""
        return demo_id(f"agency:{self.slug}") if self.is_linked else None


def demo_id(name: str) -> str:
    """The fixed id of a demo object."""
    return str(uuid.uuid5(NAMESPACE, name))


def partner_organizations(towns: dict[str, Town]) -> Iterator[Organization]:
    """The organizations that an agency of the demo stands behind."""
    for entry in yaml.safe_load((_HERE / "partners.yaml").read_text(encoding="utf-8")):
        yield Organization(
            slug=entry["slug"],
            name=entry["name"],
            town=towns[entry["town"]],
            language=entry["language"],
            anchors=tuple(entry["anchors"]),
            is_linked=True,
        )


def invented_organizations(towns: dict[str, Town], rng: random.Random) -> Iterator[Organization]:
    """Organizations that do not exist and say so in their names; the one in the largest town runs the help line."""
    for country, count in _INVENTED_PER_COUNTRY.items():
        candidates = [town for town in towns.values() if town.country == country]
        for index, town in enumerate(_distinct_towns(candidates, count, rng)):
            language = _language_at(town, rng)
            name = _organization_name(town, language, rng)
            yield Organization(
                slug=f"demo-{town.code.lower()}",
                name=name,
                town=town,
                language=language,
                anchors=("hotline",) if index == 0 else (),
            )


def phrases_of(language: str) -> dict[str, Any]:
    """The demo words of a language; for `sr-Latn` they still have to pass through `in_script`."""
    found: dict[str, Any] = PHRASES[language.split("-")[0]]
    return found


def tag_of(language: str) -> str:
    """The language as the directory writes it: the demo's `sr` is Serbian in Cyrillic."""
    return "sr-Cyrl" if language == "sr" else language


def in_other_languages(phrase: str, field: str, language: str) -> list[dict[str, Any]]:
    """A phrase as translations of a field into every language of the demo but its own."""
    others = (other for other in PHRASES if other != language.split("-")[0])
    return [{"language": tag_of(other), "field": field, "text": PHRASES[other][phrase]} for other in others]


def in_script(text: str, language: str) -> str:
    """Demo texts keep Serbian in Cyrillic; `sr-Latn` asks for the other script."""
    return serbian_latin(text) if language == "sr-Latn" else text


def town_name(town: Town, language: str) -> str:
    """The town's name as this language writes it."""
    return town.names.get(tag_of(language), town.name)


def _language_at(town: Town, rng: random.Random) -> str:
    if town.code in SERBIAN_IN_KOSOVO or town.serbian_entity:
        return "sr"
    if town.country == "RS" and rng.random() < _SHARE_OF_LATIN_IN_SERBIA:
        return "sr-Latn"
    return _LANGUAGE_OF_COUNTRY[town.country]


def _distinct_towns(candidates: list[Town], count: int, rng: random.Random) -> list[Town]:
    keyed = sorted(candidates, key=lambda town: rng.random() ** (1 / town.weight), reverse=True)
    return sorted(keyed[:count], key=lambda town: town.weight, reverse=True)


def _organization_name(town: Town, language: str, rng: random.Random) -> str:
    words = phrases_of(language)
    name, pattern = in_script(rng.choice(words["names"]), language), rng.choice(words["organization"])
    return in_script(pattern, language).format(name=name, town=town_name(town, language))
