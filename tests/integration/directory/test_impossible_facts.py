"""What a feed says that cannot be is refused with its column, and hours that nobody understands are named."""

from __future__ import annotations

import json
import uuid
from typing import Any

import pytest

from services.directory.bootstrap import Directory
from tests.integration.directory.test_imports import work_off
from tests.support.directory import Agency


def service(owner: str, **more: Any) -> dict[str, Any]:
    area = {"id": str(uuid.uuid4()), "name": "Tirana", "extent": "AL-tirane", "extent_type": "municipality"}
    return {
        "id": str(uuid.uuid4()), "organization_id": owner, "name": "House", "description": "Helps.",
        "status": "active", "service_areas": [area], **more,
    }  # fmt: skip


def taken(agency: Agency, directory: Directory, *documents: dict[str, Any]) -> list[dict[str, Any]]:
    lines = "\n".join(map(json.dumps, documents))
    sent = agency.upload(lines, format="ndjson", country="AL", dry_run=False, publish=True)
    assert sent.status_code == 202, sent.text
    rows: list[dict[str, Any]] = work_off(agency, directory, sent.json()["id"])["rows"]
    return rows


def told(row: dict[str, Any]) -> list[tuple[str, str]]:
    return [(error["column"], error["code"]) for error in row["errors"]]


def place(**where: Any) -> dict[str, Any]:
    location = {"id": str(uuid.uuid4()), "location_type": "physical", **where}
    return {"service_at_locations": [{"id": str(uuid.uuid4()), "location": location}]}


@pytest.mark.parametrize(
    ("more", "column", "code"),
    [
        ({"minimum_age": 17, "maximum_age": 5}, "minimum_age", "does_not_fit"),
        ({"minimum_age": -5}, "minimum_age", "not_age"),
        ({"maximum_age": 1e308}, "maximum_age", "not_age"),
        ({"name": " \u200b "}, "name", "missing"),
        ({"name": ""}, "name", "missing"),
        ({"name": "House \u202eevas si"}, "name", "turns_text"),
        ({"alert": "Call \u202d12"}, "alert", "turns_text"),
    ],
)
def test_what_cannot_be_is_refused_and_the_others_are_taken(
    agency: Agency, directory: Directory, client: Any, more: dict[str, Any], column: str, code: str
) -> None:
    owner = agency.organization()
    odd, good = service(owner, **more), service(owner, minimum_age=5.0, maximum_age=17.5)
    refused, created = taken(agency, directory, odd, good)
    assert (refused["action"], told(refused)) == ("refused", [(column, code)])
    assert (created["action"], told(created)) == ("created", [])
    assert client.get(f"/services/{odd['id']}").status_code == 404
    assert client.get(f"/services/{good['id']}").status_code == 200


def test_who_has_no_limit_and_who_writes_from_right_to_left_are_taken(agency: Agency, directory: Directory) -> None:
    owner = agency.organization()
    no_limit = service(owner, minimum_age=0, maximum_age=999)
    arabic = service(owner, alternate_name="\u202bبيت\u202c \u200fآمن")
    assert [(row["action"], told(row)) for row in taken(agency, directory, no_limit, arabic)] == [("created", [])] * 2


def test_an_organization_of_no_name_is_refused_with_its_services(agency: Agency, directory: Directory) -> None:
    owner = {"id": str(uuid.uuid4()), "name": "\u2003", "description": "Helps."}
    rows = taken(agency, directory, owner, service(owner["id"]))
    assert [told(row) for row in rows] == [[("name", "missing")], [("organization_id", "organization_refused")]]


def test_hours_that_are_not_understood_are_named_once(agency: Agency, directory: Directory, client: Any) -> None:
    good = {"freq": "WEEKLY", "byday": "MO,TU", "opens_at": "08:00", "closes_at": "16:00"}
    notes = {"id": str(uuid.uuid4()), "notes": "After a call."}
    schedules = [good, {**good, "byday": "XX"}, notes, {**good, "opens_at": "25:00"}]
    schedules = [{"id": str(uuid.uuid4()), **each} for each in schedules]
    document = service(agency.organization(), schedules=schedules)
    document |= place(latitude=41.3, longitude=19.8, schedules=[{**schedules[1], "id": str(uuid.uuid4())}])
    (row,) = taken(agency, directory, document)
    assert (row["action"], told(row)) == (
        "created",
        [
            (column, "hours_unclear")
            for column in ("schedules[1]", "schedules[3]", "service_at_locations[0].location.schedules[0]")
        ],
    )
    assert row["errors"][0]["text"].startswith("These opening hours are not understood")
    assert client.get(f"/services/{document['id']}").json()["schedules"][1]["byday"] == "XX"
    (again,) = taken(agency, directory, document)
    assert (again["action"], told(again)) == ("unchanged", [])
