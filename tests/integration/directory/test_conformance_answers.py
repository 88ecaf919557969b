"""Every kind of public answer judged by the official API description: pages, minimal lists, other languages, lines."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from services.directory.domain.translation import Origin, Translation
from services.directory.domain.versions import Change
from tests.support.hsds import VERSIONS, answer_judge, example, faults, judge, needs_schemas, take_over
from tests.support.own_directory import OwnDirectory, own_directory

pytestmark = needs_schemas
LISTS = ("/services", "/organizations", "/service_at_locations", "/taxonomies", "/taxonomy_terms")
FULL = {
    "/services": "compiled/service.json",
    "/organizations": "compiled/organization.json",
    "/service_at_locations": "compiled/service_at_location.json",
    "/taxonomies": "taxonomy.json",
    "/taxonomy_terms": "taxonomy_term.json",
}
_AT = datetime(2026, 1, 15, tzinfo=UTC)


@pytest.fixture(scope="module", params=VERSIONS)
def version(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def rich(version: str) -> Iterator[OwnDirectory]:
    """A directory with the official example, told in Albanian as well, and three more services like it."""
    service, organization = example(version, "service_full"), example(version, "organization_full")
    told = [
        Translation(field=name, language="sq", text=f"Në shqip: {name}", origin=Origin.HUMAN, at=_AT)
        for name in ("name", "description")
    ]
    with own_directory() as built:
        for number in range(4):
            record = {**service, "id": f"0c148810-d857-441c-9679-408f346de14{number}", "name": f"Rich {number}"}
            take_over(
                built.directory, record, organization, taxonomy_terms=("psychosocial-support",), languages=("sq",),
                source_language="en", translations=tuple(told),
            )  # fmt: skip
        with built.directory.unit_of_work() as uow:
            owner = uow.organizations.get(organization["id"])
            assert owner is not None
            own = replace(owner, source_language="en", translations=tuple(told))
            uow.organizations.save(own, Change(action="edit", at=_AT))
            uow.commit()
        yield built


def plain(version: str) -> str:
    return f"hsds-{version}"


@pytest.mark.parametrize("path", ["/", *LISTS])
def test_what_is_answered_is_what_the_official_description_of_the_api_says(
    rich: OwnDirectory, version: str, path: str
) -> None:
    for query in ("", f"?profile={plain(version)}"):
        answer = rich.client.get(path + query).json()
        assert faults(answer_judge(version, path), answer) == []
    if path != "/":
        page = set(json.loads(json.dumps(answer)))
        named = {"total_items", "total_pages", "page_number", "size", "first_page", "last_page", "empty", "contents"}
        assert page == named


@pytest.mark.parametrize("path", LISTS)
def test_a_page_in_the_middle_and_one_beyond_the_end_are_pages_too(rich: OwnDirectory, version: str, path: str) -> None:
    for number in (2, 1_000):
        answer = rich.client.get(f"{path}?per_page=1&page={number}").json()
        assert faults(answer_judge(version, path), answer) == []
        assert answer["page_number"] == number
    assert answer["empty"] is True


@pytest.mark.parametrize("fault", [{"total_items": "4"}, {"empty": None}, {"first_page": 1}, {"contents": {}}])
def test_the_judge_of_answers_sees_faults(rich: OwnDirectory, version: str, fault: dict[str, Any]) -> None:
    good = rich.client.get("/services").json()
    assert faults(answer_judge(version, "/services"), good) == []
    assert faults(answer_judge(version, "/services"), {**good, **fault}) != []
    nameless = [{name: value for name, value in entry.items() if name != "name"} for entry in good["contents"]]
    assert faults(answer_judge(version, "/services"), {**good, "contents": nameless}) != []


def test_a_minimal_list_says_when_each_changed_as_a_whole_record_would(rich: OwnDirectory, version: str) -> None:
    described = judge(version, "compiled/service.json").schema["properties"]
    contents = rich.client.get(f"/services?minimal=true&profile={plain(version)}").json()["contents"]
    assert len(contents) == 4
    for entry in contents:
        assert set(entry) == {"id", "last_modified", "modified_date"}
        for name in ("id", "last_modified"):
            assert faults(judge(version, "compiled/service.json").evolve(schema=described[name]), entry[name]) == []


@pytest.mark.parametrize("path", LISTS)
@pytest.mark.parametrize("language", ["sq", "sr-Cyrl", "ro;q=0.9, sq;q=0.5"])
def test_in_another_language_a_plain_answer_invents_nothing(
    rich: OwnDirectory, version: str, path: str, language: str
) -> None:
    shape = "" if path.startswith("/taxonom") else "&full=true"
    asked = {"Accept-Language": language}
    page = rich.client.get(f"{path}?profile={plain(version)}{shape}", headers=asked).json()
    assert page["contents"]
    for entry in page["contents"]:
        assert faults(judge(version, FULL[path], strict=True), entry) == []
        one = rich.client.get(f"{path}/{entry['id']}?profile={plain(version)}", headers=asked).json()
        assert faults(judge(version, FULL[path], strict=True), one) == []


def test_in_albanian_the_texts_are_albanian_and_only_our_own_profile_marks_them(
    rich: OwnDirectory, version: str
) -> None:
    asked = {"Accept-Language": "sq"}
    (ours,) = rich.client.get("/organizations?full=true", headers=asked).json()["contents"]
    (theirs,) = rich.client.get(f"/organizations?full=true&profile={plain(version)}", headers=asked).json()["contents"]
    assert ours["name"] == theirs["name"] == "Në shqip: name"
    assert ours["translated"]["name"]["origin"] == "human"
    assert {"translated", "official_name"}.isdisjoint(theirs)
    for profile in ("lidhja", plain(version)):
        found = rich.client.get(f"/services?profile={profile}", headers=asked).json()["contents"]
        assert {entry["name"] for entry in found} == {"Në shqip: name"}


@pytest.mark.parametrize("shape", ["full_service=true", "full_service=true&full=true", "full=true"])
def test_services_within_organizations_are_plain_too(rich: OwnDirectory, version: str, shape: str) -> None:
    for profile, strict in (("lidhja", False), (plain(version), True)):
        (entry,) = rich.client.get(f"/organizations?profile={profile}&{shape}").json()["contents"]
        assert faults(judge(version, "compiled/organization.json", strict=strict), entry) == []
        assert len(entry["services"]) == 4


@pytest.mark.parametrize("path", LISTS)
def test_every_line_conforms_and_there_is_one_for_each_record(rich: OwnDirectory, version: str, path: str) -> None:
    shape = "" if path.startswith("/taxonom") else "&full=true"
    query = f"{path}?profile={plain(version)}&per_page=1{shape}"
    lines = [json.loads(line) for line in rich.client.get(f"{query}&format=ndjson").text.splitlines()]
    assert len(lines) == rich.client.get(query).json()["total_items"] > 0
    for line in lines:
        assert faults(judge(version, FULL[path], strict=True), line) == []
