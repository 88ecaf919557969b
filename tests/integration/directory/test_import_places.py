"""Lists of services at places, as HSDS has them, are taken in: rows of one service are one listing with its places."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from services.directory.adapters import import_places
from services.directory.application import run_import
from services.directory.bootstrap import Directory
from tests.support.directory import Agency
from tests.support.feeds import a_word, area, new_id, place, service, week
from tests.support.imports import codes_of, imported

PARTS = ("phones", "schedules", "service_areas", "service_at_locations", "languages", "attributes")


def rows_of(told: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return a service as a list of services at places tells it: a row for each place, with the service in it."""
    own = {name: value for name, value in told.items() if name not in PARTS}
    return [{**each, "service": own} for each in told["service_at_locations"]]


def a_service(**said: Any) -> dict[str, Any]:
    places = [place("AL-tirane", schedules=week("08:00", "12:00")), place("AL-shkoder", postal_code="4001")]
    return service(f"Places {a_word()}", places, **said)


def sent(directory: Directory, agency: Agency, rows: Sequence[Any], **parameters: Any) -> dict[str, Any]:
    content = "\n".join(map(json.dumps, rows))
    return imported(directory, agency, content, **{"format": "ndjson", "country": "AL", "publish": True, **parameters})


def shown(agency: Agency, service_id: str) -> dict[str, Any]:
    answer = agency.client.get(f"/services/{service_id}")
    return dict(answer.json()) if answer.status_code == 200 else {}


def places_shown(agency: Agency, service_id: str) -> list[str]:
    return [each["id"] for each in shown(agency, service_id).get("service_at_locations", [])]


def outcomes(job: Mapping[str, Any]) -> list[tuple[str, str]]:
    return [(row["kind"], row["action"]) for row in job["rows"]]


# What is refused.


def test_a_list_of_places_alone_is_refused_and_says_what_to_send(agency: Agency, directory: Directory) -> None:
    job = sent(directory, agency, [place("AL-tirane")["location"], place()["location"] | {"name": "Line"}])
    assert codes_of(job) == [("", "told_within_services")] * 2
    assert "list of services at places" in job["rows"][0]["errors"][0]["text"]


def test_a_place_without_an_id_is_not_taken_for_one_that_rows_name(agency: Agency, directory: Directory) -> None:
    [first, second] = rows_of(a_service())
    nameless = {"name": "Somewhere", "location_type": "physical", "addresses": [], "transportation": "Bus 7"}
    where = {name: value for name, value in first["location"].items() if name != "id"}
    job = sent(directory, agency, [{**first, "location": where}, second, nameless])
    assert codes_of(job)[:2] == [("service_at_locations[0].location.id", "missing"), ("", "told_within_services")]


def test_a_service_that_is_only_named_and_that_the_agency_does_not_keep_is_refused(
    agency: Agency, other_agency: Agency, directory: Directory
) -> None:
    theirs, word = new_id(), a_word()
    assert codes_of(sent(directory, other_agency, [service(word, [place()], id=theirs)])) == []
    rows = [{**place("AL-tirane"), "service_id": named} for named in (new_id(), theirs)]
    job = sent(directory, agency, rows)
    assert codes_of(job) == [("service", "service_not_told")] * 2
    assert word not in json.dumps(job)
    assert len(places_shown(agency, theirs)) == 1


def test_the_listing_of_another_agency_is_not_changed_by_what_names_its_places(
    agency: Agency, other_agency: Agency, directory: Directory
) -> None:
    theirs = a_service()
    assert codes_of(sent(directory, other_agency, rows_of(theirs))) == []
    job = sent(directory, agency, [{**row, "description": "Taken over."} for row in rows_of(theirs)])
    assert {code for _, code in codes_of(job)} == {"kept_by_another"}
    assert "Taken over." not in json.dumps(shown(agency, theirs["id"]))


@pytest.mark.parametrize(
    ("spoilt", "faults"),
    [
        ({"service": None, "service_id": None}, [("service", "missing")]),
        ({"service": "its name"}, [("service", "not_object")]),
        ({"location": None, "location_id": "11111111-1111-4111-8111-111111111111"}, None),
        ({"location": "its name"}, [("service_at_locations[0].location", "not_object")]),
        ({"id": "7"}, [("service_at_locations[0].id", "not_uuid")]),
        ({"id": None}, [("service_at_locations[0].id", "missing")]),
    ],
    ids=str,
)
def test_a_row_that_lacks_what_it_is_about_is_refused_with_its_service(
    agency: Agency, directory: Directory, spoilt: dict[str, Any], faults: Any
) -> None:
    told = a_service()
    [first, _] = rows_of(told)
    kept = {"service_id": told["id"]} if "service_id" not in spoilt else {}
    job = sent(directory, agency, [{**first, **kept, **spoilt}])
    assert codes_of(job) == (faults or [("service_at_locations[0].location", "missing")])
    assert shown(agency, told["id"]) == {}


