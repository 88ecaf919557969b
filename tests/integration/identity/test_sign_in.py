"""The sign-in page: whom it refuses, what it keeps to itself, and how it sends people back."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from services.identity.application.keep_accounts import disable_account
from services.identity.domain.throttle import TRIES_PER_ADDRESS, TRIES_PER_USERNAME, WINDOW
from tests.integration.identity.issuer import CALLBACK, ISSUER, PASSWORD, Issuer, Pkce, SignInPage


def test_a_wrong_password_an_unknown_name_and_a_closed_account_get_the_same_answer(issuer: Issuer) -> None:
    known, closed = issuer.add_account(), issuer.add_account()
    with issuer.container.unit_of_work() as uow:
        disable_account(uow, closed, clock=issuer.clock)
        uow.commit()
    page = SignInPage(issuer)
    answers = [
        page.submit(known, "not the password"),
        page.submit("nobody.here", PASSWORD),
        page.submit(closed, PASSWORD),
    ]
    assert {answer.status_code for answer in answers} == {401}
    told = {
        answer.text.replace(name, "NAME") for answer, name in zip(answers, [known, "nobody.here", closed], strict=True)
    }
    assert len(told) == 1


@pytest.mark.parametrize("exists", [True, False], ids=["account", "no account"])
def test_after_too_many_tries_even_the_right_password_waits(issuer: Issuer, exists: bool) -> None:
    username = issuer.add_account() if exists else "not.there"
    page = SignInPage(issuer)
    for _ in range(TRIES_PER_USERNAME):
        assert page.submit(username, "not the password").status_code == 401
    refused = page.submit(username, PASSWORD)
    assert refused.status_code == 429
    assert 0 < int(refused.headers["retry-after"]) <= WINDOW.total_seconds() + 1
    issuer.clock.advance(WINDOW)
    later = SignInPage(issuer).submit(username, PASSWORD)
    assert later.status_code == (302 if exists else 401)


def test_one_good_account_does_not_cover_many_bad_tries_from_one_address(issuer: Issuer) -> None:
    issuer.clock.advance(WINDOW)
    good = issuer.add_account()
    page = SignInPage(issuer)
    for number in range(TRIES_PER_ADDRESS):
        assert page.submit(f"name.{number}", "guess").status_code == 401
        if number == 50:
            assert SignInPage(issuer).submit(good, PASSWORD).status_code == 302
    assert page.submit("name.more", "guess").status_code == 429
    issuer.clock.advance(WINDOW)


def test_a_form_from_another_browser_signs_nobody_in(issuer: Issuer) -> None:
    username = issuer.add_account()
    attackers, victims = SignInPage(issuer), SignInPage(issuer)
    assert victims.submit(username, PASSWORD, form_token=attackers.form_token).status_code == 403
    without_cookie = SignInPage(issuer)
    without_cookie.browser.cookies.clear()
    assert without_cookie.submit(username, PASSWORD).status_code == 403
    assert issuer.rows("SELECT 1 FROM session WHERE account_id = :id", id=issuer.account_id(username)) == []


@pytest.mark.parametrize(
    "changes",
    [
        {"redirect_uri": "https://evil.example.org/callback"},
        {"redirect_uri": CALLBACK + "/"},
        {"redirect_uri": CALLBACK + "?x=1"},
        {"redirect_uri": ""},
        {"client_id": "unknown"},
        {"client_id": ""},
    ],
)
def test_an_unproven_address_is_never_redirected_to(issuer: Issuer, changes: dict[str, str]) -> None:
    page = SignInPage(issuer, **changes)
    assert page.response.status_code == 400
    assert "location" not in page.response.headers
    assert "evil" not in page.text


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"code_challenge": ""}, "invalid_request"),
        ({"code_challenge_method": ""}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge": "short"}, "invalid_request"),
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"scope": "accounts:read events:read"}, "invalid_scope"),
        ({"prompt": "none"}, "login_required"),
    ],
)
def test_a_bad_request_of_a_known_client_goes_back_to_it(issuer: Issuer, changes: dict[str, str], error: str) -> None:
    page = SignInPage(issuer, **changes)
    assert page.response.status_code == 302
    told = parse_qs(urlsplit(page.response.headers["location"]).query)
    assert page.response.headers["location"].startswith(CALLBACK + "?")
    assert told["error"] == [error]
    assert told["state"] == ["the-state"]
    assert told["iss"] == [ISSUER]


def test_a_client_that_is_no_portal_has_no_sign_in_page(issuer: Issuer) -> None:
    assert SignInPage(issuer, client_id="partner").response.status_code == 400


def test_the_page_is_kept_by_nobody_and_loads_nothing_from_elsewhere(issuer: Issuer) -> None:
    page = SignInPage(issuer)
    headers = page.response.headers
    assert headers["cache-control"] == "no-store"
    assert headers["x-frame-options"] == "DENY"
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "form-action 'self' https://portal.example.org;" in policy
    assert "<script" not in page.text
    assert "style=" not in page.text
    assert "http" not in page.text.replace(page.action, "").replace("https%3A%2F%2Fportal.example.org", "")
    cookie = headers["set-cookie"]
    assert cookie.startswith("__Host-")
    assert all(word in cookie for word in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/"))
    assert page.browser.get("/oauth/sign-in.css").headers["content-type"].startswith("text/css")


def test_what_was_typed_comes_back_escaped_and_the_password_not_at_all(issuer: Issuer) -> None:
    answer = SignInPage(issuer).submit('"><b>x', "secret-that-was-typed")
    assert '"><b>' not in answer.text
    assert "secret-that-was-typed" not in answer.text


def test_the_page_speaks_the_language_asked_for(issuer: Issuer) -> None:
    assert 'lang="sq"' in SignInPage(issuer, ui_locales="sq en").text
    assert 'lang="ro"' in SignInPage(issuer, headers={"Accept-Language": "ro-RO,ro;q=0.9,en;q=0.5"}).text
    assert 'lang="sr-Latn"' in SignInPage(issuer, ui_locales="sr-Latn").text
    assert 'lang="en"' in SignInPage(issuer, headers={"Accept-Language": "xx"}).text


def test_the_right_password_leads_back_with_a_code_for_this_request(issuer: Issuer) -> None:
    username = issuer.add_account()
    response = SignInPage(issuer).submit(f" {username.upper()} ", PASSWORD)
    assert response.status_code == 302
    told = parse_qs(urlsplit(response.headers["location"]).query)
    assert response.headers["location"].startswith(CALLBACK + "?")
    assert set(told) == {"code", "state", "iss"}
    assert response.headers["cache-control"] == "no-store"


def test_every_try_is_in_the_audit_record_without_what_was_typed(issuer: Issuer) -> None:
    username = issuer.add_account()
    page = SignInPage(issuer)
    page.submit(username, "not the password")
    page.submit(username, PASSWORD)
    rows = issuer.rows(
        "SELECT decision, subject FROM audit_record WHERE action = 'sign_in' AND object_id = :id ORDER BY number",
        id=issuer.account_id(username),
    )
    assert [(row.decision, row.subject) for row in rows] == [
        ("refused", "system"),
        ("allowed", issuer.account_id(username)),
    ]
    assert issuer.rows("SELECT 1 FROM audit_record WHERE object_id = :name", name=username) == []


def test_a_code_must_be_exchanged_within_its_minute(issuer: Issuer) -> None:
    pkce = Pkce.fresh()
    code = issuer.code_for(issuer.add_account(), pkce)
    issuer.clock.advance(timedelta(seconds=60))
    assert issuer.exchange(code, pkce).json()["error"] == "invalid_grant"
