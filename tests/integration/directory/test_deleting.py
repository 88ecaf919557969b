"""A draft that nobody but its keepers has seen can be deleted, and nothing of it is left; what others know of stays."""

from __future__ import annotations

import json
import uuid
from typing import Any

import pytest

from services.directory.bootstrap import Directory
from tests.integration.directory.test_imports import work_off
from tests.support.directory import Agency, listing_body

STREET, POSTAL_CODE = "Rruga Zhdukurxyz 5", "PC-ZHDUKUR"
SHELTER = {"kind": "confidential", "municipality": "AL-kukes", "address_1": STREET, "postal_code": POSTAL_CODE}


def deleted(agency: Agency, listing: dict[str, Any], version: int | None = None) -> Any:
    version = version or agency.get(f"/listings/{listing['id']}").json().get("version", 1)
    return agency.request("DELETE", f"/listings/{listing['id']}", If_Match=f'"{version}"')


def refusal(agency: Agency, listing: dict[str, Any]) -> tuple[int, str]:
    answer = deleted(agency, listing)
    assert agency.get(f"/listings/{listing['id']}").status_code == 200
    return answer.status_code, answer.json()["detail"]


def step(agency: Agency, listing: dict[str, Any], name: str, body: Any = None) -> dict[str, Any]:
    version = agency.get(f"/listings/{listing['id']}").json()["version"]
    answer = agency.post(f"/listings/{listing['id']}/{name}", body, If_Match=f'"{version}"')
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def tables_with(directory: Directory, *markers: str) -> set[str]:
    """Return the tables in which one of the markers stands anywhere."""
    with directory.engine.connect() as connection:
        names = connection.exec_driver_sql("SELECT tablename FROM pg_tables WHERE schemaname = current_schema()")
        return {
            table
            for (table,) in names.all()
            for marker in markers
            if connection.exec_driver_sql(
                f'SELECT 1 FROM "{table}" AS each WHERE each::text ILIKE %s LIMIT 1',
                (f"%{marker}%",),
            ).first()
        }


def test_another_agency_deletes_nothing(agency: Agency, other_agency: Agency) -> None:
    draft = agency.draft()
    assert deleted(other_agency, draft).status_code == 404
    assert agency.get(f"/listings/{draft['id']}").status_code == 200


def test_only_what_was_seen_is_deleted(agency: Agency) -> None:
    draft = agency.draft()
    path = f"/listings/{draft['id']}"
    assert agency.request("DELETE", path).status_code == 428
    assert agency.request("DELETE", path, If_Match="*").status_code == 428
    agency.put(path, listing_body(capacity=None, name="Changed meanwhile"), If_Match='"1"')
    assert deleted(agency, draft, version=1).status_code == 412
    assert agency.get(path).json()["name"] == "Changed meanwhile"


def test_what_is_published_is_withdrawn_and_not_deleted(agency: Agency) -> None:
    listing = agency.publish()
    status, said = refusal(agency, listing)
    assert (status, "withdraw" in said) == (409, True)
    assert "delete" not in agency.get(f"/listings/{listing['id']}").json()["allowed_actions"]
    step(agency, listing, "withdraw")
    status, said = refusal(agency, listing)
    assert (status, "published once" in said) == (409, True)


def test_what_was_published_once_is_not_deleted_as_a_draft_of_today(agency: Agency) -> None:
    author, second = agency.person(), agency.person()
    listing = author.publish()
    step(author, listing, "withdraw")
    step(author, listing, "submit")
    draft = step(second, listing, "reject", {"reason": "wrong"})
    assert (draft["stage"], "delete" in draft["allowed_actions"]) == ("draft", False)
    status, said = refusal(author, listing)
    assert (status, "published once" in said) == (409, True)


def test_what_is_in_review_is_recalled_first(agency: Agency) -> None:
    draft = agency.draft()
    step(agency, draft, "submit")
    status, said = refusal(agency, draft)
    assert (status, "take it back" in said) == (409, True)
    step(agency, draft, "recall")
    assert deleted(agency, draft).status_code == 204


def test_where_another_one_leads_to_it_stays(agency: Agency, client: Any) -> None:
    organization, name = agency.organization(), f"Qendra {uuid.uuid4().hex[:12]}"
    keep, fold = (agency.draft(organization_id=organization, name=name) for _ in range(2))
    sides = {"keep": {"id": keep["id"], "version": "1"}, "fold": {"id": fold["id"], "version": "1"}}
    assert agency.post("/merges", {"kind": "listing", **sides, "take": []}).status_code == 201
    status, said = refusal(agency, keep)
    assert (status, "merged into it" in said) == (409, True)
    assert deleted(agency, fold, version=1).status_code == 409


