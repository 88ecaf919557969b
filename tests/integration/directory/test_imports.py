"""Files of services: tried, done, told row by row; nothing of another agency's is touched, and a kill loses nothing."""

from __future__ import annotations

import csv
import io
import json
import os
import zipfile
from pathlib import Path
from typing import Any

import pytest

from services.directory.bootstrap import Directory
from tests.architecture.sources import ROOT
from tests.support.directory import Agency

FOLDER = Path(os.environ.get("HSDS_CONFORMANCE_DIR") or ROOT.parent / "shared" / "conformance")
needs_official_files = pytest.mark.skipif(not FOLDER.is_dir(), reason="set HSDS_CONFORMANCE_DIR to the official files")
HEADER = "reference,name,description,kinds of help,languages,serves,municipality,minimum age,phone\n"
ROW = "a1,Qendra Agimi,Talks and games.,psychosocial-support,sq;en,AL-tirane,AL-tirane,6,116 000\n"


@pytest.fixture
def finish(agency: Agency, directory: Directory) -> Any:
    """Send a file, let the worker do its work, and return the import with its rows."""

    def run(content: str | bytes, *, by: Agency | None = None, **parameters: Any) -> dict[str, Any]:
        answer = (by or agency).upload(content, **parameters)
        assert answer.status_code == 202, answer.text
        return work_off(by or agency, directory, answer.json()["id"])

    return run


def work_off(agency: Agency, directory: Directory, import_id: str) -> dict[str, Any]:
    while directory.run_next_import():
        pass
    job = agency.get(f"/imports/{import_id}").json()
    return {**job, "rows": agency.get(f"/imports/{import_id}/rows").json()["items"]}


def errors_of(job: dict[str, Any]) -> list[tuple[str, str]]:
    return [(error["column"], error["code"]) for row in job["rows"] for error in row["errors"]]


def test_another_agency_knows_nothing_of_an_import(agency: Agency, other_agency: Agency) -> None:
    import_id = agency.upload(HEADER + ROW).json()["id"]
    for path in (f"/imports/{import_id}", f"/imports/{import_id}/rows"):
        assert other_agency.get(path).status_code == 404
    for step in ("cancel", "apply"):
        assert other_agency.post(f"/imports/{import_id}/{step}").status_code == 404
    assert import_id not in [item["id"] for item in other_agency.get("/imports").json()["items"]]


def test_nobody_imports_into_an_organization_of_others(agency: Agency, other_agency: Agency) -> None:
    theirs = agency.organization()
    assert other_agency.upload(HEADER + ROW, organization_id=theirs).status_code == 404


def test_a_trial_reports_and_writes_nothing_then_the_same_file_is_applied(
    agency: Agency, directory: Directory, finish: Any
) -> None:
    organization = agency.organization()
    bad = "a2,,Only talks.,nonsense,german,Atlantis,,200,\n"
    tried = finish(HEADER + ROW + bad, organization_id=organization)
    assert (tried["state"], tried["counts"]["created"], tried["counts"]["refused"]) == ("checked", 1, 1)
    assert set(errors_of(tried)) == {
        ("name", "missing"), ("terms", "unknown_term"), ("languages", "unknown_language"),
        ("serves", "unknown_municipality"), ("minimum_age", "not_age"),
    }  # fmt: skip
    assert agency.get("/listings").json()["items"] == []
    assert agency.post(f"/imports/{tried['id']}/apply").status_code == 202
    done = work_off(agency, directory, tried["id"])
    assert (done["state"], done["dry_run"], done["counts"]["created"]) == ("done", False, 1)
    [listing] = agency.get("/listings").json()["items"]
    assert (listing["name"], listing["status"], listing["minimum_age"]) == ("Qendra Agimi", "draft", 6)
    assert agency.post(f"/imports/{tried['id']}/apply").status_code == 409


