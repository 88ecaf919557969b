"""The session cookie tells nothing, takes no change, and ends when nobody uses it."""

from __future__ import annotations

import base64
import time
from collections.abc import Iterator

import pytest
from flask import Flask, session

from services.portal.session import EncryptedCookieSessions

KEY, OTHER = "k" * 40, "o" * 40
ACCOUNT = {"id": "p1", "roles": ["caseworker"]}


@pytest.fixture
def app() -> Iterator[Flask]:
    application = Flask("sessions")
    application.session_interface = EncryptedCookieSessions((KEY,), idle_seconds=1800)

    @application.get("/keep")
    def keep() -> str:
        session.update(account=ACCOUNT, secret="Zvezdana")
        return "kept"

    @application.get("/read")
    def read() -> dict[str, object]:
        return dict(session)

    return application


def cookie_of(app: Flask) -> str:
    browser = app.test_client()
    browser.get("/keep")
    found = browser.get_cookie("session")
    assert found is not None
    return found.value


def read_with(app: Flask, cookie: str) -> dict[str, object]:
    browser = app.test_client()
    browser.set_cookie("session", cookie)
    return dict(browser.get("/read").get_json())


def test_a_changed_cookie_is_no_session(app: Flask) -> None:
    cookie = cookie_of(app)
    for place in (0, len(cookie) // 2, len(cookie) - 2):
        changed = cookie[:place] + ("A" if cookie[place] != "A" else "B") + cookie[place + 1 :]
        assert read_with(app, changed) == {}


@pytest.mark.parametrize("nonsense", ["", "x", "!!!", "A" * 16, "A" * 5000])
def test_nonsense_is_no_session(app: Flask, nonsense: str) -> None:
    assert read_with(app, nonsense) == {}


def test_another_key_does_not_open_it(app: Flask) -> None:
    cookie = cookie_of(app)
    app.session_interface = EncryptedCookieSessions((OTHER,), idle_seconds=1800)
    assert read_with(app, cookie) == {}


def test_an_old_key_still_opens_it_after_a_change_of_keys(app: Flask) -> None:
    cookie = cookie_of(app)
    app.session_interface = EncryptedCookieSessions((OTHER, KEY), idle_seconds=1800)
    assert read_with(app, cookie)["account"] == ACCOUNT


def test_the_cookie_shows_nothing_of_what_it_holds(app: Flask) -> None:
    cookie = cookie_of(app)
    opened = base64.urlsafe_b64decode(cookie + "=" * (-len(cookie) % 4))
    assert b"Zvezdana" not in opened
    assert b"caseworker" not in opened


def test_of_an_unused_session_only_its_end_is_left(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    cookie = cookie_of(app)
    later = time.time() + 1801
    monkeypatch.setattr("services.portal.session.time.time", lambda: later)
    assert read_with(app, cookie) == {"timed_out": True}


def test_the_cookie_is_out_of_reach_for_scripts_and_other_sites(app: Flask) -> None:
    header = app.test_client().get("/keep").headers["Set-Cookie"]
    assert "HttpOnly" in header
    assert "SameSite=Lax" in header
