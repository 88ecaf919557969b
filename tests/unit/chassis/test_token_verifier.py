"""Access tokens: what was found true of one once is asked again where it may have changed."""

from __future__ import annotations

import time
from typing import Any

import pytest

from chassis.auth import TokenVerifier
from chassis.problems import Problem
from tests.support.tokens import AUDIENCE, ISSUER, TokenIssuer


@pytest.fixture
def issuer() -> TokenIssuer:
    return TokenIssuer()


@pytest.fixture
def verifier(issuer: TokenIssuer) -> TokenVerifier:
    verifier = issuer.verifier()
    verifier.load_keys()
    return verifier


def refusal_of(verifier: TokenVerifier, token: str) -> str:
    with pytest.raises(Problem) as refused:
        verifier.verify(token)
    assert refused.value.kind.status == 401
    return refused.value.kind.slug


def test_a_token_that_was_good_is_refused_once_it_has_ended(
    issuer: TokenIssuer, verifier: TokenVerifier, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = issuer.token(agency_id="csw", scopes="", lifetime_seconds=600)
    verifier.verify(token)
    later = time.time() + 700
    monkeypatch.setattr(time, "time", lambda: later)
    assert refusal_of(verifier, token) == "token-expired"


def test_a_token_that_was_good_is_refused_once_its_key_is_gone(issuer: TokenIssuer) -> None:
    published: list[dict[str, Any]] = [issuer.key_set(), TokenIssuer().key_set()]
    verifier = TokenVerifier(issuer=ISSUER, audience=AUDIENCE, fetch=lambda: published.pop(0))
    token = issuer.token(agency_id="csw", scopes="")
    verifier.load_keys()
    verifier.verify(token)
    verifier.load_keys()
    assert refusal_of(verifier, token) == "unauthenticated"


def test_a_token_with_another_signature_is_refused_after_the_good_one(
    issuer: TokenIssuer, verifier: TokenVerifier
) -> None:
    token = issuer.token(agency_id="csw", scopes="")
    verifier.verify(token)
    forged = TokenIssuer().token(agency_id="csw", scopes="")
    head_and_body, _, _ = token.rpartition(".")
    assert refusal_of(verifier, f"{head_and_body}.{forged.rpartition('.')[2]}") == "unauthenticated"


def test_who_changes_the_claims_of_one_request_changes_no_other(issuer: TokenIssuer, verifier: TokenVerifier) -> None:
    token = issuer.token(agency_id="csw", scopes="")
    verifier.verify(token)["agency_id"] = "another"
    assert verifier.verify(token)["agency_id"] == "csw"
