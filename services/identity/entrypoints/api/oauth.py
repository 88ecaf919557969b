"""Handles the token, revocation, key and discovery endpoints."""

from __future__ import annotations

import flask

from services.identity.adapters.signing_keys import ALGORITHM
from services.identity.domain.access import PARTNER_SCOPES, PERSON_SCOPES, SERVICE_SCOPES
from services.identity.entrypoints.api.answers import Answer, answer
from services.identity.entrypoints.authorization_server import authorization_server
from services.identity.entrypoints.oauth_models import CLIENT_METHODS
from services.identity.entrypoints.request_transaction import container_of_request, request_transaction

# Far shorter than a key stays announced before it signs, so that no cache misses one.
_KEPT_SECONDS = 300


def issue_token() -> flask.Response:
    """Answer a token request as RFC 6749 section 5 says."""
    with request_transaction():
        return _uncached(authorization_server().create_token_response())


def revoke_token() -> flask.Response:
    """Answer a revocation request as RFC 7009 says."""
    with request_transaction():
        return _uncached(authorization_server().create_endpoint_response("revocation"))


def read_keys() -> Answer:
    """Return the public keys."""
    return answer(container_of_request().keys.public_set(), kept_seconds=_KEPT_SECONDS)


def read_configuration() -> Answer:
    """Describe the issuer."""
    issuer = container_of_request().settings.issuer
    document = {
        "issuer": issuer,
        "authorization_endpoint": f"{issuer}/oauth/authorize",
        "token_endpoint": f"{issuer}/oauth/token",
        "revocation_endpoint": f"{issuer}/oauth/revoke",
        "userinfo_endpoint": f"{issuer}/userinfo",
        "jwks_uri": f"{issuer}/oauth/jwks",
        "scopes_supported": sorted(PERSON_SCOPES | PARTNER_SCOPES | SERVICE_SCOPES),
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": ["authorization_code", "refresh_token", "client_credentials"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": [ALGORITHM],
        "token_endpoint_auth_methods_supported": CLIENT_METHODS,
        "revocation_endpoint_auth_methods_supported": CLIENT_METHODS,
        "code_challenge_methods_supported": ["S256"],
        "authorization_response_iss_parameter_supported": True,
        "claims_supported": ["sub", "iss", "aud", "exp", "iat", "auth_time", "nonce"],
        "ui_locales_supported": ["en", "sq", "bs", "bg", "ro", "sr-Cyrl", "sr-Latn", "cnr"],
    }
    return answer(document, kept_seconds=_KEPT_SECONDS)


def _uncached(response: flask.Response) -> flask.Response:
    response.headers["Cache-Control"] = "no-store"
    response.headers["Pragma"] = "no-cache"
    return response