def test_the_same_file_again_changes_nothing_and_a_changed_row_is_a_new_version(agency: Agency, finish: Any) -> None:
    wanted = {"organization_id": agency.organization(), "dry_run": False, "publish": True}
    first = finish(HEADER + ROW, **wanted)
    assert first["rows"][0]["action"] == "created", first
    listing_id = first["rows"][0]["id"]
    assert agency.client.get(f"/services/{listing_id}").json()["phones"][0]["number"] == "116 000"
    version = agency.get(f"/listings/{listing_id}").json()["version"]
    assert finish(HEADER + ROW, **wanted)["rows"][0]["action"] == "unchanged"
    assert agency.get(f"/listings/{listing_id}").json()["version"] == version
    assert finish(HEADER + ROW.replace("Agimi", "Drita"), **wanted)["rows"][0]["action"] == "updated"
    assert agency.client.get(f"/services/{listing_id}").json()["name"] == "Qendra Drita"
    assert agency.get(f"/listings/{listing_id}").json()["version"] > version


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ("", "empty_file"),
        ("a,b\n1,2\n", "no_columns"),
        ("name,phone\nA,1\n", "missing_columns"),
        ("name,description,kinds of help,languages\nЦентар\n".encode("cp1251"), "not_utf8"),
        ("name;description\n".encode("utf-16"), "not_utf8"),
        (HEADER + 'a,"never closed\n', "bad_csv"),
        (HEADER + "a," + "x" * 200_000 + "\n", "field_too_long"),
        (HEADER + "y" * 1_100_000, "line_too_long"),
    ],
)
def test_a_file_that_cannot_be_read_says_why_and_leaves_nothing(
    agency: Agency, finish: Any, content: str | bytes, code: str
) -> None:
    job = finish(content, organization_id=agency.organization(), dry_run=False)
    assert (job["state"], job["problem"]["code"]) == ("failed", code)
    assert "{" not in job["problem"]["text"]
    assert agency.get("/listings").json()["items"] == []


@pytest.mark.parametrize(
    "content",
    [
        "\ufeff" + HEADER + ROW,
        (HEADER + ROW).replace(";", "|").replace(",", ";"),
        (HEADER + ROW).replace(",", "\t"),
        HEADER.replace("name,description", "emri,përshkrimi") + ROW,
        HEADER.replace("name,description", "Назив,Опис")
        + ROW.replace("Talks and", '"Talks\nand').replace("es.", 'es."'),
    ],
)
def test_csv_comes_as_spreadsheets_write_it(agency: Agency, finish: Any, content: str) -> None:
    job = finish(content, organization_id=agency.organization())
    assert [row["action"] for row in job["rows"]] == ["created"], job


def test_formula_cells_stay_text(agency: Agency, finish: Any) -> None:
    row = ROW.replace("Qendra Agimi", "'=1+1")
    finish(HEADER + row, organization_id=agency.organization(), dry_run=False)
    assert agency.get("/listings").json()["items"][0]["name"] == "=1+1"


def test_what_was_sent_with_a_key_is_sent_once(agency: Agency) -> None:
    organization = agency.organization()
    first = agency.upload(HEADER + ROW, key="key-12345678", organization_id=organization)
    again = agency.upload(HEADER + ROW, key="key-12345678", organization_id=organization)
    assert again.json() == first.json()
    other = agency.upload(HEADER, key="key-12345678", organization_id=organization)
    assert (other.status_code, other.json()["type"].rsplit("/", 1)[-1]) == (422, "idempotency-key-reused")


def test_a_version_names_the_file_that_it_came_from(agency: Agency, client: Any, finish: Any) -> None:
    owner = agency.organization()
    finish(HEADER + ROW, organization_id=owner, publish=True, dry_run=False)
    job = finish((HEADER + ROW).replace("116 000", "116 111"), organization_id=owner, publish=True, dry_run=False)
    (row,) = job["rows"]
    latest_version, first = agency.get(f"/listings/{row['id']}/versions").json()["items"]
    assert (latest_version["reason"], latest_version["import_id"]) == ("import", job["id"])
    assert first["import_id"] not in (None, job["id"])
    latest = client.get(f"/services/{row['id']}").json()["metadata"][0]
    told = f"Qendra Agimi, from a file (import {job['id']})"
    assert (latest["field_name"], latest["updated_by"]) == ("phones", told)


def test_what_was_cancelled_is_not_done(agency: Agency, directory: Directory) -> None:
    job = agency.upload(HEADER + ROW, organization_id=agency.organization(), dry_run=False).json()
    assert agency.post(f"/imports/{job['id']}/cancel").json()["state"] == "cancelled"
    assert work_off(agency, directory, job["id"])["rows"] == []
    assert agency.get("/listings").json()["items"] == []


