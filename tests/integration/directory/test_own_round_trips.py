"""What an agency keeps goes out in our own profile, into an empty directory and out again: as it was."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from services.directory.bootstrap import Directory
from tests.support.directory import Agency
from tests.support.hsds import VERSIONS, faults, judge, needs_schemas
from tests.support.imports import codes_of, imported
from tests.support.own_directory import OwnDirectory, own_directory

DOCUMENTS = ("ndjson", "hsds-json")
WHOLE = (*DOCUMENTS, "hsds-package")
NAMED = "0190a7c2-7f00-7000-8000-00000000abcd"
HIDDEN = {"kind": "confidential", "municipality": "AL-pustec", "address_1": "MARKERstreet 5"}
TRANSLATIONS = [
    {"language": "en", "field": "name", "text": "Counselling for children", "origin": "human"},
    {"language": "en", "field": "description", "text": "Talks, games: every day.", "origin": "machine"},
    {"language": "sr-Latn", "field": "alert", "text": "Samo po dogovoru.", "origin": "human", "source_language": "en"},
]
OF_OWNER = [
    {"language": "en", "field": "name", "text": "Agimi Centre", "origin": "human"},
    {"language": "sr-Cyrl", "field": "description", "text": "Центар.", "origin": "machine", "source_language": "en"},
]


@dataclass(frozen=True)
class Filled:
    """A directory with an agency whose services have everything, and what they are called."""

    own: OwnDirectory
    agency: Agency
    ids: dict[str, str]


@pytest.fixture(scope="module")
def filled() -> Iterator[Filled]:
    with own_directory() as own:
        agency = Agency(own.client, own.issuer)
        yield Filled(own, agency, rich_services(agency))


def rich_services(agency: Agency) -> dict[str, str]:
    languages = {"source_language": "sq", "translations": OF_OWNER}
    owner = agency.organization(phone="116 006", email="agimi@example.org", country="XK", **languages)
    agency.organization(name="Without services", **languages)
    rewrite(agency, owner)
    made = {
        "rich": agency.publish(
            organization_id=owner,
            source_language="sq",
            translations=TRANSLATIONS,
            sex="female",
            alert="Vetëm me takim.",
            accepts_referrals=False,
            phone="116 111",
            email="k@example.org",
            url="https://example.org/k",
            wait_time="Two weeks",
            fees_description="Free",
            application_process="Call",
            eligibility_description="Children",
            alternate_name="K",
            accessibility=["wheelchair", "lift"],
            schedule=[
                {
                    "byday": "MO,WE", "opens_at": "08:00", "closes_at": "24:00", "description": "Ring",
                    "open_on_holidays": True,
                },
                {"byday": "SA", "opens_at": "09:00", "closes_at": "12:00"},
            ],
        ),
        "exact": agency.publish(
            organization_id=owner, tier="network", serves=["AL", "AL-tirane"], languages=["sr-Latn", "sq"],
            taxonomy_terms=["psychosocial-support", "legal-aid"],
            location={"kind": "physical", "municipality": "AL-tirane", "latitude": 41.33, "longitude": 19.82},
        ),
        "named": agency.publish(organization_id=owner, tier="named", named_agencies=[NAMED], capacity=None),
        "line": agency.publish(organization_id=owner, location={"kind": "virtual"}, always_open=True),
        "hidden": agency.publish(organization_id=owner, location=HIDDEN),
        "draft": agency.draft(organization_id=owner, name="Only a draft"),
        "withdrawn": agency.publish(organization_id=owner, name="Gone"),
        "closed": agency.publish(organization_id=owner, name="Closed now"),
        "closing": agency.publish(organization_id=owner, name="Closes one day", source_language="sq"),
    }  # fmt: skip
    ids = {name: listing["id"] for name, listing in made.items()}
    steps = [
        ("withdrawn", "withdraw", None),
        ("closed", "close", {"reason": "staff_shortage"}),
        ("closing", "close", {
            "reason": "holidays", "closes_at": "2199-08-01T00:00:00Z", "reopens_at": "2199-09-01T00:00:00Z",
            "alert": "Mbyllur në gusht.", "alert_translations": [{"language": "en", "text": "Closed in August."}],
        }),
    ]  # fmt: skip
    for name, step, body in steps:
        answer = agency.post(f"/listings/{ids[name]}/{step}", body)
        assert answer.status_code == 200, answer.text
    return ids


def rewrite(agency: Agency, owner: str) -> None:
    """Let the organization say something else than was translated."""
    path = f"/own-organizations/{owner}"
    found = agency.get(path)
    names = ("name", "phone", "email", "source_language", "translations")
    said = {name: found.json()[name] for name in names} | {"description": "Another centre."}
    assert agency.put(path, said, If_Match=found.headers["ETag"]).status_code == 200


def organizations_of(agency: Agency) -> dict[str, Any]:
    """Return what its organizations are to their keepers, by id."""
    changing = {"version", "agency_id", "review", "review_required"}
    found = agency.get("/own-organizations").json()["items"]
    return {each["id"]: {key: part for key, part in each.items() if key not in changing} for each in found}


def exported(agency: Agency, format: str, *, profile: str = "lidhja") -> Any:
    answer = agency.get(f"/exports/own?format={format}&profile={profile}")
    assert answer.status_code == 200, answer.text
    assert ("lidhja-left-out" in answer.headers) is (profile == "lidhja")
    return answer


def moved(source: Agency, target: OwnDirectory, format: str, **parameters: Any) -> tuple[Agency, dict[str, Any]]:
    """Import what an agency exports, for the same agency, into another directory."""
    agency = Agency(target.client, target.issuer, id=source.id)
    job = imported(target.directory, agency, exported(source, format).content, format=format, **parameters)
    return agency, job


@pytest.fixture(scope="module", params=WHOLE)
def trip(request: pytest.FixtureRequest, filled: Filled) -> Iterator[tuple[str, Agency, Directory]]:
    with own_directory() as target:
        agency, job = moved(filled.agency, target, request.param, publish=True)
        assert (job["state"], codes_of(job)) == ("done", []), [row for row in job["rows"] if row["errors"]]
        yield request.param, agency, target.directory


def told(content: bytes, format: str) -> Any:
    """Return what a file says but for when each service was last changed, which is the directory's own word."""
    if format == "hsds-package":
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            tables = {
                name: list(csv.DictReader(io.StringIO(package.read(name).decode("utf-8-sig"))))
                for name in package.namelist() if name.endswith(".csv")
            }  # fmt: skip
        for row in tables["services.csv"]:
            row.pop("last_modified")
        return {name: sorted(map(str, rows)) for name, rows in tables.items()}
    documents = json.loads(content) if format == "hsds-json" else list(map(json.loads, content.splitlines()))
    return {entry["id"]: {name: part for name, part in entry.items() if name != "last_modified"} for entry in documents}


