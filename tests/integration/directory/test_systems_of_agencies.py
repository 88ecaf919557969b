"""An agency's own system keeps listings as its people do, and decides on nothing."""

from __future__ import annotations

from typing import Any

import pytest

from services.directory.bootstrap import Directory
from tests.support.directory import Agency, listing_body
from tests.support.import_runs import HEADER, actions_of, imported, row


def reviewed(agency: Agency) -> str:
    organization_id = agency.organization()
    assert agency.set_review(organization_id, "required").status_code == 200
    return organization_id


def assert_person_required(answer: Any) -> None:
    assert answer.status_code == 403, answer.text
    assert answer.json()["type"].endswith("/person-required")
    assert "person of the agency" in answer.json()["detail"]


@pytest.mark.parametrize("step", ["approve", "reject"])
def test_a_system_decides_on_no_listing(agency: Agency, step: str) -> None:
    person = agency.person()
    draft = person.draft(organization_id=reviewed(person))
    submitted = person.post(f"/listings/{draft['id']}/submit").json()
    body = {"reason": "wrong"} if step == "reject" else None
    seen = f'"{submitted["version"]}"'
    assert_person_required(agency.system().post(f"/listings/{draft['id']}/{step}", body, If_Match=seen))
    read = agency.system().get(f"/listings/{draft['id']}").json()
    assert (read["stage"], "approve" in read["allowed_actions"]) == ("in_review", False)


def test_a_system_sets_no_rule_claims_nothing_and_delegates_nothing(agency: Agency, other_agency: Agency) -> None:
    organization_id = agency.organization()
    system = agency.system()
    assert_person_required(system.set_review(organization_id, "required"))
    body = {"to_agency_id": other_agency.id, "organization_ids": [organization_id]}
    assert_person_required(system.post("/delegations", body))
    given = agency.post("/delegations", body).json()
    assert_person_required(system.request("DELETE", f"/delegations/{given['id']}"))
    listed = agency.publish(organization_id=agency.organization(linked=False))
    path = f"/organizations/{listed['organization_id']}/claims"
    assert_person_required(other_agency.system().post(path, {"evidence": "The same number."}))
    claim = other_agency.post(path, {"evidence": "The same number."}).json()
    assert_person_required(system.post(f"/claims/{claim['id']}/approve", If_Match='"1"'))


def test_a_system_merges_nothing(agency: Agency) -> None:
    kept, folded = ({"id": agency.draft()["id"], "version": "1"} for _ in range(2))
    assert_person_required(agency.system().post("/merges", {"kind": "listing", "keep": kept, "fold": folded}))


def test_where_a_second_person_looks_a_system_submits_and_a_person_decides(agency: Agency) -> None:
    system = agency.system()
    draft = system.draft(organization_id=reviewed(agency))
    refused = system.post(f"/listings/{draft['id']}/publish")
    assert (refused.status_code, refused.json()["allowed_actions"]) == (409, ["edit", "submit", "delete"])
    submitted = system.post(f"/listings/{draft['id']}/submit").json()
    seen = f'"{submitted["version"]}"'
    assert agency.person().post(f"/listings/{draft['id']}/approve", If_Match=seen).json()["status"] == "published"


def test_where_nobody_is_asked_a_system_publishes_and_tells_of_free_places(agency: Agency) -> None:
    system = agency.system()
    listing = system.publish()
    path, seen = f"/listings/{listing['id']}", f'"{listing["version"]}"'
    told = system.put(f"{path}/capacity", {"available": 1}, If_Match=seen)
    assert (told.status_code, told.json()["capacity"]["available"]) == (200, 1)
    changed = system.put(path, listing_body(capacity=None, name="Kept by a system"), If_Match=told.headers["ETag"])
    assert changed.json()["status"] == "published"
    assert system.get("/exports/own?format=ndjson").status_code == 200


def test_a_system_sends_files(agency: Agency, directory: Directory) -> None:
    system, owner = agency.system(), agency.organization()
    job = imported(system, directory, HEADER + row("by-system"), organization_id=owner, dry_run=False)
    assert actions_of(job) == ["created"]