def test_an_id_that_another_agency_keeps_is_refused(agency: Agency, other_agency: Agency, finish: Any) -> None:
    listing = agency.publish()
    theirs = other_agency.organization()
    stolen = {"id": listing["id"], "name": "Mine now", "status": "active", "organization_id": theirs}
    taken_over = {"id": listing["organization_id"], "name": "Mine now", "description": "All of it."}
    lines = "\n".join(map(json.dumps, (taken_over, stolen)))
    job = finish(lines, by=other_agency, format="ndjson", dry_run=False, country="AL")
    assert errors_of(job) == [("id", "kept_by_another")] * 2
    assert agency.client.get(f"/services/{listing['id']}").json()["name"] == listing["name"]


def test_cycles_and_ids_told_twice_are_named(finish: Any) -> None:
    one, two = "11111111-1111-4111-8111-111111111111", "22222222-2222-4222-8222-222222222222"
    above = [
        {"id": one, "name": "One", "description": "First.", "parent_organization_id": two},
        {"id": two, "name": "Two", "description": "Second.", "parent_organization_id": one},
        {"id": one, "name": "One again", "description": "Third."},
    ]
    job = finish(json.dumps(above), format="hsds-json", country="AL")
    assert errors_of(job) == [("parent_organization_id", "cycle"), ("id", "duplicate_id")]
    assert one in job["rows"][1]["errors"][0]["params"]["path"]


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("../services.csv", b"id,name\n", "zip_bad_path"),
        ("services.csv", b"0" * 60_000_000, "zip_too_dense"),
        ("readme.txt", b"", "unknown_file"),
    ],
)
def test_packages_that_harm_are_refused(finish: Any, name: str, content: bytes, code: str) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr(name, content)
    assert finish(packed.getvalue(), format="hsds-package")["problem"]["code"] == code


def test_what_is_no_zip_or_no_json_is_refused(finish: Any) -> None:
    assert finish(b"PK nonsense", format="hsds-package")["problem"]["code"] == "bad_zip"
    assert finish(b'{"a": ', format="hsds-json")["problem"]["code"] == "bad_json"
    assert finish(b"[[", format="hsds-json")["problem"]["code"] == "bad_json"
    assert finish(b"[1]", format="hsds-json")["problem"]["code"] == "not_hsds"
    deep = b'{"id":' + b"[" * 100 + b"]" * 100 + b"}"
    assert finish(deep, format="ndjson")["problem"]["code"] == "nested_too_deep"


def equal_but_for(found: dict[str, Any], wanted: dict[str, Any], *, without: tuple[str, ...]) -> None:
    """Order of keys counts for nothing; of what is named, our own records say more or other than the file."""
    left = {name: value for name, value in found.items() if name not in without}
    assert left == {name: value for name, value in wanted.items() if name not in without}


@needs_official_files
@pytest.mark.parametrize("version", ["3.0", "3.1"])
def test_the_official_examples_come_back_equal(
    client: Any, agency: Agency, other_agency: Agency, finish: Any, version: str
) -> None:
    examples = FOLDER / f"hsds-{version}" / "examples"
    service = json.loads((examples / "service_full.json").read_text())
    ours = json.loads(json.dumps(service).replace(service["id"], new_id := _fresh(version)))
    owner = ours["organization"]
    ours = json.loads(json.dumps(ours).replace(owner["id"], _fresh(f"owner {version}")))
    for place in ours["service_at_locations"]:
        place["id"] = _fresh(f"place {version}")
    job = finish(json.dumps(ours), format="hsds-json", dry_run=False, publish=True, country="AL")
    assert [row["action"] for row in job["rows"]] == ["created", "created"], job
    found = client.get(f"/services/{new_id}").json()
    # When it was changed and by when it is confirmed is our own word; whose it is is said in two ways.
    equal_but_for(found, ours, without=("last_modified", "confirm_by", "organization", "organization_id"))
    equal_but_for(found["organization"], ours["organization"], without=())


def _fresh(name: str) -> str:
    import uuid

    return str(uuid.uuid5(uuid.NAMESPACE_URL, name))