def test_what_was_exported_is_exported_again_as_it_was(trip: Any, filled: Filled) -> None:
    format, agency, _ = trip
    before = told(exported(filled.agency, format).content, format)
    after = told(exported(agency, format).content, format)
    assert before.keys() == after.keys()
    for name in before:
        assert after[name] == before[name], name


def test_listings_are_what_they_were_to_their_keepers(trip: Any, filled: Filled) -> None:
    _, agency, _ = trip
    changing = {"version", "created_at", "last_modified", "allowed_actions"}
    for name, listing_id in filled.ids.items():
        before, after = (each.get(f"/listings/{listing_id}").json() for each in (filled.agency, agency))
        if name == "hidden":
            # That it is hidden comes back; where it is, its keepers tell anew.
            before["location"] = {"kind": "confidential"}
        wanted = {key: value for key, value in before.items() if key not in changing}
        assert {key: after.get(key) for key in wanted} == wanted, name


def test_organizations_are_what_they_were_to_their_keepers(trip: Any, filled: Filled) -> None:
    _, agency, _ = trip
    before, after = organizations_of(filled.agency), organizations_of(agency)
    assert after == before
    marks = [[entry["outdated"] for entry in each.get("translations", ())] for each in after.values()]
    assert [False, True] in marks
    assert [False, False] in marks


