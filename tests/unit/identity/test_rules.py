"""The rules of identity without any technique."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import yaml
from argon2 import PasswordHasher

from services.identity.adapters.passwords import Argon2Passwords
from services.identity.demo_data import demo_agencies, demo_clients, demo_password
from services.identity.domain.access import PERSON_SCOPES, Role, cut, scopes_of
from services.identity.domain.account import LANGUAGES, Account, check_password
from services.identity.domain.agency import AgencyKind
from services.identity.domain.client import Client, ClientKind, hash_secret
from services.identity.domain.errors import AccountInvalid
from services.identity.domain.session import (
    IDLE_LIFETIME,
    REUSE_GRACE,
    SESSION_LIFETIME,
    RefreshToken,
    Session,
    Verdict,
)
from services.identity.domain.throttle import TRIES_PER_USERNAME, WINDOW, Throttle, keys_for
from services.identity.entrypoints import sign_in_page

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
ACCOUNT = Account(
    id="a",
    agency_id="b",
    username="some.one",
    display_name="Some One",
    email="some.one@example.org",
    language="sq",
    roles=frozenset({Role.CASEWORKER}),
    password_hash="x",
    created_at=NOW,
)


@pytest.mark.parametrize(
    "unfit",
    [
        {"username": "a"}, {"username": "Some.One"}, {"username": "some one"}, {"username": ".some"},
        {"email": "no-address"}, {"email": "a@b@c"}, {"language": "xx"}, {"roles": frozenset()}, {"display_name": " "},
    ],
)  # fmt: skip
def test_an_unfit_account_cannot_exist(unfit: dict[str, object]) -> None:
    with pytest.raises(AccountInvalid):
        replace(ACCOUNT, **unfit)


def test_only_the_length_of_a_password_counts() -> None:
    with pytest.raises(AccountInvalid):
        check_password("S0-sh0rt!!1")
    check_password("aaaaaaaaaaaa")


def test_nobody_and_nothing_gets_internal_scopes_by_a_role() -> None:
    assert not {"accounts:read", "events:read"} & PERSON_SCOPES
    assert scopes_of([]) == {"openid", "profile", "email"}


def test_a_scope_is_cut_and_an_empty_wish_is_not_all() -> None:
    allowed = frozenset({"a", "b"})
    assert cut("c", allowed) is None
    assert cut("", allowed) is None
    assert cut("c b", allowed) == "b"
    assert cut(None, allowed) == "a b"


def test_a_change_without_a_change_makes_no_version() -> None:
    assert ACCOUNT.changed(roles=None, language="sq", email=None) is ACCOUNT
    assert ACCOUNT.changed(roles=None, language="en", email=None).version == 2
    closed = ACCOUNT.disabled()
    assert (closed.is_active, closed.version) == (False, 2)
    assert closed.disabled() is closed


def test_an_inactive_client_has_no_secret() -> None:
    client = Client("c", ClientKind.PARTNER, hash_secret("s"), NOW)
    assert client.has_secret("s")
    assert not client.has_secret("t")
    assert not replace(client, is_active=False).has_secret("s")
    assert "secret" not in repr(client)


@pytest.mark.parametrize(
    ("used", "later", "verdict"),
    [
        (False, timedelta(0), Verdict.GOOD),
        (False, IDLE_LIFETIME, Verdict.STALE),
        (True, REUSE_GRACE, Verdict.GOOD),
        (True, REUSE_GRACE + timedelta(microseconds=1), Verdict.REUSED),
    ],
)
def test_a_refresh_token_is_judged_by_its_use_and_age(used: bool, later: timedelta, verdict: Verdict) -> None:
    session = Session("s", "a", "portal", "openid", NOW, NOW + SESSION_LIFETIME)
    token = RefreshToken("h", session, NOW + IDLE_LIFETIME, NOW if used else None)
    assert token.judge(NOW + later) is verdict
    assert replace(token, session=replace(session, ended_at=NOW)).judge(NOW) is Verdict.STALE


def test_a_window_counts_its_tries_and_then_begins_anew() -> None:
    throttle = Throttle("k", TRIES_PER_USERNAME, 0, NOW)
    for _ in range(TRIES_PER_USERNAME):
        throttle = throttle.counted(NOW)
        assert not throttle.is_exceeded
    assert throttle.counted(NOW).is_exceeded
    assert not throttle.counted(NOW + WINDOW).is_exceeded


def test_no_name_and_no_address_shows_in_a_counted_key() -> None:
    keys = keys_for(username="some.one", address="192.0.2.7")
    assert all("some" not in key and "192" not in key for key, _ in keys)


def test_an_unknown_account_is_checked_like_a_known_one() -> None:
    checked: list[str] = []

    class Counting(PasswordHasher):
        def verify(self, hash: str | bytes, password: str | bytes) -> bool:
            checked.append(str(hash)[:30])
            return super().verify(hash, password)

    passwords = Argon2Passwords(Counting(time_cost=1, memory_cost=64, parallelism=1))
    known = passwords.hash("a long enough password")
    assert not passwords.verify(None, "the password of nobody")
    assert not passwords.verify(known, "guess")
    assert passwords.verify(known, "a long enough password")
    assert len(checked) == 3
    assert len({parameters[:28] for parameters in checked}) == 1


def test_every_language_of_the_page_has_every_text() -> None:
    texts = yaml.safe_load((Path(sign_in_page.__file__).parent / "pages" / "texts.yaml").read_text(encoding="utf-8"))
    assert set(texts) <= set(LANGUAGES)
    assert {"en", "sq"} <= set(texts)
    for language, words in texts.items():
        assert set(words) == set(texts["en"]), language
        assert all(isinstance(word, str) and word.strip() for word in words.values()), language


def test_the_demo_keeps_the_rules_and_gives_each_client_its_own_secret() -> None:
    for agency in demo_agencies():
        AgencyKind(agency["kind"])
        for account in agency["accounts"]:
            replace(
                ACCOUNT,
                username=account["username"],
                display_name=account["display_name"],
                language=account["language"],
                roles=frozenset(Role(role) for role in account["roles"]),
            )
    secrets = [client["client_secret"] for client in demo_clients("s" * 32)]
    assert len(set(secrets)) == len(secrets)
    assert not set(secrets) & {client["client_secret"] for client in demo_clients("t" * 32)}
    check_password(demo_password("s" * 32))
