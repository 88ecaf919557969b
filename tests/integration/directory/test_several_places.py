"""A service with several places fits where one of them does, and of its places only those are shown that fit."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text

from services.directory.adapters.place_index import carry_on_places
from services.directory.adapters.search import matching_services, plan_search
from services.directory.adapters.search_filters import ServiceSearch
from services.directory.bootstrap import Directory
from services.directory.domain.public_holidays import is_public_holiday
from tests.support.directory import Agency, listing_body
from tests.support.feeds import a_word, attribute, new_id, place, published, service, week

TIRANA = ZoneInfo("Europe/Tirane")
TIRANE, SHKODER = (41.3275, 19.8187), (42.0705, 19.5151)


def soon(hour: int) -> str:
    moment = datetime.now(TIRANA).replace(hour=hour, minute=0, second=0, microsecond=0) + timedelta(days=1)
    while is_public_holiday("AL", moment.date()):
        moment += timedelta(days=1)
    return moment.isoformat()


@pytest.fixture
def told(agency: Agency, directory: Directory) -> dict[str, Any]:
    """In Tirana it is open in the morning and has a lift; in Shkodër it keeps its service's hours and has braille."""
    word = a_word()
    places = [
        place("AL-tirane", postal_code=f"{word}1", point=TIRANE, accessibility=["lift", "wheelchair"],
              schedules=week("08:00", "12:00", "MO,TU,WE,TH,FR,SA,SU")),
        place("AL-shkoder", postal_code=f"{word}2", point=SHKODER, accessibility=["braille"]),
    ]  # fmt: skip
    told = service(f"Places {word}", places, schedules=week("17:00", "20:00"))
    published(directory, agency, told)
    return {"id": told["id"], "word": word, "places": [entry["id"] for entry in places]}


def ids(client: Any, path: str, **asked: Any) -> list[str]:
    answer = client.get(path, params=asked)
    assert answer.status_code == 200, answer.text
    found = [entry["id"] for entry in answer.json()["contents"]]
    assert answer.json()["total_items"] == len(found)
    assert [entry["id"] for entry in client.post(path, json=asked).json()["contents"]] == found
    lines = client.get(path, params={**asked, "format": "ndjson"}).text.splitlines()
    assert [json.loads(line)["id"] for line in lines] == found
    return found


MORNING, EVENING = {"open_at": soon(9)}, {"open_at": soon(18)}
EARLY, LATE = {"day": "MO", "end_time": "13:00"}, {"start_time": "17:00", "end_time": "20:00"}
NEAR_TIRANE = {"near": "41.33,19.82", "within_km": 10}
# Each with the places that fit: the first, the second, both or none.
ASKED: list[tuple[dict[str, Any], str]] = [
    ({"municipality": "AL-tirane"}, "1"),
    ({"municipality": "AL-shkoder"}, "2"),
    ({"municipality": "AL"}, "12"),
    ({"municipality": "AL-durres"}, ""),
    (MORNING, "1"),
    (EVENING, "2"),
    (EARLY, "1"),
    (LATE, "2"),
    ({"accessibility": ["lift"]}, "1"),
    ({"accessibility": ["braille"]}, "2"),
    ({"accessibility": ["lift", "braille"]}, ""),
    (NEAR_TIRANE, "1"),
    ({"municipality": "AL-shkoder", "within_km": 20}, "2"),
    ({"available_to": "AL-tirane"}, "1"),
    ({"available_to": "AL-durres"}, ""),
    ({"available_to": "AL"}, "12"),
    # What is asked together holds at one place.
    ({"municipality": "AL-tirane", **MORNING}, "1"),
    ({"municipality": "AL-tirane", **EVENING}, ""),
    ({"municipality": "AL-tirane", **LATE}, ""),
    ({"municipality": "AL-shkoder", **LATE}, "2"),
    ({"accessibility": ["lift"], **EVENING}, ""),
    ({**NEAR_TIRANE, **EVENING}, ""),
    ({**NEAR_TIRANE, **MORNING}, "1"),
    ({**NEAR_TIRANE, "accessibility": ["braille"]}, ""),
    ({**EARLY, "accessibility": ["braille"]}, ""),
]  # fmt: skip


