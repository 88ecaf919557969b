"""Every filter on places, alone and together, finds what a judgement in plain Python finds, place by place."""

from __future__ import annotations

import json
import math
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

import pytest

from services.directory.bootstrap import Directory
from tests.support.directory import Agency
from tests.support.feeds import a_word, area, attribute, coming_day, new_id, place, published, service, week

CENTRES = {"AL-tirane": (41.33, 19.82), "AL-shkoder": (42.07, 19.51), "AL-durres": (41.32, 19.45),
           "XK-prishtine": (42.66, 21.16)}  # fmt: skip
HOURS = [week("08:00", "12:00"), week("17:00", "20:00", "MO,WE,FR"), week("10:00", "18:30", "TU,TH,SA,SU")]
OFFERS = ["lift", "braille", "wheelchair", "easy-read"]
TERMS = [new_id() for _ in range(3)]
_CENTRES_TOO = ("municipality", "postcode")
SERVICES, QUESTIONS = 40, 120
Asked = dict[str, Any]
Document = Mapping[str, Any]


class Feed:
    """Services with up to four places, each saying of itself what the dice let it say."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)
        self.word = a_word()
        self.codes = [f"{self.word}{number}" for number in range(3)]
        self.services = [self._service(number) for number in range(SERVICES)]

    def _maybe(self, choose: Callable[[], Any], share: float = 0.5) -> Any:
        return choose() if self.rng.random() < share else None

    def _terms(self) -> list[Any]:
        return [attribute(self.rng.choice(TERMS), "Of a feed")]

    def _areas(self) -> list[Any]:
        return [area(self.rng.choice(["AL-tirane", "AL", "XK-prishtine"]))]

    def _service(self, number: int) -> dict[str, Any]:
        places = [self._place(is_first=not n) for n in range(self.rng.choice([1, 1, 2, 3, 4]))]
        said = {
            "schedules": self._maybe(lambda: self.rng.choice(HOURS)),
            "attributes": self._maybe(self._terms, 0.3),
            "service_areas": self._maybe(self._areas, 0.3),
        }
        return service(f"{self.word} {number:02}", places, **{name: value for name, value in said.items() if value})

    def _place(self, *, is_first: bool) -> dict[str, Any]:
        town = self.rng.choice(list(CENTRES)) if is_first else self._maybe(lambda: self.rng.choice(list(CENTRES)), 0.9)
        said = {
            "schedules": self._maybe(lambda: self.rng.choice(HOURS)),
            "building_schedules": self._maybe(lambda: self.rng.choice(HOURS), 0.3),
            "accessibility": self._maybe(lambda: self.rng.sample(OFFERS, self.rng.randint(1, 3))),
            "attributes": self._maybe(self._terms, 0.3),
            "service_areas": self._maybe(self._areas, 0.2),
            "postal_code": self._maybe(lambda: self.rng.choice(self.codes)) if town else None,
            "point": tuple(part + self.rng.uniform(-0.05, 0.05) for part in CENTRES[town]) if town else None,
        }
        return place(town, **{name: value for name, value in said.items() if value})


def town_of(where: Document) -> str | None:
    cities = {"Tiranë": "AL-tirane", "Shkodër": "AL-shkoder", "Durrës": "AL-durres", "Prishtinë": "XK-prishtine"}
    return next((cities[address["city"]] for address in where["location"].get("addresses", ())), None)


def code_of(where: Document) -> str | None:
    return next((address["postal_code"] for address in where["location"].get("addresses", ())), None) or None


def areas_of(told: Document, where: Document) -> list[str]:
    return [area["extent"] for area in where.get("service_areas") or told.get("service_areas", ())]


def hours_at(told: Document, where: Document) -> Sequence[Document]:
    return where.get("schedules") or told.get("schedules") or where["location"].get("schedules") or ()


def kilometres(one: tuple[float, float], other: tuple[float, float]) -> float:
    (north, east), (to_north, to_east) = (tuple(map(math.radians, point)) for point in (one, other))
    cosine = math.sin(north) * math.sin(to_north) + math.cos(north) * math.cos(to_north) * math.cos(east - to_east)
    return 6371 * math.acos(min(1.0, cosine))


class Judge:
    """Says of one place of a service whether it is what was asked for."""

    def __init__(self, feed: Feed) -> None:
        every = [where for told in feed.services for where in told["service_at_locations"]]
        self.towns_at = {code: {town_of(where) for where in every if code_of(where) == code} for code in feed.codes}

    def fits(self, asked: Asked, told: Document, where: Document, *, of_places: bool) -> bool:
        judgements = {name: getattr(self, name) for name in asked if hasattr(self, name)}
        return all(
            judge(asked, told, where) if name != "postcode" else self.has_postcode(asked, told, where, of_places)
            for name, judge in judgements.items()
        )

    def municipality(self, asked: Asked, _told: Document, where: Document) -> bool:
        return town_of(where) is not None and str(town_of(where)).startswith(asked["municipality"])

    def available_to(self, asked: Asked, told: Document, where: Document) -> bool:
        code, areas = asked["available_to"], areas_of(told, where)
        if areas:
            return any(area in (code, code[:2]) or area.startswith(f"{code}-") for area in areas)
        first = str(town_of(told["service_at_locations"][0]))
        country = (town_of(where) or first)[:2]
        return country == code[:2] and (len(code) == 2 or town_of(where) in (None, code))

    def serves(self, asked: Asked, told: Document, where: Document) -> bool:
        return any(area in (asked["serves"], asked["serves"][:2]) for area in areas_of(told, where))

    def postcode(self, *_: Any) -> bool:
        raise AssertionError("what is found by a postal code depends on what is looked for")

    def has_postcode(self, asked: Asked, told: Document, where: Document, of_places: bool) -> bool:
        towns = [town for town in self.towns_at[asked["postcode"]] if town]
        is_served = any(area in (town, town[:2]) for area in areas_of(told, where) for town in towns)
        own = code_of(where)
        return own == asked["postcode"] or (is_served and (own is None or not of_places))

    def open_at(self, asked: Asked, told: Document, where: Document) -> bool:
        at = datetime.fromisoformat(asked["open_at"])
        weekday, time = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")[at.weekday()], at.strftime("%H:%M")
        return any(
            weekday in hours["byday"] and hours["opens_at"] <= time < hours["closes_at"]
            for hours in hours_at(told, where)
        )

    def day(self, asked: Asked, told: Document, where: Document) -> bool:
        start, end = asked.get("start_time", "00:00"), asked.get("end_time", "24:00")
        return any(
            asked["day"] in hours["byday"] and hours["opens_at"] >= start and hours["closes_at"] <= end
            for hours in hours_at(told, where)
        )

    def accessibility(self, asked: Asked, _told: Document, where: Document) -> bool:
        offers = {each["details"] for each in where["location"].get("accessibility", ())}
        return set(asked["accessibility"].split(",")) <= offers

    def taxonomy_term_id(self, asked: Asked, told: Document, where: Document) -> bool:
        attributes = [*told.get("attributes", ()), *where.get("attributes", ())]
        return asked["taxonomy_term_id"] in [each["taxonomy_term_id"] for each in attributes]

    def near(self, asked: Asked, _told: Document, where: Document) -> bool:
        if "latitude" not in where["location"]:
            return False
        point = (where["location"]["latitude"], where["location"]["longitude"])
        around = tuple(map(float, asked["near"].split(",")))
        return kilometres((around[0], around[1]), point) <= asked["within_km"]


def questions(feed: Feed, seed: int) -> Iterator[Asked]:
    """Yield each filter alone, and then two to four of them together."""
    rng = random.Random(seed)
    day = coming_day()

    def moment() -> str:
        return day.replace(hour=rng.choice([9, 11, 18, 19]), minute=15, second=0, microsecond=0).isoformat()

    def around() -> Asked:
        latitude, longitude = rng.choice(list(CENTRES.values()))
        return {"near": f"{latitude},{longitude}", "within_km": rng.choice([3, 5, 40, 120])}

    filters: list[Callable[[], Asked]] = [
        lambda: {"municipality": rng.choice([*CENTRES, "AL", "XK"])},
        lambda: {"available_to": rng.choice([*CENTRES, "AL", "XK"])},
        lambda: {"serves": rng.choice([*CENTRES, "AL", "XK"])},
        lambda: {"postcode": rng.choice(feed.codes)},
        lambda: {"open_at": moment()},
        lambda: {"day": rng.choice(["MO", "TU", "SU"])},
        lambda: {"day": "WE", "start_time": rng.choice(["08:00", "17:00"]), "end_time": rng.choice(["12:00", "20:00"])},
        lambda: {"accessibility": ",".join(rng.sample(OFFERS, rng.randint(1, 2)))},
        lambda: {"taxonomy_term_id": rng.choice(TERMS)},
        around,
    ]
    for number in range(QUESTIONS):
        chosen = [filters[number]] if number < len(filters) else rng.sample(filters, rng.randint(2, 4))
        asked = {name: value for choose in chosen for name, value in choose().items()}
        # Together with a distance these two are other centres.
        yield {name: value for name, value in asked.items() if "near" not in asked or name not in _CENTRES_TOO}


@pytest.mark.parametrize("seed", [1, 2])
def test_search_finds_what_a_judgement_by_hand_finds(
    client: Any, agency: Agency, directory: Directory, seed: int
) -> None:
    feed = Feed(seed)
    published(directory, agency, *feed.services)
    judge, found_any = Judge(feed), 0
    for asked in questions(feed, seed):
        for of_places, path in ((False, "/services"), (True, "/service_at_locations")):
            expected = [
                where["id"] if of_places else told["id"]
                for told in feed.services
                for where in told["service_at_locations"]
                if judge.fits(asked, told, where, of_places=of_places)
            ]
            params = {**asked, "search": feed.word, "sort": "name", "facets": "municipality"}
            page = client.get(path, params={**params, "per_page": 200}).json()
            ids = [entry["id"] for entry in page["contents"]]
            assert ids == list(dict.fromkeys(expected)), (path, asked)
            streamed = {name: value for name, value in params.items() if name != "facets"} | {"format": "ndjson"}
            lines = client.get(path, params=streamed).text.splitlines()
            assert [json.loads(line)["id"] for line in lines] == ids, (path, asked)
            _check_facet(page, judge, feed, asked, of_places=of_places)
            found_any += bool(ids)
    assert found_any > QUESTIONS / 2


def _check_facet(page: Any, judge: Judge, feed: Feed, asked: Asked, *, of_places: bool) -> None:
    others = {name: value for name, value in asked.items() if name != "municipality"}
    counted: dict[str, set[str]] = {}
    for told in feed.services:
        for where in told["service_at_locations"]:
            town = town_of(where)
            if town and judge.fits(others, told, where, of_places=of_places):
                counted.setdefault(town, set()).add(where["id"] if of_places else told["id"])
    facet = {each["value"]: each["count"] for each in page["facets"]["municipality"]}
    assert facet == {town: len(ids) for town, ids in counted.items()}, asked
