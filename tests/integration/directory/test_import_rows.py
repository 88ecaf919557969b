"""What rows of a file may say, and what becomes of two rows of one file that are about the same."""

from __future__ import annotations

import json
import uuid
from typing import Any

import pytest

from services.directory.application import run_import
from services.directory.bootstrap import Directory
from tests.support.directory import Agency
from tests.support.import_runs import HEADER, actions_of, errors_of, imported, row

ONE_ID = "11111111-1111-4111-8111-111111111111"
WIDE = HEADER.replace("\n", ",{column}\n")


@pytest.fixture
def taken(agency: Agency, directory: Directory) -> Any:
    organization = agency.organization()

    def run(content: str, **parameters: Any) -> dict[str, Any]:
        wanted = {"organization_id": organization, "dry_run": False, **parameters}
        return imported(agency, directory, content, **wanted)

    return run


def test_two_rows_of_one_name_do_not_overwrite_each_other(agency: Agency, taken: Any) -> None:
    job = taken(HEADER + row("") + row("", description="In another town.") + row("", "Qendra Drita"))
    assert actions_of(job) == ["created", "refused", "created"]
    assert errors_of(job) == [("name", "duplicate_id")]
    assert job["rows"][1]["errors"][0]["params"] == {"place": "line 2"}
    listings = agency.get("/listings").json()["items"]
    assert sorted(listing["description"] for listing in listings) == ["Talks and games."] * 2


def test_rows_are_told_apart_by_their_references(taken: Any) -> None:
    job = taken(HEADER + row("a") + row("b") + row("a"))
    assert (actions_of(job), errors_of(job)) == (["created", "created", "refused"], [("reference", "duplicate_id")])


def test_an_id_that_nobody_has_is_told_to_become_a_new_service(agency: Agency, taken: Any) -> None:
    wide = HEADER.replace("reference", "id")
    job = taken(wide + row("22222222-2222-4222-8222-222222222222"))
    assert (actions_of(job), errors_of(job)) == (["created"], [("id", "unknown_id")])
    assert job["rows"][0]["id"] == "22222222-2222-4222-8222-222222222222"
    again = taken(wide + row("22222222-2222-4222-8222-222222222222"))
    assert (actions_of(again), errors_of(again)) == (["unchanged"], [])


def test_an_id_that_is_none_is_refused(taken: Any) -> None:
    job = taken(HEADER.replace("reference", "id") + row("17"))
    assert (actions_of(job), errors_of(job)) == (["refused"], [("id", "not_uuid")])


def test_of_ages_the_wrong_way_round_it_is_said_that_they_are(taken: Any) -> None:
    header = HEADER.replace("\n", ",minimum age,maximum age\n")
    job = taken(header + row("a").replace("\n", ",17,5\n"))
    (fault,) = job["rows"][0]["errors"]
    assert (fault["code"], fault["params"]["code"]) == ("does_not_fit", "ages_reversed")
    assert "minimum age is above the maximum age" in fault["text"]


def test_a_wrong_kind_of_place_hides_no_wrong_town(taken: Any) -> None:
    header = HEADER.replace("\n", ",place\n")
    job = taken(header + row("a").replace("AL-tirane\n", "Atlantis,somewhere\n"))
    assert errors_of(job) == [("place", "not_allowed"), ("municipality", "unknown_municipality")]


def test_rows_without_a_name_are_refused_for_that_alone(taken: Any) -> None:
    assert errors_of(taken(HEADER + row("", "") * 2)) == [("name", "missing")] * 2


@pytest.mark.parametrize("sign", [";", ",", "\t"])
def test_a_line_that_tells_what_parts_the_columns_is_no_header(taken: Any, sign: str) -> None:
    lines = [f"sep={sign}", HEADER.strip().replace(",", sign), "", row("a").strip().replace(",", sign)]
    job = taken("\r\n".join(lines))
    assert [(each["action"], each["place"]) for each in job["rows"]] == [("created", "line 4")], job
    assert taken(f"sep={sign}\r\n")["problem"]["code"] == "empty_file"


@pytest.mark.parametrize("is_trial", [True, False])
def test_likes_within_one_file_are_found_and_left_out_where_that_is_asked_for(taken: Any, is_trial: bool) -> None:
    content = HEADER + row("a", "Qendra Agimi Tirane") + row("b", "Qendra Agimi Tirana") + row("c", "Strehëza Vjosa")
    job = taken(content, dry_run=True)
    first, second, third = job["rows"]
    assert [found["id"] for found in second["possible_duplicates"]] == [first["id"]]
    assert [first["possible_duplicates"], third["possible_duplicates"]] == [[], []]
    assert job["counts"]["possible_duplicates"] == 1
    assert actions_of(taken(content, duplicates="skip", dry_run=is_trial)) == ["created", "skipped", "created"]


