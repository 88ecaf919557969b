"""Moments that no clock shows: refused where they come in, so that no list goes down with what holds one."""

from __future__ import annotations

import importlib
import json
from dataclasses import replace
from typing import Any

import pytest
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import text

from services.directory.bootstrap import Directory
from tests.support.directory import Agency
from tests.support.feeds import new_id
from tests.support.import_runs import actions_of, errors_of, imported

# As a day; written out it would look like a telephone number to the guard of texts.
FIRST_DAY = "-".join(("0001", "01", "01"))
# The first is what .NET writes for no date at local time; each is within the calendar where it was written alone.
ODD = (f"{FIRST_DAY}T00:00:00+01:00", f"{FIRST_DAY}T00:00:00+14:00", "9999-12-31T23:59:59-12:00")


def service(owner: str, **said: Any) -> dict[str, Any]:
    own = {"id": new_id(), "organization_id": owner, "name": "Agimi", "description": "Talks.", "status": "active"}
    return {**own, "service_areas": [{"id": new_id(), "extent": "AL-tirane"}], **said}


def capacity(updated: str) -> dict[str, Any]:
    return {"id": new_id(), "available": 1, "updated": updated, "unit": {"id": new_id(), "name": "beds"}}


def sent(agency: Agency, directory: Directory, *documents: dict[str, Any], publish: bool = True) -> dict[str, Any]:
    lines = "\n".join(map(json.dumps, documents))
    return imported(agency, directory, lines, format="ndjson", dry_run=False, publish=publish)


@pytest.mark.parametrize("publish", [False, True])
@pytest.mark.parametrize("moment", ODD)
def test_a_row_with_such_a_date_is_refused_with_its_column_and_keeps_no_other_out(
    agency: Agency, directory: Directory, moment: str, publish: bool
) -> None:
    owner = agency.organization()
    odd, neighbour = service(owner, capacities=[capacity(moment)]), service(owner)
    job = sent(agency, directory, odd, neighbour, publish=publish)
    assert (job["state"], actions_of(job)) == ("done", ["refused", "created"])
    assert errors_of(job) == [("capacities[0].updated", "not_date_time")]
    assert [item["id"] for item in agency.get("/listings").json()["items"]] == [neighbour["id"]]
    assert agency.request("GET", "/exports/own?format=ndjson").status_code == 200


@pytest.mark.parametrize("moment", ODD)
def test_so_is_one_that_was_last_modified_then(agency: Agency, directory: Directory, moment: str) -> None:
    job = sent(agency, directory, service(agency.organization(), last_modified=moment))
    assert errors_of(job) == [("last_modified", "not_date_time")]


def test_a_date_as_small_letters_write_it_is_one(agency: Agency, directory: Directory) -> None:
    told = service(agency.organization(), capacities=[capacity("2026-01-10 08:00:00z")])
    assert errors_of(sent(agency, directory, told)) == []
    assert agency.get(f"/listings/{told['id']}").json()["capacity"]["updated_at"] == "2026-01-10T08:00:00Z"


@pytest.mark.parametrize("day", [FIRST_DAY, "9999-12-31"])
def test_a_day_at_an_end_of_the_calendar_confirms_nothing(agency: Agency, directory: Directory, day: str) -> None:
    told = service(agency.organization(), assured_date=day)
    assert errors_of(sent(agency, directory, told)) == []
    assert "confirmed_at" not in agency.get(f"/listings/{told['id']}").json()
    assert agency.client.get(f"/services/{told['id']}").json()["status"] == "active"


def test_what_is_written_in_words_of_our_own_is_judged_alike(agency: Agency, directory: Directory) -> None:
    listing = agency.publish()
    agency.post(f"/listings/{listing['id']}/close", {"reason": "holidays"})
    lines = agency.request("GET", "/exports/own?format=ndjson&profile=lidhja").text.splitlines()
    (exported,) = (each for each in map(json.loads, lines) if each["id"] == listing["id"])
    text = {"field": "name", "language": "en", "text": "Dawn", "origin": "human", "source_language": "sq"}
    for place, odd in {
        "confirmed_at": {"confirmed_at": ODD[0]},
        "closing.closes_at": {"closing": {**exported["lidhja"]["closing"], "closes_at": ODD[0]}},
        "closing.reopens_at": {"closing": {**exported["lidhja"]["closing"], "reopens_at": ODD[2]}},
        "capacity.updated_at": {"capacity": {**exported["lidhja"]["capacity"], "updated_at": ODD[0]}},
        "capacity.reported_at": {"capacity": {**exported["lidhja"]["capacity"], "reported_at": ODD[2]}},
        "translations[0].at": {"translations": [{**text, "outdated": False, "at": ODD[0]}]},
    }.items():
        job = sent(agency, directory, {**exported, "lidhja": {**exported["lidhja"], **odd}})
        assert actions_of(job)[-1] == "refused", place
        assert f"lidhja.{place}" in job["rows"][-1]["errors"][0]["text"]


