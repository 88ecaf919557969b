"""Gets, renews and gives back the tokens of whoever is signed in; they live in the encrypted session alone."""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Mapping
from typing import Any

import httpx
from flask import session

from chassis.http_client import ServiceUnavailable
from services.portal.settings import PortalSettings

_RENEW_BEFORE_SECONDS = 30
_REMEMBER_SECONDS = 60


class SignInAgain(Exception):
    """The issuer has ended this session: whoever sits there must sign in again."""


class Tokens:
    """The access token for the request in hand, renewed with the refresh token when it is about to end."""

    def __init__(self, settings: PortalSettings, *, transport: httpx.BaseTransport | None = None) -> None:
        self._token_url = settings.token_url
        self._revoke_url = f"{settings.identity_url}/oauth/revoke"
        self._http = httpx.Client(
            auth=httpx.BasicAuth(settings.client_id, settings.client_secret),
            timeout=5,
            trust_env=False,
            transport=transport,
        )
        # A browser asks for two pages at once with one cookie: both renewals must get the same new tokens,
        # for a refresh token works once.
        self._lock = threading.Lock()
        self._renewed: dict[str, tuple[float, dict[str, Any]]] = {}

    @staticmethod
    def keep(answer: Mapping[str, Any]) -> None:
        """Put the issuer's answer into the session."""
        session["tokens"] = {
            "access": answer["access_token"],
            "refresh": answer.get("refresh_token", ""),
            "until": int(time.time()) + int(answer.get("expires_in", 60)),
        }

    def access_token(self) -> str | None:
        """Return a token that is still good, or None when nobody is signed in; raises :class:`SignInAgain`."""
        kept = session.get("tokens")
        if not kept:
            return None
        if kept["until"] - _RENEW_BEFORE_SECONDS > time.time():
            return str(kept["access"])
        self.keep(self._renew(kept["refresh"]))
        return str(session["tokens"]["access"])

    def give_back(self) -> None:
        """Tell the issuer that the session is over; an issuer that does not answer must not hold anybody."""
        refresh = (session.get("tokens") or {}).get("refresh")
        if not refresh:
            return
        try:
            self._http.post(self._revoke_url, data={"token": refresh, "token_type_hint": "refresh_token"})
        except httpx.HTTPError:
            return

    def _renew(self, refresh: str) -> dict[str, Any]:
        if not refresh:
            raise SignInAgain
        name = hashlib.sha256(refresh.encode()).hexdigest()
        with self._lock:
            now = time.monotonic()
            self._renewed = {key: kept for key, kept in self._renewed.items() if kept[0] > now}
            if name not in self._renewed:
                self._renewed[name] = (now + _REMEMBER_SECONDS, self._ask(refresh))
            return self._renewed[name][1]

    def _ask(self, refresh: str) -> dict[str, Any]:
        try:
            answer = self._http.post(self._token_url, data={"grant_type": "refresh_token", "refresh_token": refresh})
        except httpx.HTTPError as error:
            raise ServiceUnavailable("the issuer of access tokens is not answering") from error
        if answer.status_code >= 500:
            raise ServiceUnavailable("the issuer of access tokens answers that it cannot")
        if answer.status_code >= 400:
            raise SignInAgain
        renewed: dict[str, Any] = answer.json()
        return {"refresh_token": refresh} | renewed
