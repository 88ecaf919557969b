"""A form's token says for whom its page was drawn; nobody else can make one, and it ends."""

from __future__ import annotations

import time

import pytest

from services.portal.form_tokens import FormTokens
from services.portal.sealing import Seal

KEY, OTHER = "k" * 40, "o" * 40
A_WEEK = 7 * 24 * 3600


@pytest.mark.parametrize("token", ["", "x", "!!!", "ž", "A" * 16, "A" * 5000])
def test_what_is_no_token_was_drawn_for_nobody(token: str) -> None:
    assert FormTokens((KEY,)).owner_of(token) is None


def test_a_token_of_another_installation_was_drawn_for_nobody() -> None:
    assert FormTokens((KEY,)).owner_of(FormTokens((OTHER,)).drawn_for("p1")) is None


def test_a_session_cookie_is_no_token() -> None:
    cookie = Seal((KEY,), b"lidhja portal session").sealed({"for": "p1", "until": time.time() + 60})
    assert FormTokens((KEY,)).owner_of(cookie) is None


def test_a_changed_token_was_drawn_for_nobody() -> None:
    token = FormTokens((KEY,)).drawn_for("p1")
    for place in (0, len(token) // 2, len(token) - 2):
        changed = token[:place] + ("A" if token[place] != "A" else "B") + token[place + 1 :]
        assert FormTokens((KEY,)).owner_of(changed) is None


def test_a_token_ends_after_a_week(monkeypatch: pytest.MonkeyPatch) -> None:
    tokens = FormTokens((KEY,))
    token, now = tokens.drawn_for("p1"), time.time()
    monkeypatch.setattr("services.portal.form_tokens.time.time", lambda: now + A_WEEK - 5)
    assert tokens.owner_of(token) == "p1"
    monkeypatch.setattr("services.portal.form_tokens.time.time", lambda: now + A_WEEK + 5)
    assert tokens.owner_of(token) is None


def test_a_token_from_before_a_change_of_keys_still_counts_and_no_two_are_alike() -> None:
    before, after = FormTokens((KEY,)), FormTokens((OTHER, KEY))
    assert after.owner_of(before.drawn_for("p1")) == "p1"
    assert before.drawn_for("p1") != before.drawn_for("p1")
