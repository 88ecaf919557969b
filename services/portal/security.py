"""Guards every answer and every form: security headers, form tokens, and who must be signed in."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, Response, abort, current_app, redirect, render_template, request, url_for
from werkzeug.exceptions import BadRequest, RequestEntityTooLarge

from services.portal.account import current_account
from services.portal.form_tokens import FormTokens

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
    """No page of ours held this form, or not lately: another site sent it."""


class FormOfAnother(BadRequest):
    """The form stood on a page that was drawn for somebody else than who is signed in now."""


def install(app: Flask, *, is_https: bool, form_tokens: FormTokens) -> None:
    """Check the token of every posted form and put the headers on every answer."""
    app.extensions["portal_form_tokens"] = form_tokens

    @app.before_request
    def check_form_token() -> Any:
        view = current_app.view_functions.get(request.endpoint or "")
        account = current_account()
        largest = getattr(view, "largest_upload", 0)
        if account is not None and largest:
            request.max_content_length = largest
        if request.method in ("GET", "HEAD", "OPTIONS") or getattr(view, "changes_nothing", False):
            return None
        try:
            owner = form_tokens.owner_of(request.form.get("csrf_token", ""))
        except RequestEntityTooLarge:
            if account is None and largest:
                return kept_form()
            raise
        if owner is None:
            raise FormExpired
        # Where nobody is signed in any more, the guard of the view says how to go on.
        if account is not None and account.id != owner:
            raise FormOfAnother
        return None

    @app.after_request
    def add_headers(response: Response) -> Response:
        for name, value in _HEADERS.items():
            response.headers.setdefault(name, value)
        if is_https:
            response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
        if request.endpoint != "static" or response.status_code >= 400:
            # Nothing the portal shows may be found again by the next person at the same computer.
            response.headers["Cache-Control"] = "no-store"
        return response

    app.jinja_env.globals["csrf_token"] = form_token


def form_token() -> str:
    """Return what each form of whoever is signed in carries in the field ``csrf_token``; nobody else gets one."""
    account = current_account()
    if account is None:
        raise LookupError("a form that changes something is for whoever is signed in")
    tokens: FormTokens = current_app.extensions["portal_form_tokens"]
    return tokens.drawn_for(account.id)


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


def kept_form() -> tuple[str, int]:
    """Answer a form that came after its session had ended, so that what was written in it is not lost.

    The browser keeps it, nobody else: sent again from this very page, once its writer has signed in in another tab, it
    counts. Of somebody else who signs in there it is refused.
    """
    return render_template("signed_out_form.html"), 401


def signed_in(view: Callable[..., Any]) -> Callable[..., Any]:
    """Send whoever is not signed in to the sign-in page and back here afterwards."""

    @functools.wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        if current_account() is None:
            if request.method != "GET":
                return kept_form()
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
