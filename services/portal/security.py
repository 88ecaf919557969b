"""Guards every answer and every form: security headers, form tokens, and who must be signed in."""

from __future__ import annotations

import functools
import hmac
import secrets
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, Response, abort, current_app, redirect, render_template, request, session, url_for
from werkzeug.exceptions import BadRequest

from services.portal.account import current_account

_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; "
    "manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=()",
    "X-Frame-Options": "DENY",
}


class FormExpired(BadRequest):
    """The form's token is not this session's: another site sent it, or the session has ended meanwhile."""


def install(app: Flask, *, is_https: bool) -> None:
    """Check the token of every posted form and put the headers on every answer."""

    @app.before_request
    def check_form_token() -> None:
        view = current_app.view_functions.get(request.endpoint or "")
        if (largest := getattr(view, "largest_upload", 0)) and current_account() is not None:
            request.max_content_length = largest
        if request.method not in ("GET", "HEAD", "OPTIONS") and not getattr(view, "changes_nothing", False):
            kept = session.get("csrf", "")
            # The form of whoever has no session is not even read.
            sent = request.form.get("csrf_token", "") if kept else ""
            if not kept or not hmac.compare_digest(sent.encode(), kept.encode()):
                raise FormExpired

    @app.after_request
    def add_headers(response: Response) -> Response:
        for name, value in _HEADERS.items():
            response.headers.setdefault(name, value)
        if is_https:
            response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
        if request.endpoint != "static":
            # Nothing the portal shows may be found again by the next person at the same computer.
            response.headers["Cache-Control"] = "no-store"
        return response

    app.jinja_env.globals["csrf_token"] = form_token


def form_token() -> str:
    """Return the token that each form of this session carries in the field ``csrf_token``."""
    if "csrf" not in session:
        session["csrf"] = secrets.token_urlsafe(24)
    return str(session["csrf"])


def local_path(candidate: str | None) -> str | None:
    """Return the candidate when it is a path on this site, else None: an open redirect helps a phisher."""
    if not candidate or not candidate.startswith("/") or "\\" in candidate or any(c < " " for c in candidate):
        return None
    parts = urlsplit(candidate)
    if parts.scheme or parts.netloc or candidate.startswith("//"):
        return None
    return candidate


def takes_files(largest: int) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Mark a view whose form may be larger than others, for it holds a file; of whoever is signed in alone."""

    def mark(view: Callable[..., Any]) -> Callable[..., Any]:
        view.largest_upload = largest  # type: ignore[attr-defined]
        return view

    return mark


def changes_nothing(view: Callable[..., Any]) -> Callable[..., Any]:
    """Mark a view that only reads though its form is posted, so that what was asked stands in no address.

    Such a form needs no token, and so no cookie: whoever looks for help leaves nothing behind.
    """
    view.changes_nothing = True  # type: ignore[attr-defined]
    return view


def signed_in(view: Callable[..., Any]) -> Callable[..., Any]:
    """Send whoever is not signed in to the sign-in page and back here afterwards."""

    @functools.wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        if current_account() is None:
            if request.method != "GET":
                # Sent again from this very page once its writer has signed in in another tab, the form is not lost.
                return render_template("signed_out_form.html"), 401
            return redirect(url_for("sign_in.sign_in", next=request.full_path.rstrip("?")))
        return view(*args, **kwargs)

    guarded.is_guarded = True  # type: ignore[attr-defined]
    return guarded


def needs_role(*roles: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Let only accounts with one of the roles in; the APIs check again, this saves people a dead end."""

    def decorate(view: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            account = current_account()
            if account is None or not account.has_role(*roles):
                abort(403)
            return view(*args, **kwargs)

        return signed_in(guarded)

    return decorate
