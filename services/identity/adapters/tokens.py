"""Writes and signs access tokens (RFC 9068) and ID tokens (OpenID Connect Core)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from joserfc import jwt

from chassis.clock import Clock
from chassis.ids import new_id
from services.identity.adapters.signing_keys import ALGORITHM, SigningKeys
from services.identity.domain.session import ACCESS_TOKEN_LIFETIME


class TokenWriter:
    """Writes the tokens of one issuer."""

    def __init__(self, *, issuer: str, audience: str, keys: SigningKeys, clock: Clock) -> None:
        self._issuer = issuer
        self._audience = audience
        self._keys = keys
        self._clock = clock

    def access_token(self, *, subject: str, client_id: str, agency_id: str, roles: Sequence[str], scope: str) -> str:
        """Return an access token for our APIs; for a system ``subject`` is its client id."""
        claims = {
            **self._common(subject, self._audience),
            "client_id": client_id,
            "agency_id": agency_id,
            "roles": sorted(roles),
            "scope": scope,
            "jti": new_id(),
        }
        return self._signed("at+jwt", claims)

    def id_token(self, *, subject: str, client_id: str, signed_in_at: datetime, nonce: str | None) -> str:
        """Return the ID token that tells a client who signed in; it opens no API."""
        claims = {**self._common(subject, client_id), "auth_time": int(signed_in_at.timestamp())}
        return self._signed("JWT", {**claims, "nonce": nonce} if nonce else claims)

    def _common(self, subject: str, audience: str) -> dict[str, Any]:
        now = int(self._clock.now().timestamp())
        expires = now + int(ACCESS_TOKEN_LIFETIME.total_seconds())
        return {"iss": self._issuer, "sub": subject, "aud": audience, "iat": now, "exp": expires}

    def _signed(self, token_type: str, claims: dict[str, Any]) -> str:
        key = self._keys.current()
        header = {"alg": ALGORITHM, "kid": key.kid, "typ": token_type}
        return jwt.encode(header, claims, key, algorithms=[ALGORITHM])
