"""An export that comes back untouched changes nothing: no version, no confirmation, nothing of what was said."""

from __future__ import annotations

import io
import json
import re
import uuid
import zipfile
from typing import Any

import pytest
from sqlalchemy import text

from services.directory.bootstrap import Directory
from tests.support.directory import Agency
from tests.support.hsds import FOLDER, VERSIONS, example, needs_schemas
from tests.support.imports import codes_of, imported, packed

_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
FORMATS = ("csv", "ndjson", "hsds-json", "hsds-package")
PROFILES = [
    *((format, {}) for format in FORMATS),
    *((format, {"profile": "lidhja"}) for format in FORMATS if format != "csv"),
]


def exported(agency: Agency, format: str, **parameters: Any) -> bytes:
    answer = agency.client.get(
        "/exports/own",
        params={"format": format, **parameters},
        headers=agency.issuer.bearer(agency_id=agency.id, scopes=agency.scopes),
    )
    assert answer.status_code == 200, answer.text
    return bytes(answer.content)


def state_of(agency: Agency, listing_id: str) -> dict[str, Any]:
    """Return all that is known of a listing, the moment of its confirmation and its versions included."""
    versions = agency.get(f"/listings/{listing_id}/versions").json()["items"]
    return {"listing": agency.get(f"/listings/{listing_id}").json(), "versions": versions}


def brought_back(directory: Directory, agency: Agency, format: str, **parameters: Any) -> dict[str, int]:
    job = imported(directory, agency, exported(agency, format, **parameters), format=format, country="AL")
    assert (job["state"], codes_of(job)) == ("done", [])
    return {name: count for name, count in job["counts"].items() if count}


def from_a_feed(directory: Directory, agency: Agency, version: str) -> str:
    """Take in the official example under ids of its own, and return that of the service."""
    service = example(version, "service_full")
    told = json.dumps(service)
    for part in (service, service["organization"], *service["service_at_locations"]):
        told = told.replace(part["id"], str(uuid.uuid4()))
    job = imported(directory, agency, told, format="ndjson", country="AL", publish=True)
    assert codes_of(job) == []
    return str(json.loads(told)["id"])


@needs_schemas
@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize(("format", "parameters"), PROFILES)
def test_what_came_from_a_feed_stays_as_it_was(
    agency: Agency, directory: Directory, format: str, parameters: dict[str, str], version: str
) -> None:
    listing_id = from_a_feed(directory, agency, version)
    before = state_of(agency, listing_id)
    counts = brought_back(directory, agency, format, **parameters)
    assert set(counts) == {"unchanged"}
    assert state_of(agency, listing_id) == before


RICH = {
    "source_language": "sq",
    "translations": [{"language": "en", "field": "name", "text": "Counselling", "origin": "human"}],
    "schedule": [{"byday": "MO,WE", "opens_at": "08:00", "closes_at": "16:00", "description": "Ring"}],
    "accessibility": ["lift"],
    "phone": "116 111",
    "sex": "female",
    "alert": "Only by appointment.",
}


@pytest.mark.parametrize("changes", [RICH, {"location": {"kind": "virtual"}}, {"minimum_age": None}], ids=str)
@pytest.mark.parametrize(("format", "parameters"), PROFILES)
def test_what_was_written_here_stays_as_it_was(
    agency: Agency, directory: Directory, format: str, parameters: dict[str, str], changes: dict[str, Any]
) -> None:
    listing_id = agency.publish(**changes)["id"]
    before = state_of(agency, listing_id)
    counts = brought_back(directory, agency, format, **parameters)
    assert (set(counts), state_of(agency, listing_id)) == ({"unchanged"}, before)


