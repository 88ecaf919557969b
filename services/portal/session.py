"""Keeps what the portal knows of a browser in an encrypted cookie, so that the portal stores nothing."""

from __future__ import annotations

import time
from typing import Any

from flask import Flask, Request, Response
from flask.sessions import SecureCookieSession, SessionInterface

from chassis.logs import get_logger
from services.portal.sealing import Seal

_PLACE = b"lidhja portal session"
# Browsers drop a cookie whose name and value pass 4096 bytes together.
_LARGEST = 3900
_log = get_logger(__name__)


class EncryptedCookieSessions(SessionInterface):
    """Flask sessions in one AES-256-GCM cookie; whoever holds the cookie can neither read nor change it.

    A cookie that cannot be opened yields an empty session. Of one that lay unused longer than the idle time-out
    only ``timed_out`` is left.
    """

    session_class = SecureCookieSession

    def __init__(self, keys: tuple[str, ...], *, idle_seconds: int) -> None:
        self._seal = Seal(keys, _PLACE)
        self._idle_seconds = idle_seconds

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession:
        """Read the cookie of the request."""
        cookie = request.cookies.get(self.get_cookie_name(app), "")
        content = self._seal.opened(cookie) if cookie else {}
        if "account" in content and time.time() - content.get("seen", 0) > self._idle_seconds:
            content = {"timed_out": True}
        return self.session_class(content)

    def save_session(self, app: Flask, session: Any, response: Response) -> None:
        """Write the cookie again on every answer to somebody signed in, for that moves the idle time-out."""
        name = self.get_cookie_name(app)
        if not session:
            if session.modified:
                response.delete_cookie(name, path="/", secure=self.get_cookie_secure(app), httponly=True)
            return
        if not session.modified and "account" not in session:
            return
        if "account" in session:
            session["seen"] = int(time.time())
        cookie = self._seal.sealed(dict(session))
        if len(cookie) > _LARGEST:
            _log.error("the session does not fit a cookie", extra={"fields": {"count": len(cookie)}})
        response.set_cookie(name, cookie, path="/", httponly=True, secure=self.get_cookie_secure(app), samesite="Lax")
