"""The services that the judged queries are asked of: every kind of service in towns of all seven countries.

Each text is worded as a provider might word it: by the official name of its kind or by one of the synonyms, with or
without the town, in the language of the place. The same seed writes the same services.
"""

from __future__ import annotations

import random
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import yaml

from services.directory.demo_data.listings import _TAXONOMY as TAXONOMY
from services.directory.demo_data.listings import OFFERS
from services.directory.demo_data.organizations import in_script, phrases_of
from services.directory.demo_data.places import Town, load_towns, neighbours

_SEED = 20261124
_SHARE_OFFERED = 0.55
_NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "https://lidhja.example.org/relevance")
# Town and the language that its services are described in.
TOWNS: Mapping[str, str] = {
    "AL-tirane": "sq", "AL-durres": "sq", "AL-shkoder": "sq", "AL-vlore": "sq", "AL-elbasan": "sq",
    "XK-prishtine": "sq", "XK-prizren": "sq", "XK-peje": "sq", "XK-gracanice": "sr",
    "ME-podgorica": "cnr", "ME-niksic": "cnr", "ME-bar": "cnr",
    "RS-beograd": "sr-Latn", "RS-novi-sad": "sr", "RS-nis": "sr", "RS-sabac": "sr", "RS-subotica": "sr-Latn",
    "BA-sarajevo": "bs", "BA-banja-luka": "sr", "BA-mostar": "bs", "BA-tuzla": "bs", "BA-zenica": "bs",
    "BG-sofia": "bg", "BG-plovdiv": "bg", "BG-varna": "bg", "BG-burgas": "bg", "BG-vidin": "bg",
    "RO-bucuresti-sector-3": "ro", "RO-iasi": "ro", "RO-cluj-napoca": "ro", "RO-timisoara": "ro",
    "RO-constanta": "ro",
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Offered:
    """One service of the corpus and what it is judged by."""

    id: str
    organization_id: str
    organization_name: str
    term: str
    town: Town
    language: str
    body: dict[str, Any]

    @property
    def is_country_wide(self) -> bool:
        """Say whether it serves the whole country, wherever it is."""
        return bool(self.body["serves"] == [self.town.country])


def terms() -> dict[str, dict[str, Any]]:
    """Return the taxonomy's terms by code."""
    return {term["code"]: term for term in yaml.safe_load(TAXONOMY.read_text(encoding="utf-8"))["terms"]}


def corpus() -> list[Offered]:
    """Return the services, always the same."""
    towns, known, rng = load_towns(), terms(), random.Random(_SEED)
    return [
        offered for code, language in TOWNS.items() for offered in _offers_of(towns[code], language, towns, known, rng)
    ]


def _offers_of(
    town: Town, language: str, towns: dict[str, Town], known: Mapping[str, Any], rng: random.Random
) -> Iterator[Offered]:
    words = phrases_of(language)
    name = in_script(rng.choice(words["names"]), language)
    tag = "sr-Cyrl" if language == "sr" else language
    own_name = town.names.get(tag, town.name)
    organization = in_script(rng.choice(words["organization"]), language).format(name=name, town=own_name)
    for term, offer in OFFERS.items():
        # Every town has the commonest kinds; the rest is drawn.
        if offer["weight"] < 8 and rng.random() > _SHARE_OFFERED:
            continue
        nearby = [other.code for other in neighbours(town, towns, count=3)]
        body = {
            "name": _name(known[term], tag, own_name, offer, rng),
            "description": _description(words, offer, language, rng),
            "taxonomy_terms": [term],
            "minimum_age": offer["ages"][0],
            "maximum_age": offer["ages"][1],
            "languages": [language.split("-")[0]],
            "serves": [town.country] if offer.get("span") == "country" else nearby,
            "location": {"kind": "physical", "municipality": town.code},
        }
        if offer.get("where", "physical") == "virtual":
            body["location"] = {"kind": "virtual"}
        yield Offered(
            id=str(uuid.uuid5(_NAMESPACE, f"{town.code}:{term}")),
            organization_id=str(uuid.uuid5(_NAMESPACE, town.code)),
            organization_name=organization,
            term=term,
            town=town,
            language=language,
            body=body,
        )


def _name(term: Mapping[str, Any], tag: str, town: str, offer: Mapping[str, Any], rng: random.Random) -> str:
    wordings: Sequence[str] = [term["names"][tag], *term["synonyms"].get(tag, [])]
    name = rng.choice(wordings[:3])
    name = name[0].upper() + name[1:]
    is_named_by_town = offer.get("where", "physical") == "physical" and rng.random() < 0.5
    return f"{name} {town}" if is_named_by_town else name


def _description(words: Mapping[str, Any], offer: Mapping[str, Any], language: str, rng: random.Random) -> str:
    return in_script(f"{words['about'][offer['family']]} {rng.choice(words['access'])}", language)
