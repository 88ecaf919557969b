"""Every page is guarded, every form needs its token, every answer carries the headers."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from services.portal.security import local_path
from tests.support.portal import FORM_TOKEN, a_portal, everyday_apis, signed_in

PUBLIC = {
    "static", "public.finder", "public.search", "public.search_again", "public.service", "public.about",
    "sign_in.sign_in", "sign_in.callback",
    "sign_in.sign_out", "sign_in.language", "health.health", "find.places",
}  # fmt: skip


@pytest.fixture(scope="module")
def app() -> Flask:
    return a_portal(everyday_apis())


@pytest.mark.parametrize(
    "address",
    [
        "//evil.example",
        "https://evil.example",
        "/\\evil.example",
        "\\\\evil",
        "javascript:alert(1)",
        "work",
        "/a\nb",
        "",
        None,
    ],
)
def test_nobody_is_led_to_another_site(address: str | None) -> None:
    assert local_path(address) is None


def test_a_path_of_this_site_is_kept() -> None:
    assert local_path("/referrals/1?a=b") == "/referrals/1?a=b"


def test_every_page_that_is_not_public_demands_signing_in(app: Flask) -> None:
    open_to_all = {name for name, view in app.view_functions.items() if not hasattr(view, "is_guarded")}
    assert open_to_all == PUBLIC


@pytest.mark.parametrize("path", ["/work", "/find", "/inbox", "/listings", "/webhooks", "/preferences"])
def test_who_is_not_signed_in_is_led_to_signing_in_and_back(app: Flask, path: str) -> None:
    answer = app.test_client().get(path)
    assert answer.status_code == 302
    assert answer.headers["Location"] == f"/sign-in?next={path}"


@pytest.mark.parametrize("role", ["municipality_officer", "agency_administrator"])
def test_a_role_that_writes_no_referrals_gets_no_child(app: Flask, role: str) -> None:
    assert signed_in(app, role).get("/find").status_code == 403


def test_who_keeps_no_listings_is_told_who_gives_rights(app: Flask) -> None:
    refused = signed_in(app, "caseworker").get("/listings")
    assert refused.status_code == 403
    assert "Those who run the network give rights to accounts" in refused.text


@pytest.mark.parametrize("role", ["municipality_officer", "agency_administrator"])
def test_officers_and_administrators_keep_the_listings_of_their_agency(role: str) -> None:
    apis = everyday_apis()
    apis.on("GET", "directory", "/listings", {"items": [], "next_cursor": None})
    page = signed_in(a_portal(apis), role).get("/listings")
    assert page.status_code == 200
    assert 'href="/listings"' in page.text


@pytest.mark.parametrize(
    "token",
    ["", "wrong", "ž", FORM_TOKEN[:-2] + ("AA" if FORM_TOKEN[-2:] != "AA" else "BB")],
    ids=["none", "short", "no-ascii", "changed"],
)
def test_a_form_without_its_token_changes_nothing(token: str) -> None:
    apis = everyday_apis()
    browser = signed_in(a_portal(apis), "caseworker")
    answer = browser.post("/inbox/read-all", data={"csrf_token": token})
    assert answer.status_code == 400
    assert "Nothing was sent" in answer.text
    assert apis.sent("POST", "/inbox/read-all") == []


@pytest.mark.parametrize("path", ["/", "/about", "/work", "/nowhere", "/static/portal.css"])
def test_every_answer_carries_the_headers(app: Flask, path: str) -> None:
    headers = app.test_client().get(path).headers
    policy = headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'")
    assert "unsafe" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert path.startswith("/static") or headers["Cache-Control"] == "no-store"


def test_over_https_the_cookie_is_bound_to_the_host_and_the_browser_to_https() -> None:
    app = a_portal(everyday_apis(), PORTAL_URL="https://portal.test")
    assert app.config["SESSION_COOKIE_NAME"].startswith("__Host-")
    assert app.config["SESSION_COOKIE_SECURE"] is True
    assert "Strict-Transport-Security" in app.test_client().get("/about").headers


def test_the_portal_starts_while_every_other_service_is_down_and_still_names_the_helpline() -> None:
    answer = a_portal(everyday_apis().__class__()).test_client().get("/")
    assert answer.status_code in (404, 503)
    assert "116 111" in answer.text


def test_who_asks_too_often_gets_a_page_that_says_so_and_each_visitor_is_counted_alone() -> None:
    app = a_portal(everyday_apis(), RATE_LIMIT_PER_MINUTE="2", INTERNAL_NETWORKS="10.0.0.0/24")
    browser = app.test_client()

    def ask(visitor: str) -> Any:
        proxied = {"REMOTE_ADDR": "10.0.0.2"}
        return browser.get("/about", headers={"X-Forwarded-For": visitor}, environ_overrides=proxied)

    assert [ask("198.51.100.1").status_code for _ in range(3)] == [200, 200, 429]
    refused = ask("198.51.100.1")
    assert refused.headers["Content-Type"].startswith("text/html")
    assert "116 111" in refused.text
    assert ask("198.51.100.2").status_code == 200
    assert browser.get("/static/portal.css", headers={"X-Forwarded-For": "198.51.100.1"}).status_code == 200
