"""Signing keys: encrypted at rest, announced before use, kept while their tokens live."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from chassis.auth import TokenVerifier
from chassis.encryption import DecryptionRefused, KeyRing
from services.identity.adapters.signing_keys import SigningKeys
from tests.integration.identity.issuer import ISSUER, Issuer


def keys_with(issuer: Issuer, ring: KeyRing | None = None) -> SigningKeys:
    """The same keys as another process would read them."""
    return SigningKeys(issuer.container.engine, ring or issuer.settings.key_ring, issuer.clock)


def ids(document: dict[str, Any]) -> list[str]:
    return [key["kid"] for key in document["keys"]]


def test_without_its_wrapping_key_no_key_signs(issuer: Issuer) -> None:
    issuer.container.keys.ensure()
    with pytest.raises(DecryptionRefused):
        keys_with(issuer, KeyRing({"k2": b"x" * 32}, "k2")).current()
    with pytest.raises(DecryptionRefused):
        keys_with(issuer, KeyRing({"k1": b"x" * 32}, "k1")).current()


def test_a_key_moved_to_another_row_is_refused(issuer: Issuer) -> None:
    issuer.container.keys.ensure()
    of_next = "SELECT private_key FROM signing_key WHERE state = 'next'"
    swap = f"UPDATE signing_key SET private_key = ({of_next}) WHERE state = 'current'"
    with issuer.container.engine.connect() as connection:
        kept = connection.execute(text("SELECT private_key FROM signing_key WHERE state = 'current'")).scalar_one()
        connection.execute(text(swap))
        connection.commit()
        with pytest.raises(DecryptionRefused):
            keys_with(issuer).current()
        connection.execute(text("UPDATE signing_key SET private_key = :kept WHERE state = 'current'"), {"kept": kept})
        connection.commit()


def test_a_rotation_cuts_nobody_off(issuer: Issuer) -> None:
    announced = keys_with(issuer).public_set()
    # A service that read the keys before the rotation and does not read them again.
    verifier = TokenVerifier(issuer=ISSUER, audience="lidhja", fetch=lambda: announced)
    verifier.load_keys()
    issuer.at_present()
    before = issuer.system_token("partner")
    current = issuer.container.keys.rotate()
    assert current in ids(announced)
    after = issuer.system_token("partner")
    for token in (before, after):
        assert verifier.verify(token)["sub"] == "partner"
    assert issuer.get("/agencies", before).status_code == 200
    assert issuer.get("/agencies", after).status_code == 200


def test_a_retired_key_is_announced_for_an_hour_and_then_gone(issuer: Issuer) -> None:
    retired = keys_with(issuer).current().kid
    issuer.container.keys.rotate()
    assert retired in ids(keys_with(issuer).public_set())
    issuer.clock.advance(timedelta(minutes=61))
    assert retired not in ids(keys_with(issuer).public_set())
    issuer.container.keys.rotate()
    assert issuer.rows("SELECT 1 FROM signing_key WHERE id = :id", id=retired) == []
    assert len(issuer.rows("SELECT 1 FROM signing_key WHERE state IN ('current', 'next')")) == 2
