"""The services of the demo data: what each organization offers, to whom, where, when and with how many free places."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from services.directory.demo_data.organizations import Organization, demo_id, in_script, phrases_of, tag_of, town_name
from services.directory.demo_data.places import Town, neighbours

_HERE = Path(__file__).parent
_TAXONOMY = _HERE.parent / "reference_data" / "taxonomy.yaml"
_WEEKDAYS = "MO,TU,WE,TH,FR"
_HOURS = {
    "office": {"byday": _WEEKDAYS, "opens_at": "08:30", "closes_at": "16:30"},
    "long": {"byday": f"{_WEEKDAYS},SA", "opens_at": "09:00", "closes_at": "20:00"},
    "always": {"byday": f"{_WEEKDAYS},SA,SU", "opens_at": "00:00", "closes_at": "24:00"},
}
_FIRST_LANGUAGES = {
    "AL": ["sq"],
    "BA": ["bs", "sr", "hr"],
    "BG": ["bg"],
    "ME": ["cnr", "sr"],
    "RO": ["ro"],
    "RS": ["sr"],
    "XK": ["sq"],
}
_FURTHER_LANGUAGES = {
    "AL": ["rom", "en", "el", "it"],
    "BA": ["rom", "en"],
    "BG": ["rom", "tr", "en"],
    "ME": ["sq", "rom", "bs", "en"],
    "RO": ["hu", "rom", "en", "uk"],
    "RS": ["rom", "hu", "sq", "bs", "en", "ar"],
    "XK": ["sr", "rom", "tr", "bs", "en"],
}
# Who takes the demo for real reaches real help: the European number of child helplines, where it answers.
_COUNTRIES_ON_116111 = frozenset({"AL", "BG", "ME", "RO", "RS", "XK"})
_SHARE_WITHOUT_FREE_PLACE = 0.2
_NEIGHBOURS_SERVED = {"local": 0, "region": 5}
_NARROW_AGE_RANGE = 10
_FARTHEST_FROM_CENTRE = 0.012  # degrees, about a kilometre
_SERVICES_PER_INVENTED_ORGANIZATION = (3, 5)
OFFERS: dict[str, dict[str, Any]] = yaml.safe_load((_HERE / "offers.yaml").read_text(encoding="utf-8"))


class ListingWriter:
    """Writes listings in the organizations' languages; the same seed writes the same listings."""

    def __init__(self, *, towns: dict[str, Town], rng: random.Random) -> None:
        self._towns = towns
        self._rng = rng
        # Which places serve which is asked again and again, and takes a look at all of them.
        self._served: dict[tuple[str, str], list[str]] = {}
        terms = yaml.safe_load(_TAXONOMY.read_text(encoding="utf-8"))["terms"]
        self._term_names: dict[str, dict[str, str]] = {term["code"]: term["names"] for term in terms}

    def listings_of(self, organization: Organization) -> Iterator[dict[str, Any]]:
        """A partner's anchors; for an invented organization its anchors and a draw of further classes."""
        nearby = neighbours(organization.town, self._towns, count=3)
        terms = organization.anchors if organization.is_linked else self._draw_terms(organization.anchors)
        for index, term in enumerate(terms):
            town = organization.town if organization.is_linked or index < 2 else self._rng.choice(nearby)
            yield self.listing(organization, term, town)

    def _draw_terms(self, given: tuple[str, ...]) -> list[str]:
        count = self._rng.randint(*_SERVICES_PER_INVENTED_ORGANIZATION)
        drawn = list(given)
        while len(drawn) < count:
            term = self._rng.choices(list(OFFERS), [offer["weight"] for offer in OFFERS.values()])[0]
            if term not in drawn:
                drawn.append(term)
        return drawn

    def listing(self, organization: Organization, term: str, town: Town) -> dict[str, Any]:
        """One listing of an organization: a service of this class in this town."""
        offer = OFFERS[term]
        minimum_age, maximum_age = self._ages(organization, offer)
        listing = {
            "id": demo_id(f"listing:{organization.slug}:{term}"),
            "organization_id": organization.id,
            "name": self._name(term, town, organization.language),
            "alternate_name": self._name(term, town, "en"),
            "source_language": tag_of(organization.language),
            "translations": self._translations(term, town, organization.language),
            "description": self._description(offer, organization.language),
            "taxonomy_terms": [term],
            "minimum_age": minimum_age,
            "maximum_age": maximum_age,
            "sex": "any" if organization.is_linked else self._rng.choice(offer.get("sexes", ["any"])),
            "languages": self._languages(organization, town),
            "serves": self._serves(offer, town),
            "location": self._location(offer, town, organization.language),
            "tier": offer.get("tier", "public"),
            "email": f"{term}@{organization.slug}.example.org",
            "url": f"https://{organization.slug}.example.org/{term}",
            "accepts_referrals": term != "hotline",
            "schedule": [dict(_HOURS[offer.get("hours", "office")])],
        }
        is_called = term == "hotline" or offer["family"] == "safe-accommodation"
        if is_called and town.country in _COUNTRIES_ON_116111:
            listing["phone"] = "116 111"
        if "places" in offer:
            listing["capacity"] = self._capacity(organization, offer)
        return listing

    def _name(self, term: str, town: Town, language: str) -> str:
        mark = "(демо)" if language in ("bg", "sr") else "(demo)"
        name = self._term_names[term][tag_of(language)]
        if OFFERS[term].get("where", "physical") != "physical":
            return f"{name} {mark}"  # the town would betray a confidential place
        return f"{name}, {town_name(town, language)} {mark}"

    def _translations(self, term: str, town: Town, language: str) -> list[dict[str, Any]]:
        return [] if language == "en" else [{"language": "en", "field": "name", "text": self._name(term, town, "en")}]

    def _description(self, offer: dict[str, Any], language: str) -> str:
        words = phrases_of(language)
        access = words["remote"] if offer.get("where") == "virtual" else self._rng.choice(words["access"])
        sentences = (words["about"][offer["family"]], access, words["demo"])
        return in_script(" ".join(sentences), language)

    def _ages(self, organization: Organization, offer: dict[str, Any]) -> tuple[int, int]:
        lowest, highest = offer["ages"]
        if organization.is_linked or offer.get("where") == "virtual" or highest - lowest < _NARROW_AGE_RANGE:
            return lowest, highest
        return lowest + self._rng.choice((0, 0, 1, 3)), highest - self._rng.choice((0, 0, 0, 2))

    def _languages(self, organization: Organization, town: Town) -> list[str]:
        first = list(_FIRST_LANGUAGES[town.country])
        if town.country == "XK" and organization.language == "sr":
            first.insert(0, "sr")
        further = [tag for tag in _FURTHER_LANGUAGES[town.country] if tag not in first]
        return [*first, *sorted(self._rng.sample(further, self._rng.randint(0, 2)))]

    def _serves(self, offer: dict[str, Any], town: Town) -> list[str]:
        span = offer.get("span", "region")
        if span == "country":
            return [town.country]
        if (town.code, span) not in self._served:
            near = neighbours(town, self._towns, count=_NEIGHBOURS_SERVED[span])
            self._served[town.code, span] = [other.code for other in near]
        return self._served[town.code, span]

    def _location(self, offer: dict[str, Any], town: Town, language: str) -> dict[str, Any]:
        kind = offer.get("where", "physical")
        if kind == "virtual":
            return {"kind": kind}
        street = in_script(phrases_of(language)["street"], language).format(number=self._rng.randint(1, 98))
        return {
            "kind": kind,
            "municipality": town.code,
            "address_1": street,
            "latitude": self._near(town.latitude),
            "longitude": self._near(town.longitude),
        }

    def _near(self, degrees: float) -> float:
        return round(degrees + self._rng.uniform(-_FARTHEST_FROM_CENTRE, _FARTHEST_FROM_CENTRE), 3)

    def _capacity(self, organization: Organization, offer: dict[str, Any]) -> dict[str, Any]:
        maximum = self._rng.randint(*offer["places"])
        free = self._rng.randint(1, max(1, maximum // 2))
        is_full = not organization.is_linked and self._rng.random() < _SHARE_WITHOUT_FREE_PLACE
        return {"available": 0 if is_full else free, "maximum": maximum, "unit": offer["unit"]}