def official_package(version: str) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as package:
        for table in sorted((FOLDER / f"hsds-{version}" / "examples" / "csv").glob("*")):
            package.write(table, table.name)
    return packed.getvalue()


@needs_official_files
@pytest.mark.parametrize("version", ["3.0", "3.1"])
def test_the_official_package_is_taken_in_whole(finish: Any, version: str) -> None:
    job = finish(official_package(version), format="hsds-package", publish=True, country="AL")
    assert job["state"] == "checked"
    assert errors_of(job) == []
    assert {"organization", "service", "taxonomy", "taxonomy_term"} <= {row["kind"] for row in job["rows"]}


def exported(client: Any, format: str, **headers: Any) -> bytes:
    path = "/exports/own" if headers else "/exports"
    answer = client.get(path, params={"format": format}, headers=headers or None)
    assert answer.status_code == 200, answer.text
    return bytes(answer.content)


def own_export(agency: Agency, format: str) -> bytes:
    return exported(agency.client, format, **agency.issuer.bearer(agency_id=agency.id, scopes=agency.scopes))


def tables_in(packed: bytes) -> dict[str, list[dict[str, str]]]:
    with zipfile.ZipFile(io.BytesIO(packed)) as package:
        names = [name for name in package.namelist() if name.endswith(".csv")]
        return {name: list(csv.DictReader(io.StringIO(package.read(name).decode()))) for name in names}


def filled(rows: list[dict[str, str]]) -> list[dict[str, str]]:
    return sorted(({name: cell for name, cell in row.items() if cell} for row in rows), key=lambda row: row["id"])


@needs_official_files
def test_the_official_package_comes_back_equal(agency: Agency, finish: Any) -> None:
    """Equal: each table has the same rows with the same cells, but for when we changed a service."""
    packed = official_package("3.1")
    job = finish(packed, format="hsds-package", dry_run=False, publish=True, country="AL")
    assert (job["state"], job["counts"]["refused"]) == ("done", 0), job
    found, wanted = tables_in(own_export(agency, "hsds-package")), tables_in(packed)
    for table in ("services.csv",):
        for row in (*found[table], *wanted[table]):
            row.pop("last_modified", None)
    assert {name: filled(rows) for name, rows in found.items()} == {name: filled(rows) for name, rows in wanted.items()}


@pytest.mark.parametrize("format", ["csv", "hsds-package", "hsds-json", "ndjson"])
def test_an_export_holds_no_confidential_place_and_only_its_own_drafts(
    agency: Agency, other_agency: Agency, format: str
) -> None:
    # A town of which nobody else tells anything.
    place = {"kind": "confidential", "municipality": "AL-pustec", "address_1": "MARKERstreet 5"}
    shelter, draft = agency.publish(name="Strehimi", location=place), agency.draft(name="Only a draft")
    public, own, theirs = exported(agency.client, format), own_export(agency, format), own_export(other_agency, format)
    if format == "hsds-package":
        public, own, theirs = (json.dumps(tables_in(packed)).encode() for packed in (public, own, theirs))
    for content in (public, own, theirs):
        assert b"MARKERstreet" not in content
        assert b"AL-pustec" not in content
    assert (shelter["id"].encode() in public, draft["id"].encode() in public) == (True, False)
    assert (shelter["id"].encode() in own, draft["id"].encode() in own) == (True, True)
    assert (shelter["id"].encode() in theirs, draft["id"].encode() in theirs) == (False, False)


@pytest.mark.parametrize("format", ["csv", "hsds-package", "hsds-json", "ndjson"])
def test_what_was_exported_changes_nothing_when_it_is_imported(agency: Agency, finish: Any, format: str) -> None:
    agency.publish(name="=1+1", schedule=[{"byday": "MO,WE", "opens_at": "08:00", "closes_at": "16:00"}])
    job = finish(own_export(agency, "csv"), dry_run=False) if format == "csv" else None
    if job is not None:
        assert [row["action"] for row in job["rows"]] == ["unchanged"], job
        return
    once = finish(own_export(agency, format), format=format, dry_run=False)
    assert [row for row in once["rows"] if row["errors"]] == [], once["rows"]
    again = finish(own_export(agency, format), format=format, dry_run=False)
    assert {row["action"] for row in again["rows"] if row["kind"] == "service"} == {"unchanged"}, again
