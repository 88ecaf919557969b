"""Review of what organizations say, in the portal: what is allowed is offered, and what would change is read first."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from flask.testing import FlaskClient

from services.portal.languages import LANGUAGES
from tests.integration.portal.test_organization_pages import OWN, TRANSLATIONS, main_of
from tests.integration.portal.test_ownership_pages import ORGANIZATION, OWNER, OWNER_ID, apis, officer
from tests.support.page_forms import fields_of_form
from tests.support.portal import FORM_TOKEN, FakeApis, a_portal, problem, signed_in

__all__ = ["apis", "officer"]
PROPOSAL = f"{ORGANIZATION}/proposal"
SENT = {"csrf_token": FORM_TOKEN, "form_key": "k", "etag": '"5f2c"'}
EN = {"language": "en", "field": "name", "text": "Dawn", "origin": "human", "outdated": False}
CONTENT = {"name": "Agimi", "description": "A <b>house</b>.", "phone": "116 111", "translations": [EN]}
WAITING = {
    "organization_id": OWNER_ID, "name": "Agimi", "version": "5f2c", "submitted_at": "2026-01-15T09:30:00Z",
    "may_decide": True,
}  # fmt: skip


def with_proposal(apis: FakeApis, *allowed: str, stage: str = "revision_in_review", **revision: Any) -> None:
    own = OWNER | {"stage": stage, "allowed_actions": list(allowed), "revision": revision}
    apis.on("GET", "directory", OWN, httpx.Response(200, json=own, headers={"ETag": '"5f2c"'}))
    proposal = {"organization_id": OWNER_ID, "version": "5f2c", "stage": stage, "content": CONTENT}
    apis.on("GET", "directory", f"{OWN}/proposal", httpx.Response(200, json=proposal, headers={"ETag": '"5f2c"'}))
    for step in ("submit", "recall", "approve", "publish", "reject", "comments"):
        apis.on("POST", "directory", f"{OWN}/{step}", own)
    apis.on("DELETE", "directory", f"{OWN}/proposal", own)
    apis.on("GET", "directory", "/reviews", {"items": [], "next_cursor": None})
    apis.on("GET", "directory", "/organization-reviews", {"items": [WAITING], "next_cursor": "c1"})


@pytest.mark.parametrize("path", [PROPOSAL, "/reviews"])
def test_who_keeps_no_listings_sees_nothing_of_it(apis: FakeApis, path: str) -> None:
    with_proposal(apis, "approve")
    caseworker = signed_in(a_portal(apis), "caseworker")
    assert caseworker.get(path).status_code == 403
    assert caseworker.post(f"{ORGANIZATION}/step/approve", data=SENT).status_code == 403
    assert [request for request in apis.asked if "organization" in request.url.path] == []


def test_a_delegate_is_told_that_there_is_nothing(apis: FakeApis, officer: FlaskClient) -> None:
    apis.on("GET", "directory", f"{OWN}/proposal", problem(404, "not-found"))
    assert PROPOSAL not in officer.get(ORGANIZATION).text
    assert officer.get(PROPOSAL).status_code == 404


def test_who_wrote_it_is_offered_no_decision_and_told_why_when_he_tries(apis: FakeApis, officer: FlaskClient) -> None:
    with_proposal(apis, "comment", "recall")
    for path in (ORGANIZATION, PROPOSAL):
        page = main_of(officer.get(path).text)
        assert "Approve and publish" not in page
        assert "Send it back" not in page
    apis.on("POST", "directory", f"{OWN}/approve", problem(409, "illegal-transition"))
    answer = officer.post(f"{ORGANIZATION}/step/approve", data=SENT, follow_redirects=True)
    assert "another person must" in answer.text


def test_no_other_step_can_be_made_up(apis: FakeApis, officer: FlaskClient) -> None:
    with_proposal(apis, "approve")
    assert officer.post(f"{ORGANIZATION}/step/withdraw", data=SENT).status_code == 404


def test_what_would_change_is_read_before_it_is_approved_as_it_was_seen(apis: FakeApis, officer: FlaskClient) -> None:
    with_proposal(apis, "comment", "approve", "reject")
    assert f'href="{PROPOSAL}"' in officer.get(ORGANIZATION).text
    page = officer.get(PROPOSAL).text
    for words in ("A centre.", "A &lt;b&gt;house&lt;/b&gt;.", "English, Name of the organization: Dawn"):
        assert words in main_of(page)
    # What stays as it is is not in the way.
    assert "116 111" not in main_of(page)
    answer = officer.post(f"{ORGANIZATION}/step/approve", data=fields_of_form(page), follow_redirects=True)
    assert "Approved. Everybody reads it now." in answer.text
    (sent,) = [request for request in apis.asked if request.url.path == f"{OWN}/approve"]
    assert sent.headers["If-Match"] == '"5f2c"'


def test_sending_back_needs_a_reason_and_commenting_words(apis: FakeApis, officer: FlaskClient) -> None:
    with_proposal(apis, "comment", "approve", "reject")
    assert officer.post(PROPOSAL, data=SENT | {"then": "reject"}).status_code == 400
    assert officer.post(PROPOSAL, data=SENT | {"then": "comment"}).status_code == 400
    assert apis.sent("POST", f"{OWN}/reject") == apis.sent("POST", f"{OWN}/comments") == []
    officer.post(PROPOSAL, data=SENT | {"then": "reject", "reason": "unclear", "note": "Which town?"})
    officer.post(PROPOSAL, data=SENT | {"then": "comment", "note": "Nice."})
    assert apis.sent("POST", f"{OWN}/reject") == [{"reason": "unclear", "note": "Which town?"}]
    assert apis.sent("POST", f"{OWN}/comments") == [{"text": "Nice."}]


@pytest.mark.parametrize(
    ("allowed", "words"),
    [
        ("submit", "Submitted. A second person looks at it now."), ("recall", "It is taken back from review."),
        ("publish", "Published. Everybody reads it now."),
        ("discard", "What was published stays as it is."),
    ],
)  # fmt: skip
def test_the_steps_that_are_open_are_offered_and_taken(
    apis: FakeApis, officer: FlaskClient, allowed: str, words: str
) -> None:
    with_proposal(apis, allowed, stage="revised")
    page = officer.get(ORGANIZATION).text
    offered = [step for step in ("submit", "recall", "publish", "discard") if f"/step/{step}" in page]
    assert offered == [allowed]
    assert words in officer.post(f"{ORGANIZATION}/step/{allowed}", data=SENT, follow_redirects=True).text


def test_in_review_no_form_is_offered(apis: FakeApis, officer: FlaskClient) -> None:
    with_proposal(apis, "comment", "recall")
    assert 'name="description"' not in officer.get(ORGANIZATION).text


def test_a_further_change_begins_with_the_one_that_waits(apis: FakeApis, officer: FlaskClient) -> None:
    with_proposal(apis, "edit", "submit", "discard", stage="revised", rejected_for="unclear", note="Which town?")
    page = officer.get(ORGANIZATION).text
    for words in ("It is not clear enough", "Which town?", "A &lt;b&gt;house&lt;/b&gt;.</textarea>"):
        assert words in page
    form = next(form for form in page.split("<form") if 'name="description"' in form)
    apis.on("PUT", "directory", OWN, OWNER | {"stage": "revised"})
    answer = officer.post(ORGANIZATION, data=fields_of_form(f"<form{form}"), follow_redirects=True)
    assert "submit it for review" in answer.text
    # Translations that wait go along, or saving the form would take them back.
    assert apis.sent("PUT", OWN)[-1] == CONTENT


def test_a_translation_that_waits_is_gone_on_with(apis: FakeApis, officer: FlaskClient) -> None:
    with_proposal(apis, "edit", "submit", "discard", stage="revised")
    page = officer.get(f"{TRANSLATIONS}/en").text
    assert ">Dawn</textarea>" in page
    apis.on("PUT", "directory", OWN, OWNER | {"stage": "revised"})
    form = fields_of_form(page)
    form["name"] = "Daybreak"
    answer = officer.post(f"{TRANSLATIONS}/en", data=form, follow_redirects=True)
    assert "submit it for review" in answer.text
    (sent,) = apis.sent("PUT", OWN)
    assert (sent["description"], sent["translations"][0]["text"]) == (CONTENT["description"], "Daybreak")


def test_what_waits_stands_in_the_queue(apis: FakeApis, officer: FlaskClient) -> None:
    with_proposal(apis, "approve")
    page = main_of(officer.get("/reviews").text)
    for words in (f'href="{PROPOSAL}"', "Agimi", 'href="/reviews?organizations=c1"'):
        assert words in page
    assert "Nothing waits" not in page
    apis.on("GET", "directory", "/organization-reviews", {"items": [WAITING | {"may_decide": False}]})
    assert "another person must decide" in officer.get("/reviews").text


def test_the_history_tells_of_the_steps(apis: FakeApis, officer: FlaskClient) -> None:
    at = {"at": "2026-02-15T09:30:00Z", "agency_id": "a1", "account_id": "p9"}
    items = [
        {"number": 3, "action": "reject", "is_proposal": True, "reason": "unclear", "note": "Which town?", **at},
        {"number": 2, "action": "submit", "is_proposal": True, **at},
        {"number": 1, "action": "register", "is_proposal": False, **at},
    ]
    apis.on("GET", "directory", f"{OWN}/versions", {"items": items, "next_before": None})
    page = main_of(officer.get(f"{ORGANIZATION}/history").text)
    for words in ("Sent back", "Submitted for review", "It is not clear enough", "Which town?"):
        assert words in page
    assert page.count("The change beside it") == 2
    assert "p9" not in page


@pytest.mark.parametrize("language", [code for code in LANGUAGES if code != "en"])
def test_it_is_read_in_the_language_of_the_page(apis: FakeApis, officer: FlaskClient, language: str) -> None:
    with_proposal(apis, "edit", "comment", "approve", "reject", stage="revised")
    officer.get(f"/language/{language}")
    for path, english in (
        (ORGANIZATION, "A second person looks"),
        (PROPOSAL, "What would change"),
        (PROPOSAL, "For those"),
    ):
        page = main_of(officer.get(path).text)
        assert page
        assert english not in page
