"""A form that was filled while the session ended waits for its writer, and for nobody else."""

from __future__ import annotations

import io
import logging
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from flask.testing import FlaskClient

from services.portal.form_tokens import FormTokens
from tests.integration.portal.test_referral_pages import FILLED
from tests.support.page_forms import fields_of_form
from tests.support.portal import (
    FORM_TOKEN,
    REFERRAL_ID,
    SERVICE_ID,
    FakeApis,
    a_portal,
    a_referral,
    everyday_apis,
    problem,
    sign_in,
    signed_in,
)

WRITTEN = "Zvezdana Kept"
FORM = FILLED | {"identity.given_name": WRITTEN}
KEPT, EXPIRED = "What you wrote is not lost", "This form is no longer valid"


@pytest.fixture
def apis() -> FakeApis:
    apis = everyday_apis()
    apis.on("POST", "referral", "/referrals", httpx.Response(201, json=a_referral(status="draft")))
    return apis


@pytest.fixture
def browser(apis: FakeApis) -> FlaskClient:
    return signed_in(a_portal(apis), "caseworker")


def sign_out_in_another_tab(_apis: FakeApis, browser: FlaskClient) -> None:
    browser.post("/sign-out", data={"csrf_token": FORM_TOKEN})


def lose_the_cookie(_apis: FakeApis, browser: FlaskClient) -> None:
    browser.delete_cookie("lidhja")


def hear_from_the_issuer_that_it_is_over(apis: FakeApis, browser: FlaskClient) -> None:
    apis.on("POST", "identity", "/oauth/token", httpx.Response(400, json={"error": "invalid_grant"}))
    sign_in(browser, "caseworker", token_lives=5)


def hear_it_from_an_api(apis: FakeApis, _browser: FlaskClient) -> None:
    refusals = iter([problem(401, "unauthorized")])
    created = httpx.Response(201, json=a_referral(status="draft"))
    apis.on("POST", "referral", "/referrals", lambda _request: next(refusals, created))


ENDINGS = [sign_out_in_another_tab, lose_the_cookie, hear_from_the_issuer_that_it_is_over, hear_it_from_an_api]
Ending = Callable[[FakeApis, FlaskClient], None]


def form_as_drawn(browser: FlaskClient) -> dict[str, Any]:
    """Return what is sent once the form on the page is filled."""
    drawn = fields_of_form(browser.get("/referrals/new", query_string={"service": SERVICE_ID}).text)
    return FORM | {name: drawn[name] for name in ("csrf_token", "form_key")}


@pytest.mark.parametrize("ending", ENDINGS)
def test_somebody_else_who_signs_in_does_not_send_it(apis: FakeApis, browser: FlaskClient, ending: Ending) -> None:
    form = form_as_drawn(browser)
    ending(apis, browser)
    browser.post("/referrals/new", data=form)
    before = len(apis.sent("POST", "/referrals"))
    sign_in(browser, "caseworker", who="p2")
    refused = browser.post("/referrals/new", data=form)
    assert refused.status_code == 400
    assert "filled in by somebody else" in refused.text
    assert WRITTEN not in refused.text
    assert len(apis.sent("POST", "/referrals")) == before


@pytest.mark.parametrize("ending", ENDINGS)
def test_its_writer_signs_in_again_and_sends_it_as_it_was(apis: FakeApis, browser: FlaskClient, ending: Ending) -> None:
    form = form_as_drawn(browser)
    ending(apis, browser)
    answer = browser.post("/referrals/new", data=form)
    assert answer.status_code == 401
    assert KEPT in answer.text
    sign_in(browser, "caseworker")
    assert browser.post("/referrals/new", data=form).headers["Location"] == f"/referrals/{REFERRAL_ID}/check"
    sent = [request for request in apis.asked if request.url.path == "/referrals"]
    assert apis.sent("POST", "/referrals")[-1]["packet"]["identity"] == {"given_name": WRITTEN}
    assert len({request.headers["Idempotency-Key"] for request in sent}) == 1


@pytest.mark.parametrize(
    "token",
    ["", "made elsewhere", FormTokens(("another installation" * 2,)).drawn_for("p1")],
    ids=["none", "made-elsewhere", "of-another-installation"],
)
@pytest.mark.parametrize("is_signed_in", [False, True])
def test_what_another_site_sends_is_neither_kept_nor_taken(apis: FakeApis, token: str, is_signed_in: bool) -> None:
    app = a_portal(apis)
    browser = signed_in(app, "caseworker") if is_signed_in else app.test_client()
    refused = browser.post("/referrals/new", data=FORM | {"csrf_token": token})
    assert refused.status_code == 400
    assert EXPIRED in refused.text
    assert KEPT not in refused.text
    assert apis.sent("POST", "/referrals") == []


@pytest.mark.parametrize("ending", ENDINGS)
def test_what_was_written_stays_in_the_browser_alone(
    apis: FakeApis, browser: FlaskClient, ending: Ending, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    form = form_as_drawn(browser)
    ending(apis, browser)
    answer = browser.post("/referrals/new", data=form)
    told = "".join(f"{record.getMessage()} {record.__dict__}" for record in caplog.records)
    for place in (answer.text, str(answer.headers), told):
        assert "Zvezdana" not in place
        assert form["csrf_token"] not in place
    assert answer.headers["Cache-Control"] == "no-store"


def test_from_the_page_that_keeps_a_form_nothing_leads_away_in_the_same_tab(
    apis: FakeApis, browser: FlaskClient
) -> None:
    lose_the_cookie(apis, browser)
    page = browser.post("/referrals/new", data=FORM).text
    assert 'href="/language/' not in page
    assert page.count('href="/sign-in') == 1


def test_a_large_file_of_whoever_was_signed_out_is_not_called_too_long(apis: FakeApis) -> None:
    file = io.BytesIO(b"x" * 300_000)
    answer = a_portal(apis).test_client().post("/imports", data={"csrf_token": FORM_TOKEN, "file": (file, "a.csv")})
    assert answer.status_code == 401
    assert KEPT in answer.text


def test_a_page_that_was_read_is_opened_again_after_signing_in(apis: FakeApis, browser: FlaskClient) -> None:
    hear_from_the_issuer_that_it_is_over(apis, browser)
    assert browser.get("/inbox").headers["Location"].startswith("/sign-in?next=/inbox")
