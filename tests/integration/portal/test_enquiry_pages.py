"""Asking several services for room and answering: with one tap, and with nothing about the child in an address."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

from services.portal import wording
from tests.support.portal import FORM_TOKEN, SERVICE_ID, FakeApis, a_portal, everyday_apis, problem, signed_in

ENQUIRY_ID = "01998d2e-7f00-7000-8000-000000000006"
PATH = f"/capacity-enquiries/{ENQUIRY_ID}"
NEED = {"needs": ["counselling"], "age": 12, "urgency": "urgent"}
SENT = {"csrf_token": FORM_TOKEN, "form_key": "k"}


def an_enquiry(**changes: Any) -> dict[str, Any]:
    need = {"needs": ["counselling"], "age_band": "12-14", "urgency": "urgent", "languages": [], "accessibility": []}
    answer = {
        "service_id": SERVICE_ID, "service_name": "Agimi", "organization_name": "Qendra", "agency_id": "a2",
        "answer": None, "available": None, "answered_at": None, "version": 1,
    }  # fmt: skip
    return {
        "id": ENQUIRY_ID, "reference": "CE-7K3M-2Q9D", "role": "sent", "status": "open", "asking_agency_id": "a1",
        "need": need, "until": "2026-01-15T11:30:00Z", "created_at": "2026-01-15T09:30:00Z", "closed_at": None,
        "closed_by": None, "answers": [answer],
    } | changes  # fmt: skip


@pytest.fixture
def apis() -> FakeApis:
    apis = everyday_apis()
    apis.on("POST", "directory", "/capacity-enquiries", an_enquiry())
    apis.on("GET", "directory", PATH, an_enquiry())
    return apis


@pytest.fixture
def caseworker(apis: FakeApis) -> FlaskClient:
    browser = signed_in(a_portal(apis), "caseworker")
    with browser.session_transaction() as session:
        session["search"] = NEED
    return browser


def test_nobody_is_asked_without_a_service_chosen(apis: FakeApis, caseworker: FlaskClient) -> None:
    caseworker.post("/enquiries", data=SENT)
    assert apis.sent("POST", "/capacity-enquiries") == []


def test_the_chosen_services_are_asked_for_what_was_searched(apis: FakeApis, caseworker: FlaskClient) -> None:
    answer = caseworker.post("/enquiries", data=SENT | {"service_ids": [SERVICE_ID]})
    assert answer.headers["Location"] == f"/enquiries/{ENQUIRY_ID}"
    assert apis.sent("POST", "/capacity-enquiries") == [{"need": NEED, "service_ids": [SERVICE_ID]}]


def test_the_asker_sees_answers_and_is_offered_none_to_give(apis: FakeApis, caseworker: FlaskClient) -> None:
    answered = an_enquiry()["answers"][0] | {
        "answer": "capacity", "available": 2, "answered_at": "2026-01-15T09:42:00Z",
    }  # fmt: skip
    apis.on("GET", "directory", PATH, an_enquiry(answers=[answered]))
    page = caseworker.get(f"/enquiries/{ENQUIRY_ID}").text
    assert "Yes, we have room" in page
    assert "Free places: 2" in page
    assert 'name="answer"' not in page
    assert f"service={SERVICE_ID}" in page


@pytest.mark.parametrize("code", list(wording.ENQUIRY_ANSWERS))
def test_each_answer_is_one_button(apis: FakeApis, caseworker: FlaskClient, code: str) -> None:
    apis.on("GET", "directory", PATH, an_enquiry(role="received"))
    apis.on("PUT", "directory", f"{PATH}/answers/{SERVICE_ID}", an_enquiry(role="received"))
    assert f'name="answer" value="{code}"' in caseworker.get(f"/enquiries/{ENQUIRY_ID}").text
    sent = SENT | {"version": "1", "answer": code, "available": "2"}
    caseworker.post(f"/enquiries/{ENQUIRY_ID}/answers/{SERVICE_ID}", data=sent)
    expected = {"answer": code} | ({"available": 2} if code == "capacity" else {})
    assert apis.sent("PUT", f"{PATH}/answers/{SERVICE_ID}") == [expected]
    assert next(request for request in apis.asked if request.method == "PUT").headers["If-Match"] == '"1"'


def test_who_answers_is_told_what_else_the_answer_says(apis: FakeApis, caseworker: FlaskClient) -> None:
    told = "also show the service as full"
    assert told not in caseworker.get(f"/enquiries/{ENQUIRY_ID}").text
    apis.on("GET", "directory", PATH, an_enquiry(role="received"))
    assert told in caseworker.get(f"/enquiries/{ENQUIRY_ID}").text


def test_an_answer_that_came_too_late_says_so(apis: FakeApis, caseworker: FlaskClient) -> None:
    apis.on("PUT", "directory", f"{PATH}/answers/{SERVICE_ID}", problem(409, "enquiry-closed"))
    answer = caseworker.post(
        f"/enquiries/{ENQUIRY_ID}/answers/{SERVICE_ID}",
        data=SENT | {"version": "1", "answer": "capacity"},
        follow_redirects=True,
    )
    assert "Your answer was not saved" in answer.text


@pytest.mark.parametrize(
    ("kind", "place"), [("enquiry", f"/enquiries/{ENQUIRY_ID}"), ("listings", "/listings/confirm")]
)
def test_the_inbox_leads_to_what_it_tells_of(apis: FakeApis, caseworker: FlaskClient, kind: str, place: str) -> None:
    entry = "01998d2e-7f00-7000-8000-000000000002"
    apis.on("POST", "notify", f"/inbox/{entry}/read", {"kind": "x", "subject": {"type": kind, "id": ENQUIRY_ID}})
    assert caseworker.post(f"/inbox/{entry}/open", data=SENT).headers["Location"] == place


def test_small_counts_of_unmet_needs_are_not_shown(apis: FakeApis) -> None:
    counts = [
        {"municipality": "AL-tirane", "term": "counselling", "count": 14},
        {"municipality": "AL-tirane", "term": "psychosocial-support", "count": None},
    ]
    found = {"country": "AL", "month": "2026-10", "by": "municipality", "smallest_shown": 5, "total": None}
    apis.on("GET", "directory", "/unmet-needs", found | {"counts": counts, "rows": [], "terms": []})
    page = signed_in(a_portal(apis), "municipality_officer").get("/needs?month=2026-10").text
    assert "<td>14</td>" in page
    assert "fewer than 5" in page
