"""Capacity enquiries: who may ask, who may answer, who sees which part, and what becomes of them in time."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from services.directory.application.enquire_capacity import close_overdue_enquiries
from services.directory.bootstrap import Directory
from tests.support.directory import Agency

NEED = {
    "needs": ["emergency-shelter"], "age": 15, "sex": "female", "languages": ["sq"], "municipality": "AL-tirane",
    "urgency": "urgent",
}  # fmt: skip
CASEWORK = "referrals:read referrals:write listings:write"


@pytest.fixture
def asker(client: Any, issuer: Any) -> Agency:
    return Agency(client, issuer, scopes=CASEWORK)


@pytest.fixture
def shelter(client: Any, issuer: Any) -> Agency:
    return Agency(client, issuer, scopes=CASEWORK)


@pytest.fixture
def centre(client: Any, issuer: Any) -> Agency:
    return Agency(client, issuer, scopes=CASEWORK)


@pytest.fixture(autouse=True)
def _nothing_else_fits(directory: Directory) -> None:
    with directory.engine.begin() as connection:
        connection.execute(text("DELETE FROM search_entry WHERE terms @> ARRAY['emergency-shelter']"))


def service_of(agency: Agency, **changes: Any) -> str:
    return str(agency.publish(taxonomy_terms=["emergency-shelter"], **changes)["id"])


def enquire(asker: Agency, *service_ids: str, **changes: Any) -> Any:
    body: dict[str, Any] = {"need": NEED, **changes}
    if service_ids:
        body["service_ids"] = list(service_ids)
    return asker.post("/capacity-enquiries", body)


def answer(agency: Agency, enquiry_id: str, service_id: str, body: Any, *, version: int = 1) -> Any:
    return agency.put(f"/capacity-enquiries/{enquiry_id}/answers/{service_id}", body, If_Match=f'"{version}"')


def events(directory: Directory, enquiry_id: str) -> list[dict[str, Any]]:
    query = "SELECT type, data FROM outbox WHERE subject = :id ORDER BY position"
    with directory.engine.connect() as connection:
        return [dict(row._mapping) for row in connection.execute(text(query), {"id": enquiry_id})]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 400),
        ({"need": {**NEED, "name": "Ana"}}, 400),
        ({"need": NEED, "note": "for Ana"}, 400),
        ({"need": NEED, "service_ids": []}, 400),
        ({"need": NEED, "service_ids": [str(uuid.uuid4()) for _ in range(51)]}, 400),
        ({"need": NEED, "service_ids": [str(uuid.uuid4())]}, 422),
        ({"need": NEED}, 422),
        ({"need": {**NEED, "needs": ["no-such-need"]}}, 422),
        ({"need": NEED, "until": "2020-01-01T00:00:00Z"}, 422),
        ({"need": NEED, "until": "2026-01-01T00:00:00"}, 400),
    ],
)
def test_unfit_enquiries_are_refused(asker: Agency, body: dict[str, Any], status: int) -> None:
    assert asker.post("/capacity-enquiries", body).status_code == status


def test_who_has_no_agency_or_is_not_to_be_known_cannot_be_asked(asker: Agency, shelter: Agency) -> None:
    outside = service_of(shelter, organization_id=shelter.organization(linked=False))
    named = service_of(shelter, tier="named", named_agencies=[str(uuid.uuid4())])
    for service_id in (outside, named):
        assert enquire(asker, service_id).status_code == 422


def test_an_emergency_does_not_wait_for_days(asker: Agency, shelter: Agency) -> None:
    service_id = service_of(shelter)
    need = {**NEED, "urgency": "emergency"}
    later = (datetime.now(UTC) + timedelta(hours=25)).isoformat()
    assert enquire(asker, service_id, need=need, until=later).status_code == 422
    until = datetime.fromisoformat(enquire(asker, service_id, need=need).json()["until"])
    assert timedelta(hours=1) < until - datetime.now(UTC) <= timedelta(hours=2)


def test_the_services_that_fit_are_asked_and_each_agency_is_told_once(
    asker: Agency, shelter: Agency, centre: Agency, directory: Directory
) -> None:
    organization_id = shelter.organization()
    asked = {service_of(shelter, organization_id=organization_id) for _ in range(2)} | {service_of(centre)}
    service_of(centre, languages=["bg"])
    enquiry = enquire(asker).json()
    assert {part["service_id"] for part in enquiry["answers"]} == asked
    told = events(directory, enquiry["id"])
    assert [event["type"] for event in told] == ["capacity_enquiry.sent.v1"] * 2
    assert {event["data"]["asked_agency_id"] for event in told} == {shelter.id, centre.id}


def test_where_nobody_can_be_asked_that_is_said_and_counted(asker: Agency, directory: Directory) -> None:
    place = "RO-galati"
    need = {**NEED, "needs": ["family-tracing"], "municipality": place}
    for _ in range(2):
        refused = enquire(asker, need=need)
        assert (refused.status_code, refused.json()["type"].rsplit("/", 1)[-1]) == (422, "no-service-fits")
    counted = "SELECT term, age_band, count FROM unmet_need WHERE municipality_code = :place"
    with directory.engine.connect() as connection:
        assert connection.execute(text(counted), {"place": place}).all() == [("family-tracing", "15-17", 1)]
        kept = "SELECT count(*) FROM capacity_enquiry WHERE municipality = :place"
        assert connection.scalar(text(kept), {"place": place}) == 0


def test_a_service_that_was_full_when_it_was_last_heard_of_is_asked_again(
    asker: Agency, shelter: Agency, centre: Agency, directory: Directory
) -> None:
    full = service_of(shelter, capacity={"available": 0, "maximum": 10, "unit": "places"})
    service_of(shelter, capacity={"available": 0, "unit": "places"}, languages=["bg"])
    with directory.engine.begin() as connection:
        old = "UPDATE listing SET capacity_updated_at = now() - interval '60 days' WHERE id = :id"
        connection.execute(text(old), {"id": full})
    assert [part["service_id"] for part in enquire(asker).json()["answers"]] == [full]
    free = service_of(centre)
    assert {part["service_id"] for part in enquire(asker).json()["answers"]} == {free, full}


def test_only_a_band_is_told_of_the_age_and_nothing_else_is_kept(
    asker: Agency, shelter: Agency, directory: Directory
) -> None:
    enquiry = enquire(asker, service_of(shelter)).json()
    assert enquiry["need"] == {
        "needs": ["emergency-shelter"], "age_band": "15-17", "sex": "female", "languages": ["sq"], "accessibility": [],
        "municipality": "AL-tirane", "urgency": "urgent",
    }  # fmt: skip
    (event,) = events(directory, enquiry["id"])
    assert "emergency-shelter" not in str(event)


def test_an_agency_sees_its_own_part_and_the_asker_all(
    asker: Agency, shelter: Agency, centre: Agency, client: Any, issuer: Any
) -> None:
    first, second = service_of(shelter), service_of(centre)
    enquiry = enquire(asker, first, second).json()
    path = f"/capacity-enquiries/{enquiry['id']}"
    assert answer(centre, enquiry["id"], second, {"answer": "waitlist"}).status_code == 200
    seen = {agency.id: agency.get(path).json() for agency in (asker, shelter, centre)}
    assert {part["service_id"] for part in seen[asker.id]["answers"]} == {first, second}
    assert [part["service_id"] for part in seen[shelter.id]["answers"]] == [first]
    assert (seen[shelter.id]["role"], seen[asker.id]["role"]) == ("received", "sent")
    assert "waitlist" not in str(seen[shelter.id])
    assert "etag" not in shelter.get(path).headers
    stranger = Agency(client, issuer, scopes=CASEWORK)
    assert stranger.get(path).status_code == 404
    assert stranger.get("/capacity-enquiries").json()["items"] == []


def test_only_the_agency_asked_answers_and_only_for_its_own(asker: Agency, shelter: Agency, centre: Agency) -> None:
    first, second = service_of(shelter), service_of(centre)
    enquiry_id = enquire(asker, first, second).json()["id"]
    said = {"answer": "capacity"}
    assert answer(asker, enquiry_id, first, said).status_code == 409
    assert answer(centre, enquiry_id, first, said).status_code == 404
    assert answer(shelter, enquiry_id, str(uuid.uuid4()), said).status_code == 404
    assert shelter.put(f"/capacity-enquiries/{enquiry_id}/answers/{first}", said).status_code == 428
    assert answer(shelter, enquiry_id, first, {"answer": "perhaps"}).status_code == 400
    assert answer(shelter, enquiry_id, first, {"answer": "no-capacity", "available": 2}).status_code == 422
    assert shelter.post(f"/capacity-enquiries/{enquiry_id}/close").status_code == 409


def test_an_answer_may_be_changed_by_who_has_seen_it_and_repeated_by_anybody(asker: Agency, shelter: Agency) -> None:
    service_id = service_of(shelter)
    enquiry_id = enquire(asker, service_id).json()["id"]
    first = answer(shelter, enquiry_id, service_id, {"answer": "capacity"})
    assert (first.status_code, first.headers["etag"]) == (200, '"2"')
    assert answer(shelter, enquiry_id, service_id, {"answer": "capacity"}).json() == first.json()
    assert answer(shelter, enquiry_id, service_id, {"answer": "waitlist"}).status_code == 412
    changed = answer(shelter, enquiry_id, service_id, {"answer": "waitlist"}, version=2).json()
    assert changed["answers"][0] | {"answered_at": None} == {
        "service_id": service_id, "service_name": "Këshillim për fëmijë", "organization_name": "Qendra Agimi",
        "agency_id": shelter.id, "answer": "waitlist", "available": None, "answered_at": None, "version": 3,
    }  # fmt: skip


def test_a_number_of_free_places_becomes_the_listings(asker: Agency, shelter: Agency, directory: Directory) -> None:
    service_id = service_of(shelter, capacity={"available": 0, "maximum": 4, "unit": "beds"})
    enquiry_id = enquire(asker, service_id).json()["id"]
    assert answer(shelter, enquiry_id, service_id, {"answer": "capacity", "available": 5}).status_code == 422
    assert asker.get(f"/capacity-enquiries/{enquiry_id}").json()["answers"][0]["answer"] is None
    answer(shelter, enquiry_id, service_id, {"answer": "capacity", "available": 2})
    capacity = shelter.get(f"/listings/{service_id}").json()["capacity"]
    assert (capacity["available"], capacity["maximum"], capacity["unit"]) == (2, 4, "beds")
    told = [event["type"] for event in (*events(directory, service_id), *events(directory, enquiry_id))]
    assert told[-3:] == ["capacity.changed.v1", "capacity_enquiry.sent.v1", "capacity_enquiry.answered.v1"]


def test_what_is_closed_takes_no_more_answers(asker: Agency, shelter: Agency) -> None:
    service_id = service_of(shelter)
    enquiry_id = enquire(asker, service_id).json()["id"]
    for _ in range(2):
        closed = asker.post(f"/capacity-enquiries/{enquiry_id}/close")
        assert (closed.status_code, closed.json()["status"], closed.json()["closed_by"]) == (200, "closed", "asker")
    assert answer(shelter, enquiry_id, service_id, {"answer": "capacity"}).status_code == 409


def test_the_clock_closes_what_is_past_its_time_once(asker: Agency, shelter: Agency, directory: Directory) -> None:
    over, going = (enquire(asker, service_of(shelter)).json()["id"] for _ in range(2))
    with directory.engine.begin() as connection:
        past = text("UPDATE capacity_enquiry SET until = now() - interval '1 second' WHERE id = :id")
        connection.execute(past, {"id": over})
    assert close_overdue_enquiries(directory.unit_of_work, directory.clock) == 1
    assert close_overdue_enquiries(directory.unit_of_work, directory.clock) == 0
    assert [event["type"] for event in events(directory, over)][-1] == "capacity_enquiry.closed.v1"
    states = {one: asker.get(f"/capacity-enquiries/{one}").json() for one in (over, going)}
    assert [(state["status"], state["closed_by"]) for state in states.values()] == [("closed", "time"), ("open", None)]


def test_lists_tell_sent_from_received_and_go_on_page_by_page(asker: Agency, shelter: Agency) -> None:
    service_id, own = service_of(shelter), service_of(asker)
    sent = [enquire(asker, service_id).json()["id"] for _ in range(3)]
    received = enquire(shelter, own).json()["id"]
    listed = asker.get("/capacity-enquiries?limit=2").json()
    rest = asker.get(f"/capacity-enquiries?limit=2&cursor={listed['next_cursor']}").json()
    assert [one["id"] for one in (*listed["items"], *rest["items"])] == [received, *reversed(sent)]
    assert rest["next_cursor"] is None
    assert [one["id"] for one in asker.get("/capacity-enquiries?role=received").json()["items"]] == [received]
    asker.post(f"/capacity-enquiries/{sent[0]}/close")
    closed = asker.get("/capacity-enquiries?role=sent&status=closed").json()["items"]
    assert [one["id"] for one in closed] == [sent[0]]


def test_a_repeated_enquiry_asks_once(asker: Agency, shelter: Agency, directory: Directory) -> None:
    body, key = {"need": NEED, "service_ids": [service_of(shelter)]}, str(uuid.uuid4())
    # One person asks, with one token.
    headers = {**asker.issuer.bearer(agency_id=asker.id, scopes=CASEWORK), "Idempotency-Key": key}
    first, second = (asker.client.post("/capacity-enquiries", json=body, headers=headers) for _ in range(2))
    assert first.json()["id"] == second.json()["id"]
    assert len(events(directory, first.json()["id"])) == 1