@pytest.mark.parametrize("is_trial", [True, False])
def test_likes_within_one_file_are_found_however_far_apart_they_are(
    taken: Any, monkeypatch: pytest.MonkeyPatch, is_trial: bool
) -> None:
    monkeypatch.setattr(run_import, "BATCH", 1)
    name = f"Qendra {uuid.uuid4().hex[:12]}"
    job = taken(HEADER + row("a", name) + row("b", "Strehëza Vjosa") + row("c", name), dry_run=is_trial)
    first, _, third = job["rows"]
    assert [found["id"] for found in third["possible_duplicates"]] == [first["id"]]


@pytest.mark.parametrize(
    ("column", "field", "value"), [("accepts referrals", "accepts_referrals", "no"), ("sex", "sex", "girls")]
)
def test_an_empty_cell_leaves_what_was(agency: Agency, taken: Any, column: str, field: str, value: str) -> None:
    header, start = WIDE.format(column=column), row("a").rstrip("\n")
    listing_id = taken(header + f"{start},{value}\n")["rows"][0]["id"]
    said = agency.get(f"/listings/{listing_id}").json()[field]
    assert said in (False, "female")
    assert actions_of(taken(header + f"{start},\n")) == ["unchanged"]
    assert agency.get(f"/listings/{listing_id}").json()[field] == said


@pytest.mark.parametrize(
    ("column", "value", "code"),
    [
        ("website", "javascript:alert(1)", "not_web_address"),
        ("website", "www.example.org", "not_web_address"),
        ("website", "https://example.org/" + "x" * 500, "too_long"),
        ("phone", "call me maybe", "not_phone"),
        ("phone", "1" * 41, "too_long"),
        ("notice", "x" * 1001, "too_long"),
        ("waiting time", "x" * 201, "too_long"),
        ("address", "x" * 201, "too_long"),
        ("opening hours", '"' + ", ".join(["MO 08:00-09:00"] * 22) + '"', "too_many"),
    ],
)
def test_what_the_api_refuses_no_row_brings_in(taken: Any, column: str, value: str, code: str) -> None:
    job = taken(WIDE.format(column=column) + row("a").rstrip("\n") + f",{value}\n")
    assert code in [found for _, found in errors_of(job)]
    assert actions_of(job) == ["refused"]


def test_a_description_may_be_as_long_as_the_api_takes_it(taken: Any) -> None:
    job = taken(HEADER + row("a", description="x" * 5000) + row("b", description="x" * 5001))
    assert actions_of(job) == ["created", "refused"]


def a_service(**more: Any) -> dict[str, Any]:
    return {"id": str(uuid.uuid4()), "name": "Help", "status": "active", **more}


@pytest.mark.parametrize(
    ("more", "column", "code"),
    [
        ({"url": "javascript:alert(1)"}, "url", "not_web_address"),
        ({"additional_urls": [{"id": ONE_ID, "url": "data:x"}]}, "additional_urls[0].url", "not_web_address"),
        ({"description": "x" * 20_001}, "description", "too_long"),
        ({"name": "x" * 1001}, "name", "too_long"),
    ],
)  # fmt: skip
def test_nor_does_a_feed(taken: Any, more: dict[str, Any], column: str, code: str) -> None:
    assert errors_of(taken(json.dumps(a_service(**more)), format="ndjson")) == [(column, code)]


def test_a_feeds_number_that_nobody_can_dial_stays_words(agency: Agency, taken: Any) -> None:
    phones = [{"id": str(uuid.uuid4()), "number": "ask at the desk"}, {"id": str(uuid.uuid4()), "number": "116 111"}]
    job = taken(json.dumps(a_service(phones=phones)), format="ndjson", publish=True)
    assert agency.get(f"/listings/{job['rows'][0]['id']}").json()["phone"] == "116 111"


def test_an_organizations_website_is_one(taken: Any) -> None:
    document = {"id": str(uuid.uuid4()), "name": "Agimi", "description": "A centre.", "website": "javascript:alert(1)"}
    assert errors_of(taken(json.dumps(document), format="ndjson", country="AL")) == [("website", "not_web_address")]
