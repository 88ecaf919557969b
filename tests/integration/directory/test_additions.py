"""What public answers add to HSDS: for whom a service is and how well its place is known; and no null anywhere."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.directory import Agency

VERSIONS = ("3.0", "3.1")


def nulls(node: Any, path: str = "") -> Iterator[str]:
    if isinstance(node, dict | list):
        for name, value in node.items() if isinstance(node, dict) else enumerate(node):
            yield from nulls(value, f"{path}/{name}")
    elif node is None:
        yield path


def test_no_public_answer_says_null(client: Any, agency: Agency) -> None:
    said = [{"language": "en", "field": "name", "text": "Help"}]
    owner = agency.organization(translations=said)
    listing = agency.publish(organization_id=owner, translations=said, sex="male", capacity={"available": 1})
    (pair,) = client.get(f"/services/{listing['id']}").json()["service_at_locations"]
    own = f"organization_id={owner}"
    for path in (
        f"/services/{listing['id']}", f"/services?{own}&full=true&facets=sex,taxonomy_term", f"/services?{own}",
        f"/organizations/{owner}?full_service=true", f"/service_at_locations/{pair['id']}",
    ):  # fmt: skip
        answer = client.get(path, headers={"Accept-Language": "en"})
        assert list(nulls(answer.json())) == [], path
        assert '"translations"' in answer.text or path == f"/services?{own}"


@pytest.mark.parametrize(("sex", "told"), [("female", "female"), ("male", "male"), ("any", None)])
def test_whom_a_service_is_for_is_told_wherever_it_is_shown(
    client: Any, agency: Agency, sex: str, told: str | None
) -> None:
    listing = agency.publish(sex=sex)
    own = f"organization_id={listing['organization_id']}"
    one = client.get(f"/services/{listing['id']}").json()
    (line,) = client.get(f"/services?{own}&format=ndjson").text.splitlines()
    (pair,) = client.get(f"/service_at_locations?{own}&full=true").json()["contents"]
    (within,) = client.get(f"/organizations/{listing['organization_id']}").json()["services"]
    assert [shown.get("sex") for shown in (one, json.loads(line), pair["service"], within)] == [told] * 4
    assert one.get("sex", "any") == agency.get(f"/listings/{listing['id']}").json()["sex"]
    for version in VERSIONS:
        assert "sex" not in client.get(f"/services/{listing['id']}?profile=hsds-{version}").json()
    (exported,) = agency.get("/exports/own?format=hsds-json&profile=lidhja").json()
    assert exported["lidhja"]["sex"] == sex


def test_a_place_that_nobody_has_located_says_so(client: Any, agency: Agency) -> None:
    owner, near = agency.organization(), {"near": "42.0683,19.5126", "within_km": 20}
    roughly = {"kind": "physical", "municipality": "AL-shkoder"}
    exactly = {**roughly, "latitude": 42.0701, "longitude": 19.5201}
    told = []
    for location in (roughly, exactly):
        listing = agency.publish(organization_id=owner, location=location)
        (place,) = client.get(f"/services/{listing['id']}").json()["service_at_locations"]
        in_list = client.get("/service_at_locations", params={"organization_id": owner, **near}).json()["contents"]
        assert [each["location"] for each in in_list if each["id"] == place["id"]] == [
            {name: value for name, value in place["location"].items() if name != "addresses"}
        ]
        told.append(place["location"].get("precision"))
        plain = client.get(f"/services/{listing['id']}?profile=hsds-3.0").json()["service_at_locations"][0]
        assert "precision" not in plain["location"]
        assert plain["location"]["latitude"] == place["location"]["latitude"]
    assert told == ["municipality", None]


def test_of_a_place_that_must_not_be_known_no_precision_is_told(client: Any, agency: Agency) -> None:
    hidden = agency.publish(location={"kind": "confidential", "municipality": "AL-shkoder", "address_1": "Rr. 1"})
    assert "precision" not in client.get(f"/services/{hidden['id']}").text
