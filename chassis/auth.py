"""Checks access tokens offline against the issuer's published keys and says who is asking (RFC 9068, RFC 7519)."""

from __future__ import annotations

import functools
import threading
import time
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from functools import lru_cache, partial
from typing import Any

import anyio.to_thread
import httpx
from connexion.context import context
from joserfc import jwt
from joserfc.errors import BadSignatureError, ExpiredTokenError, JoseError
from joserfc.jwk import KeySet

from chassis.logs import get_logger
from chassis.principal import Principal
from chassis.problems import PERSON_REQUIRED, TOKEN_EXPIRED, UNAUTHENTICATED, UNAVAILABLE, Problem

ALGORITHMS = ["ES256"]
_CHALLENGE = {"WWW-Authenticate": 'Bearer realm="lidhja"'}
_REFRESH_SECONDS = 600
_RETRY_SECONDS = 10
_LEEWAY_SECONDS = 5
# A caller sends the same token until it ends.
_MOST_REMEMBERED = 1024
__all__ = [
    "Principal",
    "TokenVerifier",
    "current_principal",
    "fetch_keys",
    "for_persons_alone",
    "principal_from",
    "token_info",
]
_logger = get_logger(__name__)


def fetch_keys(jwks_url: str) -> Callable[[], dict[str, Any]]:
    """Return a function that reads the issuer's key set over HTTP."""

    def fetch() -> dict[str, Any]:
        answer = httpx.get(jwks_url, timeout=5, trust_env=False)
        answer.raise_for_status()
        return dict(answer.json())

    return fetch


class TokenVerifier:
    """Checks signature, issuer, audience, times and type of access tokens; keeps the issuer's keys at hand.

    The keys are read again when a token names an unknown key, at most every ten seconds, so that tokens
    stay checkable while the issuer is down and a rotated key is taken up at once. A token is checked once for as long
    as the same keys are held, and at each request whether it has ended.
    """

    def __init__(self, *, issuer: str, audience: str, fetch: Callable[[], dict[str, Any]]) -> None:
        self._registry = _registry_of(issuer, audience)
        self._fetch = fetch
        self._good_claims: Callable[[str], dict[str, Any]] | None = None
        self._key_ids: frozenset[str] = frozenset()
        self._fetched_at = -float(_REFRESH_SECONDS)
        self._tried_at = -float(_RETRY_SECONDS)
        self._lock = threading.Lock()

    def needs_keys(self, token: str) -> bool:
        """Say whether checking this token must read the issuer's keys first."""
        key_id = _key_id(token)
        stale = time.monotonic() - self._fetched_at > _REFRESH_SECONDS
        may_try = time.monotonic() - self._tried_at > _RETRY_SECONDS
        return self._good_claims is None or (may_try and (stale or key_id not in self._key_ids))

    def load_keys(self) -> None:
        """Read the issuer's keys; if that fails the keys already held stay in force."""
        with self._lock:
            self._tried_at = time.monotonic()
            try:
                document = self._fetch()
            except (httpx.HTTPError, ValueError) as error:
                _logger.warning("issuer keys could not be read", extra={"fields": {"error": type(error).__name__}})
                return
            keys = KeySet.import_key_set(document)  # type: ignore[arg-type]
            self._key_ids = frozenset(str(key.kid) for key in keys.keys)
            # What other keys have vouched for is forgotten with them.
            self._good_claims = lru_cache(_MOST_REMEMBERED)(partial(_good_claims, keys, self._registry))
            self._fetched_at = time.monotonic()

    def verify(self, token: str) -> dict[str, Any]:
        """Return the token's claims, or raise a 401 :class:`Problem` (503 while no key could ever be read)."""
        if self._good_claims is None:
            raise Problem(UNAVAILABLE, "The issuer of access tokens is not answering.")
        try:
            claims = dict(self._good_claims(token))
            if claims["exp"] < time.time() - _LEEWAY_SECONDS:
                raise ExpiredTokenError("exp")
        except ExpiredTokenError:
            raise Problem(TOKEN_EXPIRED, "Get a new access token and repeat.", headers=_CHALLENGE) from None
        except (JoseError, BadSignatureError, ValueError, KeyError, TypeError):
            raise Problem(UNAUTHENTICATED, "The access token is not valid here.", headers=_CHALLENGE) from None
        return claims


def _good_claims(keys: KeySet, registry: jwt.JWTClaimsRegistry, token: str) -> dict[str, Any]:
    """Return the claims of an access token that one of these keys has signed and that say what they must."""
    checked = jwt.decode(token, keys, algorithms=ALGORITHMS)
    if checked.header.get("typ") != "at+jwt":
        raise ValueError("not an access token")
    registry.validate(checked.claims)
    return checked.claims


def _registry_of(issuer: str, audience: str) -> jwt.JWTClaimsRegistry:
    return jwt.JWTClaimsRegistry(
        leeway=_LEEWAY_SECONDS,
        iss={"essential": True, "value": issuer},
        aud={"essential": True, "value": audience},
        exp={"essential": True},
        sub={"essential": True},
        client_id={"essential": True},
        agency_id={"essential": True},
    )


@lru_cache(_MOST_REMEMBERED)
def _key_id(token: str) -> str | None:
    """Return the key id the token claims to be signed with, or None when it cannot be read."""
    from joserfc.jws import extract_compact

    try:
        return extract_compact(token.encode()).headers().get("kid")
    except (JoseError, ValueError):
        return None


_verifier: ContextVar[TokenVerifier] = ContextVar("token_verifier")


def use_verifier(verifier: TokenVerifier) -> None:
    """Put the verifier in force for the request being handled."""
    _verifier.set(verifier)


async def token_info(token: str) -> dict[str, Any]:
    """Check a bearer token for Connexion; named as ``x-tokenInfoFunc`` in the API descriptions."""
    verifier = _verifier.get()
    if verifier.needs_keys(token):
        await anyio.to_thread.run_sync(verifier.load_keys)
    return verifier.verify(token)


def principal_from(claims: Mapping[str, Any]) -> Principal:
    """Read the principal out of checked claims."""
    return Principal(
        subject=str(claims["sub"]),
        agency_id=str(claims["agency_id"]),
        roles=frozenset(claims.get("roles", ())),
        scopes=frozenset(str(claims.get("scope", "")).split()),
        client_id=str(claims["client_id"]),
    )


def current_principal() -> Principal:
    """Return who is asking; inside the handler of an operation with security only, otherwise a 401 problem."""
    claims = context.get("token_info")
    if not claims:
        raise Problem(UNAUTHENTICATED, headers=_CHALLENGE)
    return principal_from(claims)


def for_persons_alone(handler: Callable[..., Any]) -> Callable[..., Any]:
    """Decorate a handler, outermost, so that whatever its scopes a system gets a 403 problem."""

    @functools.wraps(handler)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        if current_principal().is_client:
            raise Problem(PERSON_REQUIRED, "A system may prepare this; a person of the agency does it.")
        return handler(*args, **kwargs)

    return guarded