def test_the_public_of_the_new_directory_sees_what_it_saw(trip: Any, filled: Filled) -> None:
    _, agency, _ = trip
    for name, listing_id in filled.ids.items():
        before, after = (each.client.get(f"/services/{listing_id}") for each in (filled.agency, agency))
        assert after.status_code == before.status_code, name
        if before.status_code == 200:
            changing = {"last_modified", "metadata"}
            shown = [
                {key: part for key, part in each.json().items() if key not in changing} for each in (before, after)
            ]
            assert shown[1] == shown[0], name


def test_the_same_file_again_changes_nothing(trip: Any, filled: Filled) -> None:
    format, agency, directory = trip
    again = imported(directory, agency, exported(filled.agency, format).content, format=format, publish=True)
    services = [row for row in again["rows"] if row["kind"] == "service"]
    assert {row["action"] for row in services} == {"unchanged"}, services


def test_what_was_changed_in_the_file_is_taken_in(trip: Any, filled: Filled) -> None:
    format, agency, directory = trip
    if format not in DOCUMENTS:
        pytest.skip("A package says it in the same words.")
    found = told(exported(filled.agency, format).content, format)[filled.ids["rich"]]
    changed = {**found, "wait_time": "Three weeks"}
    assert codes_of(imported(directory, agency, json.dumps(changed), format="ndjson")) == []
    seen = agency.get(f"/listings/{filled.ids['rich']}").json()
    assert (seen["wait_time"], seen["sex"]) == ("Three weeks", "female")
    assert codes_of(imported(directory, agency, json.dumps(found), format="ndjson")) == []


def test_without_publishing_everything_comes_as_a_draft(filled: Filled) -> None:
    with own_directory() as target:
        agency, job = moved(filled.agency, target, "ndjson")
        assert codes_of(job) == []
        states = {
            name: agency.get(f"/listings/{listing_id}").json()["status"] for name, listing_id in filled.ids.items()
        }
        assert states.pop("withdrawn") == "withdrawn"
        assert set(states.values()) == {"draft"}
        assert target.client.get("/services").json()["total_items"] == 0


