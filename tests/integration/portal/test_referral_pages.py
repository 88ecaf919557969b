"""Writing, sending and reading a referral: nothing is sent twice, lost or shown too early."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from flask.testing import FlaskClient

from tests.support.portal import (
    FORM_TOKEN,
    REFERRAL_ID,
    SERVICE_ID,
    FakeApis,
    a_portal,
    a_referral,
    everyday_apis,
    problem,
    signed_in,
)

FILLED: dict[str, Any] = {
    "csrf_token": FORM_TOKEN, "form_key": "key-of-the-form", "service_id": SERVICE_ID, "kind": "referral",
    "urgency": "urgent", "need_1": "counselling", "age_band": "12-14", "sex": "female", "municipality": "Tirane",
    "identity.given_name": "Zvezdana", "caregiver.may_be_contacted": "no", "consent.basis": "consent",
    "consent.given_by": "guardian", "consent.form": "written", "consent.obtained_on": "2026-01-10",
    "consent.data_groups": ["identity", "caregiver"],
}  # fmt: skip


@pytest.fixture
def apis() -> FakeApis:
    apis = everyday_apis()
    apis.on("POST", "referral", "/referrals", httpx.Response(201, json=a_referral(status="draft")))
    draft = httpx.Response(200, json=a_referral(status="draft", direction="outbound"), headers={"ETag": '"1"'})
    apis.on("GET", "referral", f"/referrals/{REFERRAL_ID}", draft)
    apis.on(
        "GET", "referral", f"/referrals/{REFERRAL_ID}/history", {"referral_id": REFERRAL_ID, "entries": [], "due": []}
    )
    apis.on("GET", "referral", f"/referrals/{REFERRAL_ID}/packet", {
        "referral_id": REFERRAL_ID, "groups": {"identity": {"given_name": "Zvezdana"}}, "withheld": [],
    })  # fmt: skip
    return apis


@pytest.fixture
def browser(apis: FakeApis) -> FlaskClient:
    return signed_in(a_portal(apis), "caseworker")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("need_1", ""), ("urgency", ""), ("age_band", "99"), ("consent.basis", ""), ("consent.data_groups", []),
        ("consent.data_groups", ["health"]), ("consent.obtained_on", ""), ("consent.obtained_on", "soon"),
        ("consent.given_by", "none"), ("consent.child_assent", "refused"), ("consent.basis", "best_interests"),
    ],
)  # fmt: skip
def test_what_is_missing_is_said_and_what_was_written_stays(
    apis: FakeApis, browser: FlaskClient, field: str, value: Any
) -> None:
    answer = browser.post("/referrals/new", data=FILLED | {field: value})
    assert answer.status_code == 400
    assert "Please check these answers" in answer.text
    assert "Zvezdana" in answer.text
    assert apis.sent("POST", "/referrals") == []


def test_an_unclear_place_is_asked_about(apis: FakeApis, browser: FlaskClient) -> None:
    places = [
        {"code": f"RS-{slug}", "country": "RS", "level": "municipality", "name": "Palilula", "names": {}}
        for slug in ("palilula-beograd", "palilula-nis")
    ]
    apis.on("GET", "directory", "/municipalities", {"items": places})
    answer = browser.post("/referrals/new", data=FILLED | {"municipality": "Palilula"})
    assert answer.status_code == 400
    assert answer.text.count('name="municipality_choice"') == 2


def test_the_form_becomes_the_draft_and_the_check_page_follows(apis: FakeApis, browser: FlaskClient) -> None:
    answer = browser.post("/referrals/new", data=FILLED)
    assert answer.headers["Location"] == f"/referrals/{REFERRAL_ID}/check"
    draft = apis.sent("POST", "/referrals")[0]
    assert draft["triage"]["municipality"] == "AL-tirane"
    assert draft["packet"] == {"identity": {"given_name": "Zvezdana"}, "caregiver": {"may_be_contacted": False}}
    assert draft["consent"]["obtained_at"] == "2026-01-09T23:00:00Z"
    assert "Zvezdana" not in answer.headers["Location"]


def test_a_double_click_writes_one_draft_and_a_change_another(apis: FakeApis, browser: FlaskClient) -> None:
    for data in (FILLED, FILLED, FILLED | {"identity.given_name": "Drita"}):
        browser.post("/referrals/new", data=data)
    keys = [request.headers["Idempotency-Key"] for request in apis.asked if request.method == "POST"]
    assert keys[0] == keys[1] != keys[2]


def test_a_draft_needs_no_consent_yet(apis: FakeApis, browser: FlaskClient) -> None:
    bare = {name: value for name, value in FILLED.items() if not name.startswith("consent.")}
    answer = browser.post("/referrals/new", data=bare | {"then": "draft"})
    assert answer.headers["Location"] == "/work?show=drafts"
    assert "consent" not in apis.sent("POST", "/referrals")[0]


def test_sending_twice_carries_the_same_key(apis: FakeApis, browser: FlaskClient) -> None:
    apis.on("POST", "referral", f"/referrals/{REFERRAL_ID}/send", a_referral())
    for _click in range(2):
        browser.post(f"/referrals/{REFERRAL_ID}/send", data={"csrf_token": FORM_TOKEN, "form_key": "k", "etag": '"1"'})
    sent = [request for request in apis.asked if request.url.path.endswith("/send")]
    assert [request.headers["Idempotency-Key"] for request in sent] == ["k", "k"]
    assert sent[0].headers["If-Match"] == '"1"'


def test_a_refused_consent_is_explained_on_the_check_page(apis: FakeApis, browser: FlaskClient) -> None:
    refusal = problem(422, "consent-missing", reasons=["expired"])
    apis.on("POST", "referral", f"/referrals/{REFERRAL_ID}/send", refusal)
    browser.post(f"/referrals/{REFERRAL_ID}/send", data={"csrf_token": FORM_TOKEN, "form_key": "k"})
    assert "The consent has run out" in browser.get(f"/referrals/{REFERRAL_ID}/check").text


def test_a_form_sent_after_the_session_ended_says_how_to_keep_it(apis: FakeApis) -> None:
    browser = signed_in(a_portal(apis, SESSION_IDLE_MINUTES="-1"), "caseworker")
    answer = browser.post("/referrals/new", data=FILLED)
    assert answer.status_code == 401
    assert "What you wrote is not lost" in answer.text


def test_the_receiver_sees_no_child_before_the_click(apis: FakeApis, browser: FlaskClient) -> None:
    apis.on("GET", "referral", f"/referrals/{REFERRAL_ID}", a_referral(status="accepted"))
    assert "Zvezdana" not in browser.get(f"/referrals/{REFERRAL_ID}").text
    shown = browser.post(f"/referrals/{REFERRAL_ID}/child", data={"csrf_token": FORM_TOKEN, "purpose": "intake"})
    assert "Zvezdana" in shown.text
    assert shown.headers["Cache-Control"] == "no-store"
    assert any(request.url.params.get("purpose") == "intake" for request in apis.asked)


def test_what_a_person_wrote_is_never_markup(apis: FakeApis, browser: FlaskClient) -> None:
    apis.on("GET", "referral", f"/referrals/{REFERRAL_ID}", a_referral(status="accepted"))
    evil = "<script>alert(1)</script>"
    apis.on("GET", "referral", f"/referrals/{REFERRAL_ID}/packet", {
        "referral_id": REFERRAL_ID, "groups": {"identity": {"given_name": evil}}, "withheld": [],
    })  # fmt: skip
    assert evil not in browser.post(f"/referrals/{REFERRAL_ID}/child", data={"csrf_token": FORM_TOKEN}).text


@pytest.mark.parametrize(
    ("refusal", "words"),
    [
        (problem(412, "stale-version"), "somebody changed the referral"),
        (problem(409, "illegal-transition", allowed_actions=[]), "not possible any more"),
    ],
)
def test_a_refused_action_says_why_and_shows_the_present_state(
    apis: FakeApis, browser: FlaskClient, refusal: httpx.Response, words: str
) -> None:
    apis.on("GET", "referral", f"/referrals/{REFERRAL_ID}", a_referral())
    apis.on("POST", "referral", f"/referrals/{REFERRAL_ID}/accept", refusal)
    answer = browser.post(
        f"/referrals/{REFERRAL_ID}/do/accept", data={"csrf_token": FORM_TOKEN, "form_key": "k"}, follow_redirects=True
    )
    assert words in answer.text


def test_a_rejection_without_a_reason_is_not_sent(apis: FakeApis, browser: FlaskClient) -> None:
    browser.post(f"/referrals/{REFERRAL_ID}/do/reject", data={"csrf_token": FORM_TOKEN, "form_key": "k"})
    assert apis.sent("POST", f"/referrals/{REFERRAL_ID}/reject") == []


@pytest.mark.parametrize("language", ["en", "sq", "bs", "bg", "ro", "sr-Cyrl", "sr-Latn", "cnr"])
@pytest.mark.parametrize("status", [403, 404, 429, 500])
def test_every_fault_has_a_page_in_every_language(
    apis: FakeApis, browser: FlaskClient, status: int, language: str
) -> None:
    browser.set_cookie("lidhja_language", language)
    apis.on("GET", "referral", f"/referrals/{REFERRAL_ID}", problem(status, "whatever"))
    answer = browser.get(f"/referrals/{REFERRAL_ID}")
    assert answer.status_code == (503 if status == 500 else status)
    assert f'lang="{language}"' in answer.text
