"""The address of a confidential place reaches its own agency and nobody else, by no way at all."""

from __future__ import annotations

import json
import logging
from pathlib import Path
from typing import Any

import pytest

from services.directory.bootstrap import Directory
from tests.support.directory import Agency, listing_body

ADDRESS, POSTAL_CODE = "Rruga Fshehtaxyz 77", "PC-FSHEHTE"
LATITUDE, LONGITUDE = 42.06831337, 19.51248413
MARKERS = ("Fshehtaxyz", "fshehtaxyz", POSTAL_CODE, "42.0683", "19.5124", "AL-lezhe", "Lezhë")
SHELTER = {
    "kind": "confidential",
    "municipality": "AL-lezhe",
    "address_1": ADDRESS,
    "postal_code": POSTAL_CODE,
    "latitude": LATITUDE,
    "longitude": LONGITUDE,
}
# The only modules that may touch the table.
ALLOWED = {
    "adapters/confidential_tables.py",
    "adapters/deleted_listings.py",
    "adapters/repositories.py",
    "adapters/versions.py",
}  # fmt: skip


@pytest.fixture
def shelter(agency: Agency) -> dict[str, Any]:
    return agency.publish(
        name="Strehëza Zogu", taxonomy_terms=["emergency-shelter", "supported-living"], location=SHELTER
    )


def assert_silent(text: str) -> None:
    decoded = text.encode().decode("unicode_escape", errors="ignore") + text
    found = [marker for marker in MARKERS if marker in decoded]
    assert not found


def test_no_public_answer_holds_it(client: Any, shelter: dict[str, Any], agency: Agency) -> None:
    own = f"organization_id={shelter['organization_id']}"
    paths = [
        f"/services/{shelter['id']}",
        f"/services?{own}",
        f"/services?{own}&full=true",
        f"/services?{own}&format=ndjson&full=true",
        f"/organizations/{shelter['organization_id']}?full_service=true",
        "/organizations?full_service=true&per_page=100",
        f"/service_at_locations?{own}&full=true",
    ]
    for path in paths:
        answer = client.get(path)
        assert answer.status_code == 200
        assert_silent(answer.text)
    public = client.get(paths[0]).json()
    assert ("service_at_locations" in public, public["has_confidential_address"]) == (False, True)
    assert "has_confidential_address" not in client.get(paths[0], params={"profile": "hsds-3.1"}).json()
    line = agency.publish(location={"kind": "virtual"}, serves=["AL"])
    assert "has_confidential_address" not in client.get(f"/services/{line['id']}").json()


def test_no_search_finds_it_by_its_place(found: Any, shelter: dict[str, Any]) -> None:
    own = {"organization_id": shelter["organization_id"]}
    assert found(**own) == [shelter["id"]]
    for asked in (
        {"search": "Fshehtaxyz"},
        {"search": "Lezhë"},
        {"municipality": "AL-lezhe"},
        {"serves": "AL-lezhe"},
        {"near": f"{LATITUDE},{LONGITUDE}", "within_km": 1000},
        {"municipality": "AL-lezhe", "within_km": 1000},
    ):
        assert found(**asked, **own) == []


def test_matching_tells_that_it_is_confidential_and_no_more(caseworker: Agency, shelter: dict[str, Any]) -> None:
    body = {"needs": ["supported-living"], "municipality": "AL-lezhe", "limit": 50}
    answer = caseworker.post("/matches", body)
    both = answer.json()["matches"] + answer.json()["nearly"]
    match = next(match for match in both if match["service"]["id"] == shelter["id"])
    assert (match["service"]["location_kind"], match["distance_km"]) == ("confidential", None)
    # The place that the caseworker named comes back in the reasons; nothing else may.
    text = json.dumps({**match, "reasons": [], "missing": []}, ensure_ascii=False)
    assert_silent(text)


