"""Public answers judged by the official schemas of HSDS, versions 3.0 and 3.1, formats included."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.directory import Agency
from tests.support.hsds import faults, judge, needs_schemas

pytestmark = needs_schemas


@pytest.fixture(params=["3.0", "3.1"])
def version(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def service(agency: Agency) -> dict[str, Any]:
    organization = agency.organization(
        email="info@example.org", website="https://example.org", phone="116 111", alternate_name="Agimi"
    )
    return agency.publish(
        organization_id=organization,
        alternate_name="Counselling",
        email="a@example.org",
        url="https://example.org/a",
        phone="116 111",
        wait_time="2 weeks",
        alert="Closed in August",
        eligibility_description="Children of the town",
        application_process="Call us",
        fees_description="Free",
        schedule=[{"byday": "MO,TU", "opens_at": "08:00", "closes_at": "16:00", "description": "by appointment"}],
        translations=[{"language": "en", "field": "name", "text": "Counselling"}],
        sex="female",
        serves=["AL-tirane", "AL-county-berat", "AL"],
    )


def answers(client: Any, service: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    own = f"organization_id={service['organization_id']}"
    yield "compiled/service.json", client.get(f"/services/{service['id']}").json()
    yield "compiled/service.json", client.get(f"/services?{own}&full=true").json()["contents"][0]
    yield "compiled/organization.json", client.get(f"/organizations/{service['organization_id']}").json()
    yield "compiled/organization.json", client.get("/organizations?full=true&per_page=1").json()["contents"][0]
    pair = client.get(f"/service_at_locations?{own}&full=true").json()["contents"][0]
    yield "compiled/service_at_location.json", pair
    yield "compiled/service_at_location.json", client.get(f"/service_at_locations/{pair['id']}").json()


def plain_answers(client: Any, service: dict[str, Any], profile: str) -> Iterator[tuple[str, Any]]:
    own = f"profile={profile}&organization_id={service['organization_id']}"
    yield "compiled/service_list.json", client.get(f"/services?{own}").json()["contents"][0]
    yield "compiled/organization_list.json", client.get("/organizations?per_page=1").json()["contents"][0]
    pair = client.get(f"/service_at_locations?{own}").json()["contents"][0]
    yield "compiled/service_at_location_list.json", pair
    taxonomy = client.get("/taxonomies").json()["contents"][0]
    yield "taxonomy.json", taxonomy
    yield "taxonomy.json", client.get(f"/taxonomies/{taxonomy['id']}").json()


def test_nested_answers_conform(client: Any, service: dict[str, Any], version: str) -> None:
    for name, document in answers(client, service):
        assert faults(judge(version, name), document) == [], name
    term = client.get("/taxonomy_terms?per_page=1").json()["contents"][0]
    assert faults(judge(version, "taxonomy_term.json"), term) == []


def test_plain_answers_conform_and_invent_no_field(client: Any, service: dict[str, Any], version: str) -> None:
    for name, document in plain_answers(client, service, f"hsds-{version}"):
        assert faults(judge(version, name, strict=True), document) == [], name


def test_of_lists_only_the_announced_additions_are_unknown(client: Any, service: dict[str, Any], version: str) -> None:
    for name, document in plain_answers(client, service, "lidhja"):
        for shown in (document, document.get("service", {})):
            shown.pop("sex", None)
        document.get("location", {}).pop("precision", None)
        assert faults(judge(version, name, strict=True), document) == [], name


def test_of_the_nested_service_only_the_announced_additions_are_unknown(
    client: Any, service: dict[str, Any], version: str
) -> None:
    document = client.get(f"/services/{service['id']}").json()
    for addition in ("translations", "confirm_by", "sex"):
        document.pop(addition)
    document["capacities"][0].pop("reported_at")
    document["service_at_locations"][0]["location"].pop("precision")
    if version == "3.0":
        document.pop("capacities")
    assert faults(judge(version, "compiled/service.json", strict=True), document) == []


def test_the_judge_sees_faults(client: Any, service: dict[str, Any], version: str) -> None:
    checker, good = judge(version, "compiled/service.json"), client.get(f"/services/{service['id']}").json()
    for change in ({"name": None}, {"status": "open"}, {"id": "seven"}, {"email": "nobody"}, {"last_modified": "now"}):
        assert faults(checker, {**copy.deepcopy(good), **change}) != [], change
    good.pop("name")
    assert faults(checker, good) != []


def test_no_answer_holds_an_empty_field(client: Any, agency: Agency) -> None:
    listing = agency.publish(minimum_age=None, maximum_age=None, location={"kind": "virtual"}, capacity=None)

    def empties(node: Any, path: str = "") -> Iterator[str]:
        if isinstance(node, dict):
            for name, value in node.items():
                yield from empties(value, f"{path}/{name}")
        elif isinstance(node, list) and node:
            for value in node:
                yield from empties(value, path)
        elif node in (None, "", []):
            yield path

    assert list(empties(client.get(f"/services/{listing['id']}").json())) == []


def test_the_root_says_which_version_and_where_it_is_described(client: Any) -> None:
    details = client.get("/").json()
    assert details["version"] == "3.0"
    assert client.get("/openapi.json").json()["openapi"] == "3.0.3"
    assert details["openapi_url"].endswith("/openapi.json")
