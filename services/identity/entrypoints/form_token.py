"""Ties the sign-in form to the browser it was shown in, so that no other site can sign somebody in (login CSRF)."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass

import flask

from services.identity.entrypoints.request_transaction import container_of_request

_LIFETIME_SECONDS = 3600


@dataclass(frozen=True)
class FormToken:
    """A random cookie, and in the form a digest of it with this very request."""

    cookie: str
    is_fresh: bool

    @classmethod
    def of_request(cls) -> FormToken:
        """Return the browser's token, a fresh one where it has none."""
        kept = flask.request.cookies.get(_cookie_name(), "")
        return cls(kept, is_fresh=False) if len(kept) == 43 else cls(secrets.token_urlsafe(32), is_fresh=True)

    def digest(self) -> str:
        """Return what the form carries; it fits one authorization request in one browser."""
        return hmac.new(self.cookie.encode(), flask.request.query_string, hashlib.sha256).hexdigest()

    def fits(self, digest: str) -> bool:
        """Say whether a form came from a page shown in this browser for this request."""
        return not self.is_fresh and hmac.compare_digest(self.digest().encode(), digest.encode())

    def keep(self, response: flask.Response) -> None:
        """Set the cookie; ``Lax`` since the person arrives from another site."""
        response.set_cookie(
            _cookie_name(),
            self.cookie,
            max_age=_LIFETIME_SECONDS,
            path="/",
            httponly=True,
            secure=_is_https(),
            samesite="Lax",
        )

    def take_away(self, response: flask.Response) -> None:
        """Remove the cookie once it has served."""
        response.delete_cookie(_cookie_name(), path="/", httponly=True, secure=_is_https(), samesite="Lax")


def _is_https() -> bool:
    return container_of_request().settings.issuer.startswith("https://")


def _cookie_name() -> str:
    # The prefix lets no neighbouring host set the cookie; browsers take it on HTTPS only.
    return "__Host-lidhja-sign-in" if _is_https() else "lidhja-sign-in"