def test_no_event_log_line_or_index_holds_it(
    agency: Agency, directory: Directory, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    listing = agency.publish(location=SHELTER, serves=["AL-tirane"])
    agency.put(f"/listings/{listing['id']}/capacity", {"available": 1}, If_Match='"2"')
    agency.get(f"/listings/{listing['id']}")
    assert_silent(" ".join(record.getMessage() + str(record.__dict__.get("fields")) for record in caplog.records))
    with directory.engine.connect() as connection:
        for table in ("outbox", "search_entry", "listing", "location", "audit_record", "idempotency_key"):
            rows = connection.exec_driver_sql(
                f"SELECT t::text FROM {table} t WHERE t::text LIKE %s", (f"%{listing['id']}%",)
            )
            assert_silent(" ".join(row[0] for row in rows))
        words = connection.exec_driver_sql("SELECT string_agg(word, ' ') FROM search_word").scalar()
        assert "fshehtaxyz" not in (words or "")


def test_its_own_agency_reads_it_and_every_reading_is_recorded(
    agency: Agency, other_agency: Agency, shelter: dict[str, Any], directory: Directory
) -> None:
    path = f"/listings/{shelter['id']}"
    assert other_agency.get(path).status_code == 404
    answer = agency.get(path)
    assert answer.json()["location"]["address_1"] == ADDRESS
    assert answer.headers["cache-control"] == "no-store"
    assert_silent(agency.get("/listings").text)
    with directory.engine.connect() as connection:
        actions = connection.exec_driver_sql(
            "SELECT count(*) FROM audit_record WHERE object_id = %s AND action = 'listing.read_confidential_location'",
            (shelter["id"],),
        ).scalar()
    assert actions == 1


def test_the_answer_to_a_draft_does_not_repeat_it(agency: Agency) -> None:
    body = listing_body(location=SHELTER, organization_id=agency.organization())
    answer = agency.post("/listings", body)
    assert answer.json()["location"] == {"kind": "confidential"}


def test_a_place_that_becomes_confidential_leaves_no_trace_in_public(agency: Agency, client: Any, found: Any) -> None:
    public = {**SHELTER, "kind": "physical"}
    listing = agency.publish(location=public)
    assert ADDRESS in client.get(f"/services/{listing['id']}").text
    body = listing_body(location=SHELTER, capacity=None)
    assert agency.put(f"/listings/{listing['id']}", body, If_Match='"2"').status_code == 200
    assert_silent(client.get(f"/services/{listing['id']}").text)
    assert found(municipality="AL-lezhe", organization_id=listing["organization_id"]) == []


def test_only_the_repository_knows_the_table() -> None:
    folder = Path(__file__).parents[3] / "services" / "directory"
    parts = ("domain", "application", "adapters", "entrypoints")
    texts = {
        str(file.relative_to(folder)): file.read_text() for part in parts for file in folder.glob(f"{part}/**/*.py")
    }
    knowing = {
        name for name, text in texts.items() if "confidential_tables" in text or "confidential_location." in text
    }
    assert knowing | {"adapters/confidential_tables.py"} == ALLOWED


def readings(directory: Directory, listing_id: str) -> int:
    with directory.engine.connect() as connection:
        counted = connection.exec_driver_sql(
            "SELECT count(*) FROM audit_record WHERE object_id = %s AND action = 'listing.read_confidential_location'",
            (listing_id,),
        )
        return int(counted.scalar_one())


def test_no_answer_to_a_change_repeats_it(agency: Agency, directory: Directory) -> None:
    draft = agency.draft(location=SHELTER)
    path = f"/listings/{draft['id']}"
    answers = [agency.post(f"{path}/publish")]
    for method, below, body in (
        ("PUT", "", listing_body(location=SHELTER, capacity=None)),
        ("PUT", "/capacity", {"available": 1}),
        ("POST", "/confirm", None),
        ("POST", "/close", {"reason": "emergency"}),
        ("POST", "/reopen", None),
        ("POST", "/withdraw", None),
    ):
        seen = {"If_Match": answers[-1].headers["etag"], "Idempotency_Key": f"key-{draft['id']}{below}"}
        answers.append(agency.request(method, f"{path}{below}", body, **seen))
    assert [answer.status_code for answer in answers] == [200] * len(answers)
    for answer in answers:
        assert answer.json()["location"] == {"kind": "confidential"}
        assert_silent(answer.text)
    assert readings(directory, draft["id"]) == 0


def test_history_shows_no_address_of_a_place_that_was_ever_confidential(agency: Agency, directory: Directory) -> None:
    public = {**SHELTER, "kind": "physical"}
    listing = agency.publish(location=public)
    path, version = f"/listings/{listing['id']}", listing["version"]
    assert ADDRESS in agency.get(f"{path}/versions/{version}").text
    for place in (SHELTER, public, {**public, "address_1": f"{ADDRESS} b"}):
        body = listing_body(location=place, capacity=None)
        changed = agency.put(path, body, If_Match=f'"{version}"')
        assert changed.status_code == 200, changed.text
        version = changed.json()["version"]
        for number in range(1, version + 1):
            assert_silent(agency.get(f"{path}/versions/{number}").text)
        assert_silent(agency.get(f"{path}/diff?from=1&to={version}").text)
    moved = agency.get(f"{path}/diff?from={version - 1}&to={version}").json()["changes"]
    hidden = {"kind": "physical"}
    assert moved == [{"field": "location", "old": hidden, "new": hidden, "is_hidden": True}]
    became = agency.get(f"{path}/diff?from=2&to=3").json()["changes"]
    assert became == [{"field": "location", "old": hidden, "new": {"kind": "confidential"}}]
    assert readings(directory, listing["id"]) == 0


def test_a_revision_that_would_hide_the_place_hides_it_in_the_history_already(agency: Agency) -> None:
    listing = agency.publish(location={**SHELTER, "kind": "physical"})
    agency.set_review(listing["organization_id"], "required")
    body = listing_body(location=SHELTER, capacity=None)
    assert agency.put(f"/listings/{listing['id']}", body, If_Match='"2"').json()["stage"] == "revised"
    assert_silent(agency.get(f"/listings/{listing['id']}/versions/2").text)


def test_reading_what_a_revision_would_make_public_is_recorded(agency: Agency, directory: Directory) -> None:
    listing = agency.publish(location=SHELTER)
    agency.set_review(listing["organization_id"], "required")
    body = listing_body(location={**SHELTER, "kind": "physical"}, capacity=None)
    agency.put(f"/listings/{listing['id']}", body, If_Match='"2"')
    assert ADDRESS in agency.get(f"/listings/{listing['id']}/proposal").text
    assert readings(directory, listing["id"]) == 1