def test_a_delegate_deletes_what_it_may_edit_and_no_more(agency: Agency, other_agency: Agency) -> None:
    draft = agency.draft()
    other = agency.draft()
    body = {"to_agency_id": other_agency.id, "organization_ids": [draft["organization_id"]]}
    assert agency.person().post("/delegations", body).status_code == 201
    assert deleted(other_agency, other).status_code == 404
    assert deleted(other_agency, draft).status_code == 204
    assert agency.get(f"/listings/{draft['id']}").status_code == 404


def test_a_deleted_draft_is_gone_and_only_the_record_of_it_stays(
    agency: Agency, client: Any, directory: Directory
) -> None:
    draft = agency.draft(name="Zhdukje")
    assert "delete" in draft["allowed_actions"]
    gone = deleted(agency, draft)
    assert (gone.status_code, gone.content) == (204, b"")
    for path in ("", "/versions", "/versions/1", "/diff"):
        assert agency.get(f"/listings/{draft['id']}{path}").status_code == 404
    assert deleted(agency, draft, version=1).status_code == 404
    assert agency.get("/listings").json()["items"] == []
    assert agency.get("/listings?search=Zhdukje").json()["items"] == []
    assert client.get(f"/services/{draft['id']}").status_code == 404
    # Neither an event nor the feed of changes has heard of it. What is kept for a day is the answer to who wrote it.
    assert tables_with(directory, draft["id"]) == {"audit_record", "idempotency_key"}
    with directory.engine.connect() as connection:
        rows = connection.exec_driver_sql(
            "SELECT action, agency_id FROM audit_record WHERE object_id = %s ORDER BY number", (draft["id"],)
        )
        assert [tuple(row) for row in rows] == [("listing.draft", agency.id), ("listing.delete", agency.id)]


def test_the_hidden_address_of_a_deleted_draft_is_in_no_table(agency: Agency, directory: Directory) -> None:
    markers = ("zhdukurxyz", POSTAL_CODE)
    draft = agency.draft(location=SHELTER)
    path = f"/listings/{draft['id']}"
    moved = {**SHELTER, "address_1": f"{STREET}a"}
    assert agency.put(path, listing_body(capacity=None, location=moved), If_Match='"1"').status_code == 200
    open_place = {"kind": "physical", "municipality": "AL-kukes", "address_1": STREET}
    assert agency.put(path, listing_body(capacity=None, location=open_place), If_Match='"2"').status_code == 200
    step(agency, draft, "submit")
    step(agency, draft, "recall")
    assert {"confidential_version", "location"} <= tables_with(directory, *markers)
    assert deleted(agency, draft).status_code == 204
    assert tables_with(directory, *markers) == set()


@pytest.fixture
def imported(agency: Agency, directory: Directory) -> dict[str, Any]:
    """A hidden draft from a file, of an organization that its own file told the address of."""
    owner, place, street = (str(uuid.uuid4()) for _ in range(3))
    address = {"id": street, "address_1": STREET, "city": "Kukës", "state_province": "Kukës", "postal_code": "",
               "country": "AL", "address_type": "physical"}  # fmt: skip
    locations = [{"id": place, "location_type": "physical", "addresses": [address]}]
    told = {"id": owner, "name": f"House of {owner}", "description": "Helps.", "locations": locations}
    sent = agency.upload(json.dumps(told), format="ndjson", country="AL", dry_run=False, publish=True)
    work_off(agency, directory, sent.json()["id"])
    header = "name,description,kinds of help,languages,serves,place,municipality,address\n"
    row = f"House,Safe.,emergency-shelter,sq,AL,confidential,AL-kukes,{STREET}\n"
    sent = agency.upload(header + row, organization_id=owner, dry_run=False)
    job = work_off(agency, directory, sent.json()["id"])
    return {"id": job["rows"][0]["id"], "organization_id": owner}


def test_what_a_file_said_of_a_hidden_draft_goes_with_it(
    agency: Agency, client: Any, directory: Directory, imported: dict[str, Any]
) -> None:
    assert "last_word" in tables_with(directory, imported["id"])
    before = client.get(f"/organizations/{imported['organization_id']}").json()
    assert deleted(agency, imported).status_code == 204
    assert tables_with(directory, imported["id"]) <= {"audit_record", "import_row"}
    # The organization goes on telling of no place: nobody knows whether it was the hidden one.
    assert client.get(f"/organizations/{imported['organization_id']}").json() == before
    assert "locations" not in before
    assert "organization" not in tables_with(directory, "zhdukurxyz")