def test_one_place_told_twice_is_refused_with_where_it_stands(agency: Agency, directory: Directory) -> None:
    [first, _] = rows_of(a_service())
    job = sent(directory, agency, [first, {**first, "description": "Again."}])
    assert codes_of(job) == [("service_at_locations[1].id", "duplicate_id")]
    assert "line 1" in job["rows"][-1]["errors"][0]["text"]


def test_a_service_is_told_by_itself_or_by_its_places(agency: Agency, directory: Directory) -> None:
    told = a_service()
    job = sent(directory, agency, [told, *rows_of(told)])
    assert [code for _, code in codes_of(job)] == ["duplicate_id"]
    assert outcomes(job) == [("organization", "created"), ("service", "created"), ("service", "refused")]


def test_places_stand_beside_no_confidential_one(agency: Agency, directory: Directory) -> None:
    hidden = agency.publish(location={"kind": "confidential", "municipality": "AL-tirane"}, tier="public")
    job = sent(directory, agency, [{**place("AL-tirane"), "service_id": hidden["id"]}])
    assert codes_of(job) == [("", "does_not_fit")]
    assert agency.get(f"/listings/{hidden['id']}").json()["location"]["kind"] == "confidential"


def test_what_is_named_again_and_again_is_no_way_to_fill_the_disk(
    agency: Agency, directory: Directory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_places, "_LITTLE", 0)
    monkeypatch.setattr(import_places, "MOST_TIMES", 3)
    large = place("AL-tirane")["location"] | {"description": "x" * 5000}
    named = [{"id": new_id(), "location_id": large["id"], "service_id": new_id()} for _ in range(40)]
    job = sent(directory, agency, [large, *named])
    assert (job["state"], job["problem"]["code"], job["rows"]) == ("failed", "told_too_often", [])


# What is taken in.


@pytest.mark.parametrize("format", ["ndjson", "hsds-json"])
def test_rows_of_one_service_wherever_they_stand_are_one_listing_with_its_places(
    agency: Agency, directory: Directory, format: str
) -> None:
    one, other = a_service(), a_service()
    mixed = [row for pair in zip(rows_of(one), rows_of(other), strict=True) for row in pair]
    content = json.dumps({"contents": mixed}) if format == "hsds-json" else "\n".join(map(json.dumps, mixed))
    job = imported(directory, agency, content, format=format, country="AL", publish=True)
    assert codes_of(job) == []
    assert outcomes(job) == [("organization", "created"), ("service", "created")] * 2
    assert (job["bytes_read"], job["rows"][1]["place"][-2:]) == (job["size"], " 1")
    for told in (one, other):
        found = shown(agency, told["id"])
        assert [each["id"] for each in found["service_at_locations"]] == [
            each["id"] for each in told["service_at_locations"]
        ]
        assert [each["location"]["id"] for each in found["service_at_locations"]] == [
            each["location"]["id"] for each in told["service_at_locations"]
        ]
        assert found["organization"]["id"] == told["organization"]["id"]
        answer = agency.client.get(f"/service_at_locations/{told['service_at_locations'][1]['id']}").json()
        assert answer["service"]["id"] == told["id"]
    again = imported(directory, agency, content, format=format, country="AL", publish=True)
    assert {row["action"] for row in again["rows"]} == {"unchanged"}


def test_what_is_told_in_one_row_can_be_named_in_others(agency: Agency, directory: Directory) -> None:
    one, other = a_service(), a_service()
    [first, second] = rows_of(one)
    [theirs, _] = rows_of(other)
    by_name = {"id": second["id"], "service_id": one["id"], "location_id": first["location"]["id"]}
    alone = {"id": new_id(), "service_id": other["id"], "location_id": second["location"]["id"]}
    job = sent(directory, agency, [by_name, alone, second["location"], first, theirs])
    assert codes_of(job) == []
    told = {each["id"]: each["location"]["id"] for each in shown(agency, one["id"])["service_at_locations"]}
    assert told == {second["id"]: first["location"]["id"], first["id"]: first["location"]["id"]}
    assert set(places_shown(agency, other["id"])) == {alone["id"], theirs["id"]}


