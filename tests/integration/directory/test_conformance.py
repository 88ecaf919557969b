"""Every public answer judged by the official schemas: for records with all of HSDS filled, in both versions.

A record of an official example comes back equal: each property of the example has the same value, lists in the same
order, in the service, in its organization and at its place. Only the time of change is our own; whose a service is,
which the example does not say, and by when it is to be confirmed are added.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from tests.support.hsds import VERSIONS, example, faults, judge, needs_schemas, take_over
from tests.support.own_directory import OwnDirectory, own_directory

pytestmark = needs_schemas
OURS = {"last_modified"}
LISTS = {
    "/services": ("compiled/service_list.json", "compiled/service.json"),
    "/organizations": ("compiled/organization_list.json", "compiled/organization.json"),
    "/service_at_locations": ("compiled/service_at_location_list.json", "compiled/service_at_location.json"),
    "/taxonomies": ("taxonomy.json", "taxonomy.json"),
    "/taxonomy_terms": ("taxonomy_term.json", "taxonomy_term.json"),
}


@pytest.fixture(scope="module", params=VERSIONS)
def version(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def whole(version: str) -> Iterator[OwnDirectory]:
    """A directory with the official example and a service of its own, with a history."""
    service, organization = example(version, "service_full"), example(version, "organization_full")
    with own_directory() as built:
        take_over(built.directory, service, organization)
        second = {**service, "id": "bc148810-d857-441c-9679-408f346de14c", "name": "Second"}
        take_over(built.directory, second, organization, taxonomy_terms=("psychosocial-support",), languages=("sq",))
        with built.directory.unit_of_work() as uow:
            listing = uow.listings.get(second["id"])
            assert listing is not None
            listing.revise(replace(listing.content, alert="Moved"), built.directory.clock.now())
            uow.listings.save(listing)
            uow.commit()
        yield built


def differences(expected: Any, actual: Any, path: str = "") -> list[str]:
    """Return where the actual lacks, or says differently, what is expected."""
    if isinstance(expected, dict) and isinstance(actual, dict):
        names = set(expected) - OURS
        return [line for name in names for line in differences(expected[name], actual.get(name), f"{path}/{name}")]
    if isinstance(expected, list) and isinstance(actual, list) and len(expected) == len(actual):
        pairs = enumerate(zip(expected, actual, strict=True))
        return [line for n, (left, right) in pairs for line in differences(left, right, f"{path}/{n}")]
    return [] if expected == actual else [f"{path}: {str(expected)[:60]} is {str(actual)[:60]}"]


def test_the_official_service_comes_back_equal(whole: OwnDirectory, version: str) -> None:
    given = example(version, "service_full")
    got = whole.client.get(f"/services/{given['id']}").json()
    assert differences(given, got) == []
    assert set(got) - set(given) == {"organization_id", "confirm_by"}


def test_the_official_organization_comes_back_equal(whole: OwnDirectory, version: str) -> None:
    given = example(version, "organization_full")
    given.pop("services")
    got = whole.client.get(f"/organizations/{given['id']}").json()
    assert differences(given, got) == []
    assert len(got["services"]) == 2


def test_the_official_place_comes_back_equal(whole: OwnDirectory, version: str) -> None:
    given = example(version, "service_at_location_full")
    got = whole.client.get(f"/service_at_locations/{given['id']}").json()
    given.pop("service")
    assert differences(given, got) == []


@pytest.mark.parametrize("path", LISTS)
@pytest.mark.parametrize("shape", ["", "&full=true"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_every_list_conforms_and_in_the_plain_profile_invents_nothing(
    whole: OwnDirectory, version: str, path: str, shape: str, method: str
) -> None:
    if shape and path.startswith("/taxonom"):
        return
    name = LISTS[path][1 if shape else 0]
    for profile, strict in (("lidhja", False), (f"hsds-{version}", True)):
        query = f"{path}?profile={profile}{shape}"
        page = whole.client.request(method, query).json()
        lines = whole.client.request(method, f"{query}&format=ndjson").text.splitlines()
        assert [json.loads(line) for line in lines[: page["size"]]] == page["contents"]
        assert page["size"] > 0
        for entry in page["contents"]:
            assert faults(judge(version, name, strict=strict), entry) == [], query


@pytest.mark.parametrize("path", LISTS)
def test_every_single_record_conforms(whole: OwnDirectory, version: str, path: str) -> None:
    name, entries = LISTS[path][1], whole.client.get(path).json()["contents"]
    assert entries
    for entry in entries:
        assert faults(judge(version, name), whole.client.get(f"{path}/{entry['id']}").json()) == []
        plain = whole.client.get(f"{path}/{entry['id']}?profile=hsds-{version}").json()
        assert faults(judge(version, name, strict=True), plain) == []


def test_full_service_nests_the_services_in_full(whole: OwnDirectory, version: str) -> None:
    entry = whole.client.get("/organizations?full_service=true").json()["contents"][0]
    assert "contacts" in entry["services"][0]
    assert faults(judge(version, "compiled/organization.json"), entry) == []


def test_what_changed_is_told_as_metadata_and_by_no_person(whole: OwnDirectory) -> None:
    (second,) = whole.client.get("/services?search=second&full=true").json()["contents"]
    latest = second["metadata"][0]
    # HSDS requires both values; of a text neither is told.
    assert (latest["field_name"], latest["previous_value"], latest["replacement_value"]) == ("alert", "", "")
    assert (latest["last_action_type"], latest["updated_by"]) == ("update", "the directory")


@pytest.mark.parametrize(
    "fault", [{"name": None}, {"status": "open"}, {"id": "seven"}, {"email": "nobody"}, {"phones": [{"number": "1"}]}]
)
def test_the_judge_sees_faults(whole: OwnDirectory, version: str, fault: dict[str, Any]) -> None:
    good = whole.client.get("/services?full=true").json()["contents"][0]
    assert faults(judge(version, "compiled/service.json"), {**good, **fault}) != []
    without = {name: value for name, value in good.items() if name != "name"}
    assert faults(judge(version, "compiled/service.json"), without) != []


def test_a_crawl_reads_every_page_and_every_parameter_with_values_of_rich_records(whole: OwnDirectory) -> None:
    service = whole.client.get("/services?search=second&full=true").json()["contents"][0]
    term = whole.client.get("/taxonomy_terms?search=psychosocial").json()["contents"][0]
    place = service["service_at_locations"][0]["location"]
    schedule = service["schedules"][0]
    harvested = {
        "search": service["name"],
        "taxonomy_term_id": term["id"],
        "taxonomy_id": term["taxonomy_id"],
        "organization_id": service["organization"]["id"],
        "modified_after": service["last_modified"],
        "minimum_age": service["minimum_age"],
        "maximum_age": service["maximum_age"],
        "day": schedule["byday"].split(",")[0],
        "start_time": schedule["opens_at"],
        "end_time": schedule["closes_at"],
        "postcode": place["addresses"][0]["postal_code"],
    }
    for path in ("/services", "/service_at_locations"):
        for name, value in harvested.items():
            for answer in (
                whole.client.get(path, params={name: value}),
                whole.client.post(path, json={name: value}),
            ):
                assert answer.status_code == 200, (path, name, answer.text)
                found = [entry.get("service", entry)["id"] for entry in answer.json()["contents"]]
                assert service["id"] in found, (path, name)
        together = whole.client.get(path, params={**harvested, "proximity": "100"})
        assert together.json()["total_items"] == 1
    pages = whole.client.get("/taxonomy_terms?per_page=2").json()["total_pages"]
    seen = [
        entry["id"]
        for page in range(1, pages + 1)
        for entry in whole.client.get(f"/taxonomy_terms?per_page=2&page={page}").json()["contents"]
    ]
    assert len(seen) == len(set(seen)) == whole.client.get("/taxonomy_terms").json()["total_items"]