def test_a_csv_tells_drafts_apart_and_says_what_it_leaves_out(filled: Filled) -> None:
    answer = exported(filled.agency, "csv")
    assert {"translations", "capacity", "closing", "confidential-addresses"} <= set(
        answer.headers["lidhja-left-out"].split(", ")
    )
    plain = exported(filled.agency, "csv", profile="hsds")
    assert "status" not in plain.text.splitlines()[0]
    with own_directory() as target:
        agency = Agency(target.client, target.issuer, id=filled.agency.id)
        [owner] = {json.loads(line)["organization_id"] for line in exported(filled.agency, "ndjson").text.splitlines()
                   if "organization_id" in json.loads(line)}  # fmt: skip
        here = agency.organization()
        content = answer.text.replace(owner, here)
        job = imported(target.directory, agency, content, format="csv", publish=True)
        assert set(codes_of(job)) == {("id", "unknown_id")}
        states = {
            name: agency.get(f"/listings/{listing_id}").json()["status"] for name, listing_id in filled.ids.items()
        }
        assert (states.pop("draft"), states.pop("withdrawn")) == ("draft", "draft")
        assert set(states.values()) == {"published"}
        again = exported(agency, "csv").text.replace(here, owner)
        kept = [list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff")))) for text in (again, answer.text)]
        for rows in kept:
            for row in rows:
                row["status"] = row["status"].replace("withdrawn", "draft")
        assert kept[0] == kept[1]


@pytest.mark.parametrize("format", [*WHOLE, "csv"])
def test_no_file_tells_where_the_hidden_place_is(filled: Filled, format: str) -> None:
    content = exported(filled.agency, format).content
    text = str(told(content, format)) if format in WHOLE else content.decode()
    assert filled.ids["hidden"] in text
    assert "MARKERstreet" not in text
    assert "AL-pustec" not in text


@needs_schemas
@pytest.mark.parametrize("version", VERSIONS)
def test_the_plain_profile_says_what_hsds_names_alone(filled: Filled, version: str) -> None:
    checker = judge(version, "compiled/service.json", strict=True)
    for path in ("/exports", "/exports/own"):
        lines = filled.agency.get(f"{path}?format=ndjson&version={version}").text.splitlines()
        services = [json.loads(line) for line in lines if "status" in json.loads(line)]
        assert services
        for service in services:
            assert faults(checker, service) == []
            assert "lidhja" not in service
            assert "lidhja" not in service["organization"]


def test_only_the_keepers_get_it(filled: Filled) -> None:
    other = Agency(filled.own.client, filled.own.issuer)
    assert exported(other, "ndjson").text == ""
    assert filled.own.client.get("/exports/own?format=ndjson&profile=lidhja").status_code == 401
    assert filled.own.client.get("/exports?format=ndjson&profile=lidhja").status_code == 400


@pytest.mark.parametrize(
    "wrong",
    [
        7, {}, {"status": "public"}, {"place": "nowhere"}, {"sex": "girls"}, {"translations": {}},
        {"translations": [{"language": "en", "field": "hsds", "text": "x", "origin": "human"}]},
        {"translations": [{"language": "en", "field": "name", "text": "x" * 201, "origin": "human"}]},
        {"translations": [{"language": "en", "field": "name", "text": "x", "origin": "angel"}]},
        {"translations": [{"language": "en", "field": "name", "text": "x", "origin": "human"}] * 2},
        {"schedule": [{"byday": "MO", "opens_at": "25:00", "closes_at": "26:00"}]},
        {"schedule": [{"byday": "MO", "opens_at": "12:00", "closes_at": "08:00"}]},
        {"accessibility": ["wings"]}, {"accessibility": [[]]}, {"kept": "phones"}, {"confirmed_at": "yesterday"},
        {"capacity": {"available": 5, "maximum": 2, "unit": "places", "updated_at": "2026-01-01T00:00:00Z"}},
        {"capacity": {"available": True, "unit": "places", "updated_at": "2026-01-01T00:00:00Z"}},
        {"capacity": {"available": 1, "unit": "kilograms", "updated_at": "2026-01-01T00:00:00Z"}},
        {"closing": {"kind": "inactive", "reason": "because", "closes_at": "2026-01-01T00:00:00Z"}},
        {"closing": {"kind": "inactive", "reason": "other", "closes_at": "2026-01-01T00:00:00"}},
    ],
    ids=str,
)  # fmt: skip
def test_what_no_export_says_is_refused(filled: Filled, wrong: Any) -> None:
    found = told(exported(filled.agency, "ndjson").content, "ndjson")[filled.ids["line"]]
    found["lidhja"] = {**found["lidhja"], **wrong} if isinstance(wrong, dict) and wrong else wrong
    job = imported(filled.own.directory, filled.agency, json.dumps(found), format="ndjson", dry_run=True)
    assert codes_of(job) == [("", "does_not_fit")], job["rows"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"translations": [{"language": "en", "field": "alert", "text": "x", "origin": "human"}]},
        {"translations": [{"language": "en", "field": "name", "text": "x" * 201, "origin": "human"}]},
        {"translations": [{"language": "en", "field": "name", "text": "x", "origin": "human"}] * 2},
        {"translations": [{"language": "sq", "field": "name", "text": "x", "origin": "human"}]},
        {"translations": 7}, {"source_language": "Albanian"},
    ],
    ids=str,
)  # fmt: skip
def test_what_no_export_says_of_an_organization_is_refused(filled: Filled, wrong: dict[str, Any]) -> None:
    documents = told(exported(filled.agency, "ndjson").content, "ndjson").values()
    (found,) = [entry for entry in documents if entry["name"] == "Without services"]
    found["lidhja"] |= wrong
    job = imported(filled.own.directory, filled.agency, json.dumps(found), format="ndjson", dry_run=True)
    assert codes_of(job) == [("", "does_not_fit")], job["rows"]