def test_what_a_list_leaves_out_stays_as_it_was(agency: Agency, directory: Directory) -> None:
    told = a_service(
        schedules=week("09:00", "10:00"),
        service_areas=[area("AL-tirane")],
        phones=[{"id": new_id(), "number": "116 111"}],
        licenses="Of the ministry.",
        x_theirs={"a": [1, 2.5]},
    )
    assert codes_of(sent(directory, agency, [told])) == []
    before = agency.get(f"/listings/{told['id']}").json()
    flat = [
        {**row, "location": {name: row["location"][name] for name in ("id", "location_type")}} for row in rows_of(told)
    ]
    for rows in (rows_of(told), rows_of(told)[:1], flat, [{"id": flat[1]["id"], "service_id": told["id"]}]):
        job = sent(directory, agency, rows)
        assert (codes_of(job), {row["action"] for row in job["rows"]}) == ([], {"unchanged"})
    assert agency.get(f"/listings/{told['id']}").json() == before
    new = place("AL-durres")
    job = sent(directory, agency, [{**new, "service_id": told["id"]}])
    assert outcomes(job) == [("service", "updated")]
    now = shown(agency, told["id"])
    assert [each["id"] for each in now["service_at_locations"]] == [*(row["id"] for row in flat), new["id"]]
    assert (now["licenses"], now["x_theirs"], now["phones"][0]["number"]) == (
        "Of the ministry.",
        {"a": [1, 2.5]},
        "116 111",
    )
    assert now["schedules"][0]["opens_at"] == "09:00"


def test_a_place_that_was_told_is_changed_by_its_row(agency: Agency, directory: Directory) -> None:
    told = a_service()
    assert codes_of(sent(directory, agency, [told])) == []
    row = {"id": told["service_at_locations"][0]["id"], "service_id": told["id"], "description": "On the second floor."}
    assert outcomes(sent(directory, agency, [row])) == [("service", "updated")]
    [first, second] = shown(agency, told["id"])["service_at_locations"]
    assert (first["description"], first["location"]["addresses"][0]["city"]) == ("On the second floor.", "Tiranë")
    assert "description" not in second


@pytest.mark.parametrize("asked", [{}, {"full": "true"}])
def test_our_own_list_of_services_at_places_comes_back_and_changes_nothing(
    agency: Agency, directory: Directory, asked: dict[str, str]
) -> None:
    listing = agency.publish(phone="116 111", schedule=[{"byday": "MO", "opens_at": "08:00", "closes_at": "16:00"}])
    owner = listing["organization_id"]
    versions = agency.get(f"/listings/{listing['id']}/versions").json()
    answer = agency.client.get(
        "/service_at_locations",
        params={"organization_id": owner, "format": "ndjson", "profile": "hsds-3.1", **asked},
    )
    assert answer.text.strip()
    job = imported(directory, agency, answer.text, format="ndjson", publish=True)
    assert (codes_of(job), {row["action"] for row in job["rows"]}) == ([], {"unchanged"})
    assert agency.get(f"/listings/{listing['id']}").json()["location"].get("latitude") is None
    assert agency.get(f"/listings/{listing['id']}/versions").json() == versions


def test_what_waits_for_review_is_proposed_with_its_places(agency: Agency, directory: Directory) -> None:
    told = a_service()
    assert codes_of(sent(directory, agency, rows_of(told))) == []
    assert agency.set_review(told["organization"]["id"], "required").status_code == 200
    new = place("AL-durres")
    assert outcomes(sent(directory, agency, [{**new, "service_id": told["id"]}])) == [("service", "updated")]
    assert new["id"] not in places_shown(agency, told["id"])
    assert agency.get(f"/listings/{told['id']}/proposal").status_code == 200


def test_how_much_of_a_list_is_read_grows_to_the_whole(
    agency: Agency, directory: Directory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run_import, "BATCH", 2)
    owner = agency.organization()
    rows = [row for _ in range(5) for row in rows_of(a_service(organization={"id": owner, "name": "Q"}))]
    seen: list[int] = []
    import_id = agency.upload("\n".join(map(json.dumps, rows)), format="ndjson", dry_run=False).json()["id"]
    write = run_import._Run._write

    def noted(run: Any, *given: Any) -> bool:
        written = write(run, *given)
        seen.append(run._job.bytes_read)
        return written

    monkeypatch.setattr(run_import._Run, "_write", noted)
    while directory.run_next_import():
        pass
    job = agency.get(f"/imports/{import_id}").json()
    assert seen == sorted(seen)
    assert (seen[-1], 0 < seen[0] < job["size"]) == (job["size"], True)
