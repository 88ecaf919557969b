"""Feeds of others: what is in them is what it is, takes no more room than it may, and takes nothing from anybody."""

from __future__ import annotations

import io
import json
import uuid
import zipfile
from collections.abc import Iterator
from typing import Any

import pytest

from services.directory.adapters import import_package
from services.directory.bootstrap import Directory
from services.directory.domain.hsds_check import document_of_row
from services.directory.domain.hsds_kinds import kind_of
from tests.support.directory import Agency
from tests.support.hsds import FOLDER, VERSIONS, example, needs_schemas
from tests.support.imports import codes_of, imported, packed
from tests.support.own_directory import OwnDirectory, own_directory


def test_a_package_that_is_cancelled_is_read_no_further(
    agency: Agency, directory: Directory, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = "".join(f"Service {n}\n" for n in range(9000))
    import_id = agency.upload(packed({"services": f"name\n{rows}"}), format="hsds-package").json()["id"]
    told: list[Any] = []

    def cancel_at_the_first(*given: Any) -> Any:
        if not told:
            assert agency.post(f"/imports/{import_id}/cancel").status_code == 200
        told.append(given)
        return document_of_row(*given)

    monkeypatch.setattr(import_package, "document_of_row", cancel_at_the_first)
    while directory.run_next_import():
        pass
    assert 0 < len(told) < 9000
    assert agency.get(f"/imports/{import_id}").json()["state"] == "cancelled"


# What becomes of the first record of each official example; the others are the organization and the services within.
EXAMPLES = {
    "base": ("organization", "unknown_kind"),
    "location": ("location", "told_within_services"),
    "organization_full": ("organization", None),
    "organization_list": ("organization", None),
    "service_at_location_full": ("organization", None),
    "service_at_location_list": ("organization", None),
    "service_full": ("organization", None),
    "service_list": ("organization", None),
    "tabular": ("organization", "unknown_kind"),
    "taxonomy": ("taxonomy", None),
    "taxonomy_list": ("taxonomy", None),
    "taxonomy_term": ("taxonomy_term", None),
    "taxonomy_term_list": ("taxonomy_term", None),
}


@pytest.fixture(scope="module")
def own() -> Iterator[OwnDirectory]:
    """A directory in which nobody has the ids of the examples yet."""
    with own_directory() as built:
        yield built


@needs_schemas
@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("format", ["hsds-json", "ndjson"])
def test_every_official_example_is_taken_for_what_it_is(own: OwnDirectory, version: str, format: str) -> None:
    agency = Agency(own.client, own.issuer)
    names = sorted(path.stem for path in (FOLDER / f"hsds-{version}" / "examples").glob("*.json"))
    assert names == sorted(EXAMPLES)
    for name in names:
        given = example(version, name)
        documents = given.get("contents", [given])
        content = json.dumps(given) if format == "hsds-json" else "\n".join(map(json.dumps, documents))
        job = imported(own.directory, agency, content, format=format, country="AL", dry_run=True)
        kind, code = EXAMPLES[name]
        first = job["rows"][0]
        assert (first["kind"], first["errors"][0]["code"] if first["errors"] else None) == (kind, code), name
        if code is None:
            assert codes_of(job) == [], name
        if name.startswith("service_") and code is None:
            assert job["rows"][1]["kind"] == "service"


@pytest.mark.parametrize(
    ("document", "kind"),
    [
        ({"name": "A", "description": "B"}, "organization"),
        ({"name": "A", "description": "B", "url": "https://example.org", "email": "a@example.org"}, "organization"),
        ({"name": "A", "description": "B", "x_ours": 1, "services": []}, "organization"),
        ({"name": "A", "organization_id": "22222222-2222-4222-8222-222222222222"}, "service"),
        ({"name": "A", "description": "B", "schedules": [], "languages": []}, "service"),
        ({"name": "A", "description": "B", "code": "C"}, "taxonomy_term"),
        ({"name": "A", "description": "B", "parent_id": "22222222-2222-4222-8222-222222222222"}, "taxonomy_term"),
        ({"name": "A", "description": "B", "extent": "AL"}, "service_area"),
        ({"name": "A", "title": "B", "department": "C"}, "contact"),
        ({"number": "116 111", "type": "voice"}, "phone"),
        ({"name": "A", "organization_id": "B", "location_type": "physical", "addresses": []}, "location"),
    ],
)
def test_the_fields_of_a_document_tell_what_it_is(document: dict[str, Any], kind: str) -> None:
    assert kind_of({"id": "11111111-1111-4111-8111-111111111111", **document}) == kind


def test_the_service_of_a_refused_organization_is_told_where_that_stands(agency: Agency, directory: Directory) -> None:
    owner, service = str(uuid.uuid4()), str(uuid.uuid4())
    tables = {
        "organizations": f"id,name,description\n{owner},Qendra pa shtet,Për fëmijë.\n",
        "services": f"id,organization_id,name,status\n{service},{owner},Shërbimi pa shtet,active\n",
    }
    job = imported(directory, agency, packed(tables), format="hsds-package")
    assert codes_of(job) == [("", "no_country"), ("organization_id", "organization_refused")]
    faults = [error for row in job["rows"] for error in row["errors"]]
    assert "(country)" in faults[0]["text"]
    assert faults[1]["text"] == "Its organization was refused (organizations.csv line 2)."


def test_what_is_nothing_of_hsds_is_refused(agency: Agency, directory: Directory) -> None:
    job = imported(directory, agency, '{"label_of_theirs": 1}', format="ndjson", country="AL")
    assert ("", "unknown_kind") in codes_of(job)


@needs_schemas
def test_a_taxonomy_that_was_sent_by_itself_is_kept_and_comes_out_again(agency: Agency, directory: Directory) -> None:
    taxonomy, term = example("3.1", "taxonomy"), example("3.1", "taxonomy_term")
    job = imported(directory, agency, "\n".join(map(json.dumps, (taxonomy, term))), format="ndjson")
    assert [(row["kind"], row["action"]) for row in job["rows"]] == [
        ("taxonomy", "created"),
        ("taxonomy_term", "created"),
    ]
    answer = agency.client.get("/exports/own", params={"format": "hsds-package"}, headers=bearer(agency))
    with zipfile.ZipFile(io.BytesIO(answer.content)) as package:
        assert set(package.namelist()) >= {"taxonomies.csv", "taxonomy_terms.csv"}
        assert "organizations.csv" not in package.namelist()
        assert term["term_uri"] in package.read("taxonomy_terms.csv").decode()


def bearer(agency: Agency) -> dict[str, str]:
    return dict(agency.issuer.bearer(agency_id=agency.id, scopes=agency.scopes))


def a_service(service_id: str, organization_id: str, place_id: str, name: str) -> dict[str, Any]:
    where = {"id": place_id, "location_type": "virtual", "name": f"Where {name} is"}
    return {
        "id": service_id,
        "organization_id": organization_id,
        "name": name,
        "status": "active",
        "service_at_locations": [{"id": place_id, "location": where}],
    }


def place_of(agency: Agency, service_id: str) -> str:
    return str(agency.client.get(f"/services/{service_id}").json()["service_at_locations"][0]["id"])


def shown_at(agency: Agency, place_id: str) -> str | None:
    answer = agency.client.get(f"/service_at_locations/{place_id}")
    return str(answer.json()["service"]["id"]) if answer.status_code == 200 else None


def latest_change(agency: Agency, place_id: str) -> str:
    told, after = [], 0
    while page := agency.client.get(f"/changes?after={after}&limit=500").json()["changes"]:
        told += [item["change"] for item in page if item["id"] == place_id]
        after = page[-1]["cursor"]
    return str(told[-1])


def test_nobody_takes_over_the_address_of_anothers_service_at_a_place(
    agency: Agency, other_agency: Agency, directory: Directory
) -> None:
    ours = agency.publish()
    fed = a_service(str(uuid.uuid4()), agency.organization(), str(uuid.uuid4()), "Of a feed")
    assert codes_of(imported(directory, agency, json.dumps(fed), format="ndjson", publish=True)) == []
    for service_id, place_id in ((ours["id"], place_of(agency, ours["id"])), (fed["id"], place_of(agency, fed["id"]))):
        low = f"{'0' * 8}{str(uuid.uuid4())[8:]}"
        theirs = a_service(low, other_agency.organization(), place_id.upper(), "Of others")
        job = imported(directory, other_agency, json.dumps(theirs), format="ndjson", publish=True)
        assert codes_of(job) == [("service_at_locations[0].id", "kept_by_another")]
        assert shown_at(agency, place_id) == service_id
        assert other_agency.client.get(f"/services/{low}").status_code == 404


def test_an_address_that_two_services_of_one_keeper_have_is_the_first_ones_and_withdrawn_with_the_last(
    agency: Agency, directory: Directory
) -> None:
    organization, place_id = agency.organization(), str(uuid.uuid4())
    first, second = f"{'f' * 8}{str(uuid.uuid4())[8:]}", f"{'0' * 8}{str(uuid.uuid4())[8:]}"
    for service_id in (first, second):
        document = a_service(service_id, organization, place_id, f"Service {service_id[:1]}")
        assert codes_of(imported(directory, agency, json.dumps(document), format="ndjson", publish=True)) == []
    assert shown_at(agency, place_id) == first
    assert agency.post(f"/listings/{second}/withdraw").status_code == 200
    assert (shown_at(agency, place_id), latest_change(agency, place_id)) == (first, "changed")
    assert agency.post(f"/listings/{first}/withdraw").status_code == 200
    assert (shown_at(agency, place_id), latest_change(agency, place_id)) == (None, "withdrawn")


def test_ages_that_are_not_whole_years_are_found_by_age_and_come_out_as_they_came(
    agency: Agency, directory: Directory, found: Any
) -> None:
    owner, service_id = agency.organization(), str(uuid.uuid4())
    told = a_service(service_id, owner, str(uuid.uuid4()), "From five and a half")
    told |= {"minimum_age": 5.5, "maximum_age": 17.5}
    assert codes_of(imported(directory, agency, json.dumps(told), format="ndjson", publish=True)) == []
    asked = {age: service_id in found(age=age, organization_id=owner) for age in (3, 4, 5, 10, 17, 18, 40)}
    assert asked == {3: False, 4: False, 5: True, 10: True, 17: True, 18: False, 40: False}
    assert found(minimum_age=5, organization_id=owner) == [service_id]
    shown = agency.client.get(f"/services/{service_id}").json()
    listed = agency.client.get("/services", params={"organization_id": owner}).json()["contents"][0]
    for answer in (shown, listed):
        assert (answer["minimum_age"], answer["maximum_age"]) == (5.5, 17.5)
    again = imported(directory, agency, json.dumps(told), format="ndjson", publish=True)
    assert [row["action"] for row in again["rows"]] == ["unchanged"]