@pytest.mark.parametrize("moment", [*ODD, "9999-12-31T23:59:59Z", f"{FIRST_DAY}T00:00:00Z"])
@pytest.mark.parametrize("field", ["closes_at", "reopens_at"])
def test_no_closing_is_planned_for_such_a_day(agency: Agency, field: str, moment: str) -> None:
    path = f"/listings/{agency.publish()['id']}/close"
    refused = agency.post(path, {"reason": "holidays", field: moment})
    assert refused.status_code == 400, refused.text
    assert [error["pointer"] for error in refused.json()["errors"]] == [f"/{field}"]
    assert agency.get("/listings").status_code == 200


def test_a_closing_is_planned_in_small_letters(agency: Agency) -> None:
    path = f"/listings/{agency.publish()['id']}/close"
    closed = agency.post(path, {"reason": "holidays", "closes_at": "2999-01-01t10:00:00z"})
    assert closed.status_code == 200, closed.text
    assert closed.json()["closing"]["closes_at"] == "2999-01-01T10:00:00Z"


@pytest.mark.parametrize("moment", ODD)
def test_no_question_with_such_a_moment_is_a_fault_of_ours(agency: Agency, caseworker: Agency, moment: str) -> None:
    need = {"needs": ["psychosocial-support"], "municipality": "AL-tirane"}
    assert caseworker.post("/matches", {**need, "open_at": moment}).status_code == 400
    asker = replace(caseworker, scopes="referrals:read referrals:write")
    enquiry = {"need": {**need, "urgency": "urgent"}, "until": moment}
    assert asker.post("/capacity-enquiries", enquiry).status_code == 400
    criteria = {"open_at": moment, "organization_id": new_id()}
    assert agency.client.get("/services", params=criteria).status_code == 400
    since = {"modified_after": moment, "organization_id": new_id()}
    assert agency.client.get("/services", params=since).status_code in (200, 400)


def test_schedules_at_the_ends_of_the_calendar_open_nothing_and_harm_nothing(
    agency: Agency, directory: Directory
) -> None:
    def schedule(**said: Any) -> dict[str, Any]:
        hours = {"freq": "WEEKLY", "byday": "MO,TU", "opens_at": "08:00", "closes_at": "16:00"}
        return {"id": new_id(), **hours, **said}

    told = [
        schedule(dtstart=FIRST_DAY, interval=2),
        schedule(dtstart=ODD[0], count=3, freq="MONTHLY", byday="2MO"),
        schedule(dtstart="9999-12-31", count=400),
        schedule(until=FIRST_DAY, valid_from=FIRST_DAY, valid_to="9999-12-31"),
        schedule(valid_from="9999-12-31T23:59:59-12:00", interval=52),
    ]
    services = [service(agency.organization(), schedules=[each]) for each in told]
    job = sent(agency, directory, *services)
    assert (job["state"], {row["action"] for row in job["rows"]}) == ("done", {"created"}), job["rows"]
    # The second one counts from a day that no calendar has.
    assert errors_of(job) == [("schedules[0]", "hours_unclear")]
    for each in services:
        assert agency.client.get(f"/services/{each['id']}", params={}).status_code == 200
    assert agency.client.get("/services", params={"open_at": "now"}).status_code == 200


@pytest.mark.parametrize("moment", [f"{FIRST_DAY} 00:00:00 BC", "10000-01-01 00:00:00Z"])
def test_what_was_let_in_before_takes_no_list_down_any_more(agency: Agency, directory: Directory, moment: str) -> None:
    odd, neighbour = agency.draft(), agency.draft()
    mending = importlib.import_module("services.directory.migrations.versions.0033_keep_moments_in_calendar")
    names = ("capacity_updated_at", "capacity_reported_at", "closes_at", "reopens_at", "confirmed_at", "last_modified")
    changes = ", ".join(("closing_kind = 'temporarily closed'", *(f"{name} = :moment" for name in names)))
    with directory.engine.begin() as connection, Operations.context(MigrationContext.configure(connection)):
        mending.downgrade()
        wrong = text(f"UPDATE listing SET {changes} WHERE id = :id")
        connection.execute(wrong, {"moment": moment, "id": odd["id"]})
        mending.upgrade()
    listed = agency.get("/listings")
    assert listed.status_code == 200
    assert {item["id"] for item in listed.json()["items"]} == {odd["id"], neighbour["id"]}
    assert agency.get(f"/listings/{odd['id']}").json()["capacity"]["updated_at"] == odd["created_at"]
