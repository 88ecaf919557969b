"""A token about to end is renewed once, and an issuer that says no means signing in again."""

from __future__ import annotations

import httpx

from tests.support.portal import FORM_TOKEN, FakeApis, a_portal, everyday_apis, signed_in

NEW = {"access_token": "access-2", "refresh_token": "refresh-2", "expires_in": 600}


def bearer_of(apis: FakeApis) -> str:
    return next(r.headers["Authorization"] for r in reversed(apis.asked) if r.url.host == "notify.test")


def renewals(apis: FakeApis) -> int:
    return sum(request.url.path == "/oauth/token" for request in apis.asked)


def test_a_good_token_goes_along_as_it_is() -> None:
    apis = everyday_apis()
    signed_in(a_portal(apis), "caseworker").get("/inbox")
    assert bearer_of(apis) == "Bearer access-1"
    assert renewals(apis) == 0


def test_a_token_about_to_end_is_renewed_and_two_pages_at_once_renew_it_once() -> None:
    apis = everyday_apis()
    apis.on("POST", "identity", "/oauth/token", NEW)
    app = a_portal(apis)
    first, second = (signed_in(app, "caseworker", token_lives=5) for _ in range(2))
    assert first.get("/inbox").status_code == second.get("/inbox").status_code == 200
    assert bearer_of(apis) == "Bearer access-2"
    assert renewals(apis) == 1


def test_a_refused_renewal_ends_the_session_and_says_so() -> None:
    apis = everyday_apis()
    apis.on("POST", "identity", "/oauth/token", httpx.Response(400, json={"error": "invalid_grant"}))
    browser = signed_in(a_portal(apis), "caseworker", token_lives=5)
    answer = browser.get("/inbox")
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/sign-in?next=/inbox")
    assert "You have been signed out" in browser.get("/sign-in?ask=yes").text


def test_an_issuer_that_is_down_ends_no_session() -> None:
    apis = everyday_apis()
    apis.on("POST", "identity", "/oauth/token", httpx.Response(503))
    browser = signed_in(a_portal(apis), "caseworker", token_lives=5)
    assert browser.get("/inbox").status_code == 503
    apis.on("POST", "identity", "/oauth/token", NEW)
    assert browser.get("/inbox").status_code == 200


def test_signing_out_gives_the_refresh_token_back() -> None:
    apis = everyday_apis()
    apis.on("POST", "identity", "/oauth/revoke", {})
    browser = signed_in(a_portal(apis), "caseworker")
    browser.post("/sign-out", data={"csrf_token": FORM_TOKEN})
    revoked = [request for request in apis.asked if request.url.path == "/oauth/revoke"]
    assert b"refresh-1" in revoked[0].content
    assert browser.get("/inbox").status_code == 302
