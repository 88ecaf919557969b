"""Every count of a facet is that of the search in which its value is chosen."""

from __future__ import annotations

from typing import Any

import pytest

from services.directory.bootstrap import Directory
from tests.support.directory import Agency
from tests.support.feeds import a_word, attribute, new_id, offering, place, published, service

PATHS = ("/services", "/service_at_locations")
# The parameter by which each facet's value is chosen.
CHOSEN_BY = {
    "term": "need", "language": "language", "accessibility": "accessibility", "municipality": "municipality",
    "accepts": "accepts", "sex": "sex", "taxonomy_term": "taxonomy_term_id",
}  # fmt: skip
BUCHAREST = {"near": "44.4268,26.1025", "within_km": 150}


def page(client: Any, path: str, **asked: Any) -> dict[str, Any]:
    answer = client.get(path, params=asked)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def counted(client: Any, path: str, **asked: Any) -> dict[str, dict[str, int]]:
    """Return what the facets count, each count compared with the search that chooses the value."""
    names = [name for name in CHOSEN_BY if name != "municipality" or not {"municipality", "within_km"} <= asked.keys()]
    facets = page(client, path, **asked, facets=",".join(names))["facets"]
    counts = {name: {each["value"]: each["count"] for each in facets[name]} for name in names}
    for name, values in counts.items():
        for value, count in values.items():
            also = {asked.get("accessibility", value), value} if name == "accessibility" else {value}
            chosen = {**asked, CHOSEN_BY[name]: ",".join(also)}
            assert page(client, path, **chosen)["total_items"] == count, (path, asked, name, value)
    return counts


@pytest.fixture
def owner(agency: Agency, client: Any) -> str:
    """Ten services of one organization, in a city, in a part of it and elsewhere; they differ in everything."""
    word, owner = a_word(), agency.organization()
    towns = [*["RO-bucuresti"] * 6, "RO-bucuresti-sector-1", "RO-bucuresti-sector-1", "RO-buftea", "RO-cluj-napoca"]
    for number, town in enumerate(towns):
        agency.publish(
            organization_id=owner,
            name=f"{word} {number}",
            location={"kind": "physical", "municipality": town},
            serves=[town],
            languages=["ro", "rom"] if number % 3 else ["ro"],
            sex=["any", "female", "male"][number % 3],
            accessibility=["lift", "wheelchair"] if number % 4 == 0 else ["wheelchair"] if number % 2 else [],
            taxonomy_terms=["legal-aid"] if number in (0, 6, 8) else ["psychosocial-support"],
            capacity={"available": number % 2},
        )
    return owner


@pytest.mark.parametrize("path", PATHS)
def test_what_is_counted_is_what_choosing_it_finds(client: Any, owner: str, path: str) -> None:
    questions: list[dict[str, Any]] = [
        {"municipality": "RO"},
        {"municipality": "RO-bucuresti", "within_km": 60},
        {**BUCHAREST, "municipality": "RO-bucuresti-sector-1"},
        {"need": "legal-aid", "sex": "female", "accessibility": "wheelchair"},
        {"accepts": "true", "municipality": "RO-bucuresti", "language": "rom"},
        {"search": "bucuresti", "need": "legal-aid", "language": "rom"},
        {"search": "cluj", "need": "legal-aid"},
        {"search": "buftea", **BUCHAREST},
        {"search": "nothing-of-all-this bucuresti", "need": "legal-aid", "available_to": "RO"},
    ]
    for asked in questions:
        counted(client, path, organization_id=owner, **asked)


@pytest.mark.parametrize("path", PATHS)
def test_a_town_is_counted_with_what_lies_in_it(client: Any, owner: str, path: str) -> None:
    towns = counted(client, path, organization_id=owner)["municipality"]
    assert towns == {"RO-bucuresti": 8, "RO-bucuresti-sector-1": 2, "RO-buftea": 1, "RO-cluj-napoca": 1}
    near = counted(client, path, organization_id=owner, **BUCHAREST)["municipality"]
    assert near == {"RO-bucuresti": 8, "RO-bucuresti-sector-1": 2, "RO-buftea": 1}


@pytest.mark.parametrize("path", PATHS)
def test_beside_a_point_a_municipality_and_a_code_are_no_centres(client: Any, owner: str, path: str) -> None:
    def total(**asked: Any) -> int:
        return int(page(client, path, organization_id=owner, **asked)["total_items"])

    assert total(**BUCHAREST) == 9
    assert total(**BUCHAREST, municipality="RO-buftea") == 1
    assert total(**BUCHAREST, municipality="RO-cluj-napoca") == 0
    assert total(**BUCHAREST, postcode="no-such-code") == 0
    assert total(municipality="RO-buftea", within_km=150) == 9


@pytest.mark.parametrize("path", PATHS)
def test_a_choice_adds_nothing_to_what_the_words_found(client: Any, owner: str, path: str) -> None:
    """Eight lie in the town, so nothing around it is looked at, however few of the eight are of the kind chosen."""
    asked = {"organization_id": owner, "search": "bucuresti"}
    assert counted(client, path, **asked)["term"]["legal-aid"] == 2
    without = {each["id"] for each in page(client, path, **asked)["contents"]}
    chosen = page(client, path, **asked, need="legal-aid")["contents"]
    assert {each["id"] for each in chosen} < without
    lines = client.get(path, params={**asked, "need": "legal-aid", "format": "ndjson"}).text.splitlines()
    assert len(lines) == len(chosen)


@pytest.mark.parametrize("path", PATHS)
def test_a_choice_that_leaves_nothing_is_looked_for_further_away(client: Any, owner: str, path: str) -> None:
    found = page(client, path, organization_id=owner, search="cluj", need="legal-aid")
    assert found["total_items"] > 0


@pytest.mark.parametrize("path", PATHS)
def test_no_town_is_counted_where_distances_are_measured_from_one(client: Any, path: str) -> None:
    asked = {"municipality": "RO-bucuresti", "within_km": 5, "facets": "municipality"}
    for answer in (
        client.get(path, params=asked),
        client.post(path, json={**asked, "facets": ["municipality"]}),
        client.get(path, params={"municipality": "RO-bucuresti", "proximity": 5000, "facets": "municipality"}),
    ):
        assert answer.status_code == 400
        assert [error["parameter"] for error in answer.json()["errors"]] == ["facets"]


@pytest.mark.parametrize("path", PATHS)
def test_places_that_are_judged_one_by_one_are_counted_as_they_are_found(
    client: Any, agency: Agency, directory: Directory, path: str
) -> None:
    word, term = a_word(), new_id()
    first = place("AL-tirane", point=(41.33, 19.82), accessibility=["lift", "wheelchair"])
    second = place("AL-shkoder", point=(42.07, 19.51), accessibility=["braille"], attributes=[attribute(term, "Own")])
    told = service(word, [first, second], attributes=offering("legal-aid"))
    published(directory, agency, told)
    near = {"near": "41.33,19.82", "within_km": 10}
    both = ({}, near, {**near, "within_km": 200}, {"municipality": "AL-tirane"}, {"taxonomy_term_id": term})
    for asked in (*both, {"accessibility": "lift"}, {"accessibility": "braille", "need": "legal-aid"}):
        counted(client, path, search=word, **asked)