@pytest.mark.parametrize(("asked", "which"), ASKED)
def test_what_is_asked_of_a_place_is_asked_of_each(
    client: Any, told: dict[str, Any], asked: dict[str, Any], which: str
) -> None:
    asked = {**asked, "search": told["word"], "sort": "name"}
    if "accessibility" in asked:
        # As a list in the body; in the address with commas.
        asked["accessibility"] = ",".join(asked["accessibility"])
        assert client.get("/services", params=asked).json()["total_items"] == bool(which)
        found = [entry["id"] for entry in client.get("/service_at_locations", params=asked).json()["contents"]]
    else:
        assert ids(client, "/services", **asked) == ([told["id"]] if which else [])
        found = ids(client, "/service_at_locations", **asked)
    assert found == [told["places"][int(number) - 1] for number in which]


def test_a_postal_code_is_a_places_own(client: Any, told: dict[str, Any]) -> None:
    first, second = told["places"]
    for number, expected in (("1", first), ("2", second)):
        code = told["word"] + number
        own = {"postcode": code, "search": told["word"]}
        assert ids(client, "/services", **own) == [told["id"]]
        assert ids(client, "/service_at_locations", **own) == [expected]
        assert ids(client, "/service_at_locations", postcode=code, proximity="5000", search=told["word"]) == [expected]
    both = {"postcode": f"{told['word']}1", "municipality": "AL-shkoder", "search": told["word"]}
    assert ids(client, "/services", **both) == []


def test_who_serves_a_postal_codes_municipality_covers_it_and_a_place_elsewhere_does_not_lie_there(
    client: Any, agency: Agency, directory: Directory
) -> None:
    word = a_word()
    area = [{"id": new_id(), "extent": "AL-tirane", "name": "Tiranë"}]
    at_code = service(f"There {word}", [place("AL-tirane", postal_code=f"{word}1")])
    line, elsewhere = place(), place("AL-durres", postal_code=f"{word}2")
    serving = service(f"Serving {word}", [elsewhere, line], service_areas=area)
    published(directory, agency, at_code, serving)
    asked = {"postcode": f"{word}1", "search": word, "sort": "name"}
    assert ids(client, "/services", **asked) == [serving["id"], at_code["id"]]
    shown = ids(client, "/service_at_locations", **asked)
    assert shown == [line["id"], at_code["service_at_locations"][0]["id"]]


def test_a_place_without_hours_keeps_its_services_and_else_its_buildings(
    client: Any, agency: Agency, directory: Directory
) -> None:
    word = a_word()
    building = week("08:00", "12:00")
    kept, own = place("AL-tirane", building_schedules=building), place("AL-tirane", schedules=week("01:00", "02:00"))
    with_hours = service(f"With {word}", [kept, own], schedules=week("17:00", "20:00"))
    alone, unknown = place("AL-tirane", building_schedules=building), place("AL-tirane")
    without = service(f"Without {word}", [alone, unknown])
    published(directory, agency, with_hours, without)
    expected = {9: (without, alone), 18: (with_hours, kept), 1: (with_hours, own)}
    for hour, (its, where) in expected.items():
        assert ids(client, "/services", open_at=soon(hour), search=word) == [its["id"]]
        assert ids(client, "/service_at_locations", open_at=soon(hour), search=word) == [where["id"]]


def test_a_service_that_is_closed_is_open_nowhere(client: Any, agency: Agency, directory: Directory) -> None:
    word = a_word()
    places = [place("AL-tirane", schedules=week("08:00", "12:00")), place("AL-durres")]
    published(directory, agency, service(word, places, status="temporarily closed"))
    assert ids(client, "/services", open_at=soon(9), search=word) == []
    assert ids(client, "/service_at_locations", open_at=soon(9), search=word) == []


