"""Lists of what an agency keeps are read page by page, each entry once, whatever is added in between."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from tests.support.directory import Agency

PATHS = ("/own-organizations", "/reviews", "/delegations", "/claims", "/duplicates")


def read_through(agency: Agency, path: str, key: str, *, between: Any = None, asked: str = "") -> list[Any]:
    """Read a list two at a time, doing something after the first page."""
    found: list[Any] = []
    cursor = ""
    while True:
        page = agency.get(f"{path}?limit=2{asked}{cursor}").json()
        assert len(page["items"]) <= 2
        found += [entry[key] for entry in page["items"]]
        if page["next_cursor"] is None:
            return found
        if between and not cursor:
            between()
        cursor = f"&cursor={page['next_cursor']}"


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("cursor", ["nonsense", "bm9uc2Vuc2U=", "8a2b6f0e-1c2d-5e3f-8a4b-5c6d7e8f9a0b"])
def test_a_cursor_that_no_list_gave_is_refused(agency: Agency, path: str, cursor: str) -> None:
    answer = agency.get(f"{path}?cursor={cursor}")
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["detail"]


def test_a_cursor_does_not_tell_where_an_organization_of_others_stands(agency: Agency, other_agency: Agency) -> None:
    theirs = other_agency.organization(name="Mm")
    agency.organization(name="Aa")
    assert agency.get(f"/own-organizations?cursor={theirs}").status_code == 400


def test_organizations_are_read_by_name_page_by_page(agency: Agency) -> None:
    names = ["Bb", "Aa", "Cc", "Cc", "Ee"]
    ids = {agency.organization(name=name): name for name in names}
    found = read_through(agency, "/own-organizations", "id", between=lambda: agency.organization(name="Ab"))
    assert sorted(found) == sorted(ids)
    assert [ids[one] for one in found] == sorted(names)
    assert agency.get("/own-organizations").json()["next_cursor"] is None


def test_reviews_are_read_longest_waiting_first_page_by_page(agency: Agency) -> None:
    owner = agency.organization()
    seen = agency.get(f"/own-organizations/{owner}").headers["ETag"]
    agency.put(f"/organizations/{owner}/review", {"review": "required"}, If_Match=seen)
    waiting = [agency.draft(organization_id=owner)["id"] for _ in range(5)]
    for listing_id in waiting:
        assert agency.post(f"/listings/{listing_id}/submit").status_code == 200

    def recall() -> None:
        assert agency.post(f"/listings/{waiting[0]}/recall").status_code == 200

    assert read_through(agency, "/reviews", "listing_id", between=recall) == waiting


def test_delegations_are_read_latest_first_page_by_page(agency: Agency, other_agency: Agency) -> None:
    def give() -> str:
        given = {"to_agency_id": other_agency.id, "municipality_codes": ["AL-tirane"]}
        return str(agency.post("/delegations", given).json()["id"])

    made = [give() for _ in range(5)]
    for reader in (agency, other_agency):
        assert read_through(reader, "/delegations", "id") == made[::-1]
    assert read_through(agency, "/delegations", "id", between=give) == made[::-1]


def test_claims_are_read_latest_first_page_by_page(agency: Agency, other_agency: Agency) -> None:
    town, claimant = agency.person(), other_agency.person()

    def claim() -> str:
        listed = town.publish(organization_id=town.organization(linked=False))
        evidence = {"evidence": "The register shows the same number."}
        answer = claimant.post(f"/organizations/{listed['organization_id']}/claims", evidence)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    made = [claim() for _ in range(5)]
    for reader in (town, claimant):
        assert read_through(reader, "/claims", "id") == made[::-1]
    assert read_through(town, "/claims", "id", between=claim) == made[::-1]
    assert town.post(f"/claims/{made[3]}/reject", {"reason": "other"}, If_Match='"1"').status_code == 200
    assert read_through(claimant, "/claims", "id", asked="&status=pending")[1:] == [made[4], *made[2::-1]]


@pytest.mark.parametrize("told", ["2|{one}|{one}", "nan|{one}|{one}", "0.9|{one}", "0.9|{one}|x"])
def test_a_cursor_of_no_pair_is_refused(agency: Agency, told: str) -> None:
    cursor = base64.urlsafe_b64encode(told.format(one="8a2b6f0e-1c2d-5e3f-8a4b-5c6d7e8f9a0b").encode()).decode()
    assert agency.get(f"/duplicates?cursor={cursor}").status_code == 400


def test_pairs_are_read_likeliest_first_page_by_page(agency: Agency) -> None:
    owner = agency.organization()
    made = [agency.draft(organization_id=owner, name=f"Strehëza e fshatit {number}")["id"] for number in range(4)]
    agency.draft(organization_id=owner, name="Strehëza e fshatit", phone="044 555 666")
    whole = agency.get("/duplicates?limit=100").json()
    assert (whole["total"], len(whole["items"]), whole["next_cursor"]) == (10, 10, None)
    wanted = [[record["id"] for record in pair["records"]] for pair in whole["items"]]

    def dismiss() -> None:
        assert agency.post("/duplicates/dismissals", {"ids": wanted[0]}).status_code == 204

    found = read_through(agency, "/duplicates", "records", between=dismiss, asked="&min_score=0.6")
    assert [[record["id"] for record in records] for records in found] == wanted
    assert {record for ids in wanted for record in ids} >= set(made)
