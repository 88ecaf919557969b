"""Who may write which listing, and what is refused."""

from __future__ import annotations

import re
import uuid
from pathlib import Path
from typing import Any

import pytest

from services.directory.bootstrap import Directory
from tests.support.directory import Agency, listing_body

ROOT = Path(__file__).parents[3]
_MISFIT = re.compile(r'code="(\w+)",\s+fields=')


def outbox(directory: Directory, subject: str) -> list[Any]:
    with directory.engine.connect() as connection:
        return list(
            connection.exec_driver_sql(
                "SELECT type, aggregate_version, data FROM outbox WHERE subject = %s ORDER BY position", (subject,)
            )
        )


def test_writing_without_a_token_is_refused(client: Any) -> None:
    for method, path in (
        ("POST", "/listings"),
        ("GET", "/listings"),
        ("POST", "/own-organizations"),
        ("POST", "/matches"),
    ):
        assert client.request(method, path, json={}).status_code == 401


def test_a_token_without_the_scope_is_refused(caseworker: Agency) -> None:
    answer = caseworker.post("/listings", listing_body(organization_id=str(uuid.uuid4())))
    assert answer.status_code == 403
    assert answer.headers["content-type"] == "application/problem+json"
    assert caseworker.get("/events").status_code == 403


def test_a_foreign_listing_does_not_exist(agency: Agency, other_agency: Agency) -> None:
    listing = agency.draft()
    path = f"/listings/{listing['id']}"
    body = listing_body(capacity=None)
    assert other_agency.get(path).status_code == 404
    assert other_agency.put(path, body, If_Match='"1"').status_code == 404
    assert other_agency.post(f"{path}/publish").status_code == 404
    assert other_agency.post(f"{path}/withdraw").status_code == 404
    assert other_agency.put(f"{path}/capacity", {"available": 1}, If_Match='"1"').status_code == 404
    assert other_agency.get("/listings").json()["items"] == []
    assert agency.get(path).json()["version"] == 1


def test_nobody_drafts_for_a_foreign_organization(agency: Agency, other_agency: Agency) -> None:
    body = listing_body(organization_id=agency.organization())
    assert other_agency.post("/listings", body).status_code == 404


@pytest.mark.parametrize(
    ("change", "status", "slug"),
    [
        ({"unknown_field": 1}, 400, "invalid-request"),
        ({"name": "   "}, 400, "invalid-request"),
        ({"minimum_age": "six"}, 400, "invalid-request"),
        ({"taxonomy_terms": []}, 400, "invalid-request"),
        ({"email": "nobody"}, 400, "invalid-request"),
        ({"minimum_age": 12, "maximum_age": 6}, 422, "content-does-not-fit"),
        ({"taxonomy_terms": ["no-such-term"]}, 422, "unknown-code"),
        ({"serves": ["AL-atlantis"]}, 422, "unknown-code"),
        ({"serves": ["ZZ"]}, 422, "unknown-code"),
        ({"location": {"kind": "physical"}}, 422, "content-does-not-fit"),
        ({"location": {"kind": "virtual", "address_1": "x"}}, 422, "content-does-not-fit"),
        ({"location": {"kind": "physical", "municipality": "AL-tirane", "latitude": 41}}, 422, "content-does-not-fit"),
        ({"capacity": {"available": 9, "maximum": 2}}, 422, "content-does-not-fit"),
        ({"schedule": [{"byday": "MO", "opens_at": "16:00", "closes_at": "08:00"}]}, 422, "content-does-not-fit"),
    ],
)
def test_content_that_does_not_fit_is_refused(agency: Agency, change: dict[str, Any], status: int, slug: str) -> None:
    answer = agency.post("/listings", {**listing_body(organization_id=agency.organization()), **change})
    assert (answer.status_code, answer.json()["type"].rsplit("/", 1)[1]) == (status, slug)


def test_a_contradiction_is_named_for_programs(agency: Agency) -> None:
    change = {"minimum_age": 12, "maximum_age": 6}
    problem = agency.post("/listings", {**listing_body(organization_id=agency.organization()), **change}).json()
    assert (problem["code"], problem["fields"]) == ("ages_reversed", ["minimum_age", "maximum_age"])


def test_every_code_of_a_contradiction_is_in_the_description() -> None:
    said = (ROOT / "openapi" / "directory.yaml").read_text(encoding="utf-8").partition("\nservers:")[0]
    sources = (ROOT / "services" / "directory").rglob("*.py")
    codes = {code for path in sources for code in _MISFIT.findall(path.read_text(encoding="utf-8"))}
    assert len(codes) > 20
    assert [code for code in sorted(codes) if f"`{code}`" not in said] == []


def test_a_change_needs_the_version_it_was_made_on(agency: Agency) -> None:
    listing = agency.draft()
    path, body = f"/listings/{listing['id']}", listing_body(capacity=None, name="New name")
    assert agency.put(path, body).status_code == 428
    assert agency.put(path, body, If_Match='"7"').status_code == 412
    changed = agency.put(path, body, If_Match='"1"')
    assert (changed.status_code, changed.json()["name"], changed.headers["etag"]) == (200, "New name", '"2"')
    assert agency.put(path, body, If_Match='"1"').status_code == 412
    assert agency.put(f"{path}/capacity", {"available": 1}).status_code == 428
    assert agency.put(f"{path}/capacity", {"available": 1}, If_Match='"1"').status_code == 412