def test_a_place_abroad_follows_its_own_clock(client: Any, agency: Agency, directory: Directory) -> None:
    word = a_word()
    sofia = place("AL-tirane", schedules=week("08:00", "09:00"))
    sofia["location"]["addresses"][0] |= {"city": "Sofia", "state_province": "Sofia", "country": "BG"}
    other = place("AL-tirane", schedules=week("08:00", "09:00"))
    published(directory, agency, service(word, [other, sofia]))
    day = datetime.now(TIRANA) + timedelta(days=1)
    while is_public_holiday("AL", day.date()) or is_public_holiday("BG", day.date()):
        day += timedelta(days=1)
    for hour, expected in ((7, sofia), (8, other)):
        at = day.replace(hour=hour, minute=30).isoformat()
        assert ids(client, "/service_at_locations", open_at=at, search=word) == [expected["id"]]


def test_hours_of_a_place_that_differ_from_week_to_week_are_carried_on(
    client: Any, agency: Agency, directory: Directory
) -> None:
    word = a_word()
    first = (datetime.now(TIRANA) + timedelta(days=1)).date()
    rule = week("20:00", "22:00")[0] | {"interval": 2, "dtstart": str(first)}
    special = place("AL-tirane", schedules=[rule])
    published(directory, agency, service(word, [special, place("AL-durres")], schedules=week("08:00", "12:00")))
    in_a_week = datetime.combine(first, datetime.min.time(), TIRANA).replace(hour=21)
    while in_a_week.weekday() or in_a_week.date() < first:
        in_a_week += timedelta(days=1)
    in_a_week = next(
        day for day in (in_a_week + timedelta(days=extra) for extra in range(7)) if not is_public_holiday("AL", day)
    )
    asked = [in_a_week, in_a_week + timedelta(days=7)]
    answers = [ids(client, "/service_at_locations", open_at=at.isoformat(), search=word) for at in asked]
    assert sorted(answers) == [[], [special["id"]]]
    spans = text(
        "SELECT count(*) FROM place_span JOIN published_place USING (listing_id, position)"
        " WHERE published_place.id = :id"
    )
    with directory.engine.begin() as connection:
        before = connection.scalar(spans, {"id": special["id"]})
        while carry_on_places(connection, datetime.now(TIRANA) + timedelta(days=7), 5):
            pass
        assert connection.scalar(spans, {"id": special["id"]}) > before > 5


def test_facets_count_what_fits_at_the_places_that_fit(client: Any, told: dict[str, Any]) -> None:
    def counted(path: str, **asked: Any) -> dict[str, list[tuple[str, int]]]:
        asked = {"search": told["word"], "facets": "municipality,accessibility,country", **asked}
        page = client.get(path, params=asked).json()
        return {name: [(each["value"], each["count"]) for each in of] for name, of in page["facets"].items()}

    everywhere = [("AL-shkoder", 1), ("AL-tirane", 1)]
    for path, in_country in (("/services", 1), ("/service_at_locations", 2)):
        found = counted(path)
        assert found["municipality"] == everywhere
        assert found["accessibility"] == [("braille", 1), ("lift", 1), ("wheelchair", 1)]
        assert found["country"] == [("AL", in_country)]
        found = counted(path, municipality="AL-tirane")
        assert found["municipality"] == everywhere, "as if nothing was asked of it"
        assert found["accessibility"] == [("lift", 1), ("wheelchair", 1)]
        assert counted(path, open_at=soon(18))["municipality"] == [("AL-shkoder", 1)]
        assert counted(path, accessibility="lift")["municipality"] == [("AL-tirane", 1)]


def test_the_nearest_is_who_has_the_nearest_place_that_fits(client: Any, agency: Agency, directory: Directory) -> None:
    word = a_word()
    here, there = (41.0, 19.5), (41.5, 19.5)
    evening = week("17:00", "20:00")
    closed_here = service(
        f"A {word}", [place("AL-durres", point=here), place("AL-durres", point=there, schedules=evening)]
    )
    open_between = service(f"B {word}", [place("AL-durres", point=(41.25, 19.5), schedules=evening)])
    published(directory, agency, closed_here, open_between)
    asked = {"near": "41.0,19.5", "within_km": 100, "search": word, "sort": "distance"}
    assert ids(client, "/services", **asked) == [closed_here["id"], open_between["id"]]
    assert ids(client, "/services", **asked, open_at=soon(18)) == [open_between["id"], closed_here["id"]]


