"""An issuer of access tokens for tests: same claims and algorithm as the real one, keys of its own."""

from __future__ import annotations

import time
import uuid
from typing import Any

from joserfc import jwt
from joserfc.jwk import ECKey

from chassis.auth import TokenVerifier

ISSUER = "https://issuer.example.org"
AUDIENCE = "lidhja"


class TokenIssuer:
    """Issues tokens that services built with :meth:`verifier` accept."""

    def __init__(self) -> None:
        self._key = ECKey.generate_key("P-256", {"kid": "test-key", "alg": "ES256", "use": "sig"})

    def key_set(self) -> dict[str, Any]:
        """Return the public keys as a JWKS document."""
        return {"keys": [self._key.as_dict(private=False)]}

    def verifier(self) -> TokenVerifier:
        """Return a verifier that trusts this issuer."""
        return TokenVerifier(issuer=ISSUER, audience=AUDIENCE, fetch=self.key_set)

    def token(
        self,
        *,
        agency_id: str,
        scopes: str,
        roles: tuple[str, ...] = (),
        subject: str | None = None,
        client_id: str = "portal",
        lifetime_seconds: int = 600,
        header: dict[str, Any] | None = None,
        **claims: Any,
    ) -> str:
        """Return a signed token; ``claims`` and ``header`` override what would be right."""
        now = int(time.time())
        body = {
            "iss": ISSUER,
            "aud": AUDIENCE,
            "sub": subject or str(uuid.uuid4()),
            "client_id": client_id,
            "agency_id": agency_id,
            "roles": list(roles),
            "scope": scopes,
            "iat": now,
            "exp": now + lifetime_seconds,
            "jti": str(uuid.uuid4()),
            **claims,
        }
        full_header = {"alg": "ES256", "kid": "test-key", "typ": "at+jwt", **(header or {})}
        return jwt.encode(full_header, body, self._key, algorithms=["ES256"])

    def bearer(self, **arguments: Any) -> dict[str, str]:
        """Return the request headers that carry a token."""
        return {"Authorization": f"Bearer {self.token(**arguments)}"}
