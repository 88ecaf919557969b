"""What comes first, how many there are of each kind, and which services are there for who lives in a place."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from sqlalchemy import text

from services.directory.adapters.search import plan_search
from services.directory.adapters.search_filters import ServiceSearch
from services.directory.bootstrap import Directory
from tests.support.directory import Agency

HERE = {"kind": "physical", "municipality": "AL-kolonje"}


def a_word() -> str:
    return "fjale" + uuid.uuid4().hex[:8].translate(str.maketrans("0123456789", "abcdefghij"))


def page(client: Any, **asked: Any) -> dict[str, Any]:
    answer = client.get("/services", params=asked)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def names(client: Any, **asked: Any) -> list[str]:
    return [service["name"] for service in page(client, **asked)["contents"]]


@pytest.mark.parametrize(
    "asked",
    [
        {"sort": "distance"},
        {"sort": "distance", "municipality": "AL-tirane"},
        {"sort": "distance", "available_to": "AL"},
    ],
)
def test_distance_needs_a_place_to_measure_from(client: Any, asked: dict[str, str]) -> None:
    answer = client.get("/services", params=asked)
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["parameter"] == "sort"


@pytest.mark.parametrize("asked", [{"sort": "best"}, {"facets": "phone"}, {"facets": "sex,sex"}, {"facets": ""}])
def test_an_unknown_order_or_facet_is_refused(client: Any, asked: dict[str, str]) -> None:
    assert client.get("/services", params=asked).status_code == 400


def test_each_order_puts_its_own_first(agency: Agency, client: Any) -> None:
    word = a_word()
    far = {"kind": "physical", "municipality": "AL-shkoder"}
    agency.publish(name=f"B {word}", location=HERE, capacity={"available": 1})
    agency.publish(name=f"A {word}", location=far, capacity={"available": 9})
    agency.publish(name=f"C {word}", location=HERE, capacity={"available": 0})
    assert names(client, search=word, sort="name") == [f"A {word}", f"B {word}", f"C {word}"]
    assert names(client, search=word, sort="capacity") == [f"A {word}", f"B {word}", f"C {word}"]
    assert names(client, search=word, sort="freshness") == [f"C {word}", f"A {word}", f"B {word}"]
    nearest = {"municipality": "AL-kolonje", "within_km": 400, "sort": "distance"}
    assert names(client, search=word, **nearest) == [f"B {word}", f"C {word}", f"A {word}"]


def test_what_is_nearest_to_who_lives_there_comes_first(agency: Agency, client: Any) -> None:
    owner = agency.organization()
    for name, town in (("A", "AL-shkoder"), ("B", "AL-kolonje"), ("C", "AL-korce")):
        there = {"kind": "physical", "municipality": town}
        agency.publish(organization_id=owner, name=name, serves=["AL"], location=there)
    asked = {"organization_id": owner, "available_to": "AL-kolonje"}
    assert names(client, **asked) == ["B", "C", "A"]
    assert names(client, **asked, sort="distance") == ["B", "C", "A"]
    assert names(client, **asked, sort="name") == ["A", "B", "C"]


def test_a_confidential_place_stands_behind_all_distances(agency: Agency, client: Any) -> None:
    """Whether it lies in the very town or at the other end of the country."""
    owner = agency.organization()
    for name, town in (("Near", "AL-kolonje"), ("Away", "AL-shkoder")):
        hidden = {"kind": "confidential", "municipality": town}
        agency.publish(organization_id=owner, name=name, serves=["AL"], location=hidden)
    far = {"kind": "physical", "municipality": "AL-tropoje"}
    agency.publish(organization_id=owner, name="Visible", serves=["AL"], location=far)
    for home in ("AL-kolonje", "AL-shkoder"):
        assert names(client, organization_id=owner, available_to=home) == ["Visible", "Away", "Near"]


@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"municipality": "AL-skrapar"},
        {"municipality": "AL-skrapar", "within_km": 5},
        {"near": "40.54,20.12", "within_km": 30},
        {"sort": "relevance"},
    ],
)
def test_what_was_not_confirmed_for_long_comes_last(
    agency: Agency, client: Any, directory: Directory, asked: dict[str, Any]
) -> None:
    """Whether words are looked for or not, the stale service stands behind the one that was confirmed."""
    place = {"kind": "physical", "municipality": "AL-skrapar"}
    owner = agency.organization()
    stale = agency.publish(organization_id=owner, name="A is first by name", location=place)
    agency.publish(organization_id=owner, name="B comes after it", location=place)
    with directory.engine.begin() as connection:
        sink = text("UPDATE search_entry SET standing = 0 WHERE listing_id = :id")
        connection.execute(sink, {"id": stale["id"]})
    assert names(client, organization_id=owner, **asked) == ["B comes after it", "A is first by name"]


def test_facets_count_as_if_nothing_was_asked_of_them(agency: Agency, client: Any) -> None:
    word = a_word()
    agency.publish(name=f"{word} girls", sex="female", languages=["sq"], location=HERE)
    agency.publish(name=f"{word} boys", sex="male", languages=["sq", "rom"], location=HERE)
    agency.publish(name=f"{word} all", sex="any", languages=["sq"], location={"kind": "virtual"})
    found = page(client, search=word, sex="female", facets="sex,language,municipality,accepts,country")
    assert found["total_items"] == 2
    assert found["facets"]["sex"] == [{"value": "female", "count": 2}, {"value": "male", "count": 2}]
    assert found["facets"]["language"] == [{"value": "sq", "count": 2}]
    assert found["facets"]["municipality"] == [{"value": "AL-kolonje", "count": 1}]
    assert found["facets"]["accepts"] == [{"value": "true", "count": 2}]
    assert found["facets"]["country"] == [{"value": "AL", "count": 2}]
    for facet, parameter in (("sex", "sex"), ("language", "language"), ("municipality", "municipality")):
        for choice in found["facets"][facet]:
            others = {"sex": "female", parameter: choice["value"]}
            assert page(client, search=word, **others)["total_items"] == choice["count"], choice


def test_facets_come_by_post_and_for_places_too(agency: Agency, client: Any) -> None:
    word = a_word()
    agency.publish(name=word, location=HERE, taxonomy_terms=["legal-aid"])
    for path in ("/services", "/service_at_locations"):
        found = client.post(path, json={"search": word, "facets": ["term"], "sort": "name"}).json()
        assert {"value": "legal-aid", "count": 1} in found["facets"]["term"]
        assert "facets" not in client.post(path, json={"search": word}).json()


def test_a_confidential_place_is_in_no_facet(agency: Agency, client: Any) -> None:
    word = a_word()
    agency.publish(name=word, location={"kind": "confidential", "municipality": "AL-kolonje", "address_1": "Rr. 1"})
    assert page(client, search=word, facets="municipality")["facets"]["municipality"] == []


@pytest.mark.parametrize("search", ["!!!", "🙂", "…", "- -"])
def test_what_holds_no_word_finds_nothing(agency: Agency, client: Any, search: str) -> None:
    agency.publish()
    assert page(client, search=search)["total_items"] == 0
    assert page(client, search="  ")["total_items"] > 0, "a field that was left empty asks for nothing"


@pytest.mark.parametrize(
    ("content", "place", "is_there"),
    [
        ({"serves": ["AL-kolonje"], "location": {"kind": "virtual"}}, "AL-kolonje", True),
        ({"serves": ["AL-kolonje"], "location": {"kind": "virtual"}}, "AL", True),
        ({"serves": ["AL"], "location": {"kind": "virtual"}}, "AL-kolonje", True),
        ({"serves": ["AL-tirane"], "location": HERE}, "AL-kolonje", False),
        ({"serves": [], "location": HERE}, "AL-kolonje", True),
        ({"serves": [], "location": HERE}, "AL-tirane", False),
        (
            {"serves": [], "location": {"kind": "confidential", "municipality": "AL-kolonje", "address_1": "Rr. 1"}},
            "AL-tirane",
            True,
        ),
    ],
)
def test_who_lives_in_a_place_finds_what_is_there_for_them(
    agency: Agency, client: Any, content: dict[str, Any], place: str, is_there: bool
) -> None:
    word = a_word()
    agency.publish(name=word, **content)
    assert (page(client, search=word, available_to=place)["total_items"] == 1) is is_there


def test_around_a_place_the_same_is_found_as_everywhere(agency: Agency, client: Any) -> None:
    """The index of words by cell and the plain one agree, whatever the size of the circle and of the question."""
    word = a_word()
    for number, town in enumerate(["AL-kolonje", "AL-tirane", "AL-shkoder", "XK-prishtine", "RS-beograd"]):
        agency.publish(name=f"{word} O'Brien\\ {number}", location={"kind": "physical", "municipality": town})
    for typed in (word, word[:-3], f"{word} brien", f"{word} {word[:-1]}x"):
        for km, count in ((1, 1), (40, 1), (300, 4), (900, 5)):
            found = page(client, search=typed, near="41.3275,19.8187", within_km=km, sort="relevance")
            assert found["total_items"] == count, (typed, km)


def test_a_country_is_asked_for_without_naming_all_its_places(directory: Directory) -> None:
    """Romania has more than three thousand; they were sent, and weighed, with every statement."""
    asked: Any = ServiceSearch(said_since=directory.clock.now(), available_to="RO")
    with directory.engine.connect() as connection:
        condition = plan_search(connection, asked).condition()
    assert len(str(dict(condition.values))) < 1000


@pytest.mark.parametrize(
    ("serves", "is_there"), [("RO", True), ("RO-buftea", True), ("RO-county-ilfov", True), ("BG", False)]
)
def test_who_serves_anywhere_in_a_country_is_there_for_it(
    agency: Agency, client: Any, serves: str, is_there: bool
) -> None:
    owner = agency.publish(serves=["AL-tirane", serves], location=HERE)["organization_id"]
    assert (page(client, organization_id=owner, available_to="RO")["total_items"] == 1) is is_there