def test_a_draft_without_an_idempotency_key_is_refused_and_a_repeat_makes_no_second(agency: Agency) -> None:
    body = listing_body(organization_id=agency.organization())
    refused = agency.request("POST", "/listings", body)
    assert refused.json()["type"].endswith("idempotency-key-missing")
    key = str(uuid.uuid4())
    subject = str(uuid.uuid4())
    bearer = agency.issuer.bearer(agency_id=agency.id, scopes=agency.scopes, subject=subject)
    headers = {**bearer, "Idempotency-Key": key}
    first = agency.client.post("/listings", json=body, headers=headers)
    again = agency.client.post("/listings", json=body, headers=headers)
    assert (first.status_code, again.status_code, again.content) == (201, 201, first.content)
    other = agency.client.post("/listings", json={**body, "name": "Other"}, headers=headers)
    assert other.status_code == 422
    assert len(agency.get("/listings").json()["items"]) == 1


def test_a_draft_cannot_be_withdrawn(agency: Agency) -> None:
    answer = agency.post(f"/listings/{agency.draft()['id']}/withdraw")
    assert answer.status_code == 409
    assert answer.json()["allowed_actions"] == ["edit", "submit", "publish", "delete"]


def test_a_virtual_service_says_whom_it_serves_before_it_is_published(agency: Agency) -> None:
    listing = agency.draft(location={"kind": "virtual"}, serves=[])
    assert agency.post(f"/listings/{listing['id']}/publish").status_code == 422


def test_a_published_listing_is_seen_at_once_and_gone_at_once(
    client: Any, agency: Agency, directory: Directory
) -> None:
    listing = agency.draft()
    path = f"/services/{listing['id']}"
    assert client.get(path).status_code == 404
    agency.post(f"/listings/{listing['id']}/publish")
    assert client.get(path).json()["name"] == listing["name"]
    agency.post(f"/listings/{listing['id']}/publish")
    agency.post(f"/listings/{listing['id']}/withdraw")
    agency.post(f"/listings/{listing['id']}/withdraw")
    assert client.get(path).status_code == 404
    types = [(row.type, row.aggregate_version) for row in outbox(directory, listing["id"])]
    assert types == [("service.published.v1", 2), ("service.withdrawn.v1", 3)]


def test_every_capacity_report_on_a_published_listing_is_announced(agency: Agency, directory: Directory) -> None:
    listing = agency.publish()
    answer = agency.put(f"/listings/{listing['id']}/capacity", {"available": 0, "maximum": 4}, If_Match='"2"')
    assert answer.json()["capacity"]["available"] == 0
    last = outbox(directory, listing["id"])[-1]
    assert (last.type, last.data["available"], last.data["cause"]) == ("capacity.changed.v1", 0, "reported")


def test_a_municipality_keeps_the_listings_of_an_organization_without_an_agency(agency: Agency, client: Any) -> None:
    organization = agency.organization(linked=False)
    own = agency.get("/own-organizations").json()["items"]
    assert [(entry["agency_id"], entry["maintaining_agency_id"]) for entry in own] == [(None, agency.id)]
    listing = agency.publish(organization_id=organization)
    free = client.get("/services", params={"organization_id": organization, "accepts": "true"}).json()["contents"]
    assert [service["id"] for service in free] == [listing["id"]]
    assert client.get(f"/services/{listing['id']}").status_code == 200


def test_own_listings_come_page_by_page_without_gaps(agency: Agency) -> None:
    organization = agency.organization()
    made = [agency.draft(organization_id=organization, name=f"Listing {number}")["id"] for number in range(5)]
    seen: list[str] = []
    cursor: str | None = None
    while True:
        page = agency.get("/listings?limit=2" + (f"&cursor={cursor}" if cursor else "")).json()
        seen += [entry["id"] for entry in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert seen == made[::-1]
    assert agency.get("/listings?cursor=nonsense").status_code == 400


def test_a_network_listing_is_not_public_but_is_matched(
    client: Any, agency: Agency, caseworker: Agency, found: Any
) -> None:
    listing = agency.publish(tier="network", name="Rrjeti i brendshëm", taxonomy_terms=["guardianship"])
    assert client.get(f"/services/{listing['id']}").status_code == 404
    assert listing["id"] not in found(search="Rrjeti")
    assert client.get(f"/organizations/{listing['organization_id']}").status_code == 404
    answer = caseworker.post("/matches", {"needs": ["guardianship"], "limit": 50})
    assert listing["id"] in [match["service"]["id"] for match in answer.json()["matches"]]


def test_the_audit_record_names_who_changed_what(agency: Agency, directory: Directory) -> None:
    listing = agency.publish()
    with directory.engine.connect() as connection:
        rows = connection.exec_driver_sql(
            "SELECT action, agency_id FROM audit_record WHERE object_id = %s ORDER BY number", (listing["id"],)
        ).all()
    assert [tuple(row) for row in rows] == [("listing.draft", agency.id), ("listing.publish", agency.id)]


def test_listings_are_read_by_their_ids_and_those_of_others_are_left_out(agency: Agency, other_agency: Agency) -> None:
    first, second, theirs = agency.draft(), agency.publish(), other_agency.publish()
    agency.draft()
    asked = "&".join(f"id={each['id']}" for each in (first, second, theirs))
    found = [each["id"] for each in agency.get(f"/listings?{asked}").json()["items"]]
    assert sorted(found) == sorted([first["id"], second["id"]])
    assert agency.get(f"/listings?id={theirs['id']}").json()["items"] == []
    assert agency.get("/listings?id=nothing").status_code == 400