@pytest.mark.parametrize("profile", [{}, {"profile": "lidhja"}], ids=["plain", "lidhja"])
def test_our_own_terms_in_a_package_become_no_terms_of_a_feed(
    agency: Agency, directory: Directory, profile: dict[str, str]
) -> None:
    agency.publish(tier="network")
    kept = text("SELECT count(*) FROM kept_object WHERE agency_id = :id")
    for _ in range(2):
        job = imported(directory, agency, exported(agency, "hsds-package", **profile), format="hsds-package")
        assert {(row["kind"], row["action"]) for row in job["rows"]} == {
            ("organization", "unchanged"),
            ("service", "unchanged"),
            ("taxonomy_term", "unchanged"),
        }
        with directory.engine.connect() as connection:
            assert connection.scalar(kept, {"id": agency.id}) == 0


def test_an_own_term_that_says_something_else_is_taken_for_a_feeds(agency: Agency, directory: Directory) -> None:
    agency.publish()
    with zipfile.ZipFile(io.BytesIO(exported(agency, "hsds-package"))) as package:
        tables = {name[:-4]: package.read(name).decode() for name in package.namelist() if name.endswith(".csv")}
    told = tables["taxonomy_terms"].replace("psychosocial-support", "theirs")
    job = imported(directory, agency, packed({"taxonomy_terms": told}), format="hsds-package")
    assert sorted(row["action"] for row in job["rows"]) == ["created", "unchanged"]


@pytest.mark.parametrize("format", ["ndjson", "hsds-package"])
def test_the_middle_of_a_municipality_becomes_no_address(agency: Agency, directory: Directory, format: str) -> None:
    listing_id = agency.publish(description="Before.")["id"]
    content = exported(agency, format)
    if format == "ndjson":
        content = content.replace(b"Before.", b"After.")
        imported(directory, agency, content, format=format, country="AL")
        assert agency.get(f"/listings/{listing_id}").json()["description"] == "After."
    else:
        imported(directory, agency, content, format=format, country="AL")
    assert agency.get(f"/listings/{listing_id}").json()["location"].get("latitude") is None


@needs_schemas
@pytest.mark.parametrize("version", VERSIONS)
def test_a_package_that_comes_again_changes_nothing(agency: Agency, directory: Directory, version: str) -> None:
    # Under ids of its own, for the official ones are another test's.
    fresh = {
        table.stem: _UUID.sub(lambda old: str(uuid.uuid5(uuid.UUID(agency.id), old[0])), table.read_text())
        for table in (FOLDER / f"hsds-{version}" / "examples" / "csv").glob("*.csv")
    }
    content = packed(fresh)
    imported(directory, agency, content, format="hsds-package", country="GB", publish=True)
    again = imported(directory, agency, content, format="hsds-package", country="GB", publish=True)
    assert {row["action"] for row in again["rows"]} == {"unchanged"}


@pytest.mark.parametrize("format", ["ndjson", "hsds-package"])
def test_one_thing_changed_in_our_own_profile_changes_nothing_else(
    agency: Agency, directory: Directory, format: str
) -> None:
    listing_id = agency.publish(**RICH, description="Before.")["id"]
    before = agency.get(f"/listings/{listing_id}").json()
    content = exported(agency, format, profile="lidhja")
    if format == "ndjson":
        content = content.replace(b"Before.", b"After.")
    else:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            tables = {name[:-4]: package.read(name).decode() for name in package.namelist() if name.endswith(".csv")}
        content = packed({name: table.replace("Before.", "After.") for name, table in tables.items()})
    imported(directory, agency, content, format=format, publish=True)
    now = agency.get(f"/listings/{listing_id}").json()
    changed = {name for name in {**now, **before} if now.get(name) != before.get(name)}
    assert changed <= {"description", "version", "last_modified", "confirm_by", "confirmed_at", "translations"}
    assert now["description"] == "After."


def test_an_untouched_export_of_a_reviewed_organization_proposes_nothing(agency: Agency, directory: Directory) -> None:
    listing = agency.publish(**RICH)
    agency.set_review(listing["organization_id"], "required")
    for _ in range(2):
        assert set(brought_back(directory, agency, "ndjson", profile="lidhja")) == {"unchanged"}
    assert agency.get(f"/listings/{listing['id']}/proposal").status_code == 404