def test_a_town_in_the_words_is_that_of_any_place(client: Any, told: dict[str, Any]) -> None:
    for town in ("tirana", "shkoder"):
        assert told["id"] in ids(client, "/services", search=f"{told['word']} {town}")


def test_where_a_place_is_that_tells_its_town_alone_is_known(client: Any, agency: Agency, directory: Directory) -> None:
    word = a_word()
    places = [place("AL-tirane"), place("AL-shkoder")]
    told = service(word, places)
    published(directory, agency, told)
    asked = {"municipality": "AL-shkoder", "within_km": 10, "search": word}
    assert ids(client, "/services", **asked) == [told["id"]]
    assert ids(client, "/service_at_locations", **asked) == [places[1]["id"]]


def test_a_place_that_is_hidden_afterwards_counts_nowhere(
    client: Any, agency: Agency, directory: Directory, told: dict[str, Any]
) -> None:
    listing = agency.get(f"/listings/{told['id']}").json()
    body = listing_body(
        name=listing["name"],
        capacity=None,
        organization_id=None,
        location={"kind": "confidential", "municipality": "AL-tirane"},
    )
    answer = agency.put(f"/listings/{told['id']}", body, If_Match=f'"{listing["version"]}"')
    assert answer.status_code == 200, answer.text
    with directory.engine.connect() as connection:
        for table in ("search_place", "place_span", "published_place"):
            count = text(f"SELECT count(*) FROM {table} WHERE listing_id = :id")
            assert connection.scalar(count, {"id": told["id"]}) == 0
    for asked in ({"municipality": "AL-tirane"}, {"near": "41.33,19.82"}, MORNING, EARLY):
        assert ids(client, "/services", search=told["word"], **asked) == []
    assert ids(client, "/services", postcode=f"{told['word']}1") == []
    assert ids(client, "/service_at_locations", search=told["word"]) == []
    facets = client.get("/services", params={"search": told["word"], "facets": "municipality,accessibility"}).json()
    assert facets["facets"] == {"municipality": [], "accessibility": []}


def test_the_places_of_what_only_the_network_sees_count_for_the_network_alone(
    client: Any, agency: Agency, caseworker: Agency, directory: Directory
) -> None:
    word = a_word()
    tier = {"id": new_id(), "link_type": "lidhja-tier", "value": "network", **attribute(new_id(), "lidhja-tier")}
    places = [place("AL-tirane"), place("AL-shkoder", postal_code=word)]
    published(directory, agency, service(word, places, attributes=[tier]))
    for path in ("/services", "/service_at_locations"):
        assert ids(client, path, search=word) == []
        assert ids(client, path, postcode=word) == []
    for town, count in (("AL-tirane", 1), ("AL-shkoder", 1), ("AL-durres", 0)):
        found = caseworker.get(f"/network/services?search={word}&municipality={town}").json()
        assert found["total_items"] == count


@pytest.mark.parametrize(
    "asked",
    [
        {"words": "kuca", "age": 12, "municipality": "AL-tirane", "within_km": 30.0},
        {"near": TIRANE, "language": "sq", "accepts": True},
        {"serves": "AL-tirane", "term_code": "legal-aid"},
        {"term_id": new_id()},
        {"day": "MO"},
    ],
)
def test_who_asks_nothing_more_of_a_place_does_not_pay_for_it(directory: Directory, asked: dict[str, Any]) -> None:
    """What the entry can answer alone is asked of the entry alone."""
    with directory.engine.connect() as connection:
        plan = plan_search(connection, ServiceSearch(said_since=directory.clock.now(), **asked))
    statement = matching_services(plan, "search_entry.listing_id")
    assert "search_place" not in statement.text
    assert "has_places" not in statement.text
