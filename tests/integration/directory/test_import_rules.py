"""A file is no way around review, merges and delegations, and exports leave room for everybody else."""

from __future__ import annotations

from typing import Any

import pytest

from services.directory.adapters.import_desk import SMALL_BYTES
from services.directory.application import imports as importing
from services.directory.bootstrap import Directory
from services.directory.domain.imports import MOST_WAITING
from services.directory.entrypoints.api import lines
from tests.support.directory import Agency
from tests.support.import_runs import HEADER, actions_of, errors_of, imported, row

BY_ID = HEADER.replace("reference", "id")


def row_of(listing: dict[str, Any]) -> str:
    return BY_ID + row(listing["id"], "Changed name")


def test_a_delegate_learns_at_once_that_files_are_not_for_him(agency: Agency, other_agency: Agency) -> None:
    organization = agency.organization()
    given = agency.post("/delegations", {"to_agency_id": other_agency.id, "organization_ids": [organization]})
    assert given.status_code == 201, given.text
    assert other_agency.upload(HEADER + row("a"), organization_id=organization).status_code == 404


def test_a_draft_that_waits_for_review_is_not_changed(agency: Agency, directory: Directory) -> None:
    listing = agency.draft(name="As submitted")
    owner = listing["organization_id"]
    assert agency.set_review(owner, "required").status_code == 200
    submitted = agency.post(f"/listings/{listing['id']}/submit")
    assert submitted.json()["stage"] == "in_review", submitted.text
    job = imported(agency, directory, row_of(listing), organization_id=owner, dry_run=False)
    assert errors_of(job) == [("", "being_revised")]
    assert agency.get(f"/listings/{listing['id']}").json()["name"] == "As submitted"


def merge(agency: Agency, kind: str, keep: dict[str, str], fold: dict[str, str]) -> None:
    answer = agency.post("/merges", {"kind": kind, "keep": keep, "fold": fold})
    assert answer.status_code == 201, answer.text


def test_a_folded_listing_comes_back_by_no_file(agency: Agency, directory: Directory) -> None:
    owner = agency.organization()
    kept, folded = (agency.publish(organization_id=owner, name=name) for name in ("Qendra Kept", "Qendra Folded"))
    sides = ({"id": each["id"], "version": str(each["version"])} for each in (kept, folded))
    merge(agency, "listing", *sides)
    job = imported(agency, directory, row_of(folded), organization_id=owner, dry_run=False, publish=True)
    assert (actions_of(job), errors_of(job)) == (["refused"], [("id", "merged")])
    assert job["rows"][0]["errors"][0]["params"] == {"merged_into": kept["id"]}
    for format in ("csv", "ndjson"):
        content = agency.get(f"/exports/own?format={format}").text
        assert (kept["id"] in content, folded["id"] in content) == (True, False)


def test_small_files_wait_for_no_large_one_of_somebody_else(
    agency: Agency, other_agency: Agency, directory: Directory
) -> None:
    while directory.run_next_import():
        pass
    owner, theirs = agency.organization(), other_agency.organization()
    large = HEADER + row("a" * SMALL_BYTES)
    large_id = agency.upload(large, organization_id=owner).json()["id"]
    assert not directory.run_next_import(is_small=True)
    small_id = other_agency.upload(HEADER + row("b"), organization_id=theirs).json()["id"]
    # Its own earlier file a small one waits for: what is said last must count.
    later_id = agency.upload(HEADER + row("c"), organization_id=owner).json()["id"]
    while directory.run_next_import(is_small=True):
        pass
    assert other_agency.get(f"/imports/{small_id}").json()["state"] == "checked"
    assert [agency.get(f"/imports/{each}").json()["state"] for each in (large_id, later_id)] == ["waiting"] * 2
    assert directory.run_next_import()
    assert directory.run_next_import(is_small=True)
    assert agency.get(f"/imports/{later_id}").json()["state"] == "checked"


def test_an_agency_may_not_fill_the_queue(agency: Agency, other_agency: Agency, directory: Directory) -> None:
    owner, theirs = agency.organization(), other_agency.organization()
    for _ in range(MOST_WAITING):
        assert agency.upload(HEADER + row("a"), organization_id=owner).status_code == 202
    refused = agency.upload(HEADER + row("a"), organization_id=owner)
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "60")
    # Somebody else's file does not wait for all of them: it is the second to be taken.
    import_id = other_agency.upload(HEADER + row("b"), organization_id=theirs).json()["id"]
    for _ in range(2):
        assert directory.run_next_import()
    assert other_agency.get(f"/imports/{import_id}").json()["state"] == "checked"
    while directory.run_next_import():
        pass
    assert agency.upload(HEADER + row("a"), organization_id=owner).status_code == 202
    assert directory.run_next_import()


def test_nor_with_a_few_large_files(agency: Agency, monkeypatch: pytest.MonkeyPatch, directory: Directory) -> None:
    monkeypatch.setattr(importing, "LARGEST_WAITING", 400)
    owner = agency.organization()
    assert agency.upload(HEADER + row("a"), organization_id=owner).status_code == 202
    assert agency.upload(HEADER + row("b") * 4, organization_id=owner).status_code == 429
    assert directory.run_next_import()


def test_whole_files_are_handed_out_to_a_few_at_a_time(agency: Agency) -> None:
    taken = 0
    try:
        while lines._slots.acquire(blocking=False):
            taken += 1
        for answer in (agency.client.get("/exports"), agency.get("/exports/own")):
            assert (answer.status_code, answer.headers["Retry-After"]) == (429, "60")
    finally:
        for _ in range(taken):
            lines._slots.release()
    for _ in range(taken + 1):
        assert agency.client.get("/exports").status_code == 200
