"""Signing in and out: the authorization code grant with PKCE, state and nonce, against the installation's issuer."""

from __future__ import annotations

from typing import Any

from authlib.common.errors import AuthlibBaseError
from flask import Blueprint, current_app, flash, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from joserfc.errors import JoseError
from requests import RequestException

from chassis.http_client import ServiceUnavailable
from chassis.logs import get_logger
from services.portal.account import summary_of
from services.portal.languages import COOKIE, LANGUAGES, current_language
from services.portal.security import local_path
from services.portal.tokens import Tokens
from services.portal.views import clients

blueprint = Blueprint("sign_in", __name__)
_log = get_logger(__name__)


@blueprint.get("/sign-in")
def sign_in() -> Any:
    """Lead to the issuer; where somebody was signed out, say so first."""
    back = local_path(request.args.get("next"))
    if session.get("account"):
        return redirect(back or url_for("work.work"))
    if (session.get("timed_out") or request.args.get("ask")) and not request.args.get("go"):
        return render_template("sign_in.html", next=back, timed_out=session.get("timed_out", False))
    session["next"] = back or ""
    portal_url = current_app.extensions["portal_settings"].portal_url
    try:
        return _issuer().authorize_redirect(f"{portal_url}/callback", ui_locales=current_language())
    except RequestException as error:
        raise ServiceUnavailable("the issuer is not answering") from error


@blueprint.get("/callback")
def callback() -> Any:
    """Take the code that the issuer sent the browser back with, and begin a session of our own."""
    try:
        token = _issuer().authorize_access_token()
    except (AuthlibBaseError, JoseError) as error:
        _log.warning("signing in failed", extra={"fields": {"error": type(error).__name__}})
        flash(_("Signing in did not work. Please try again."))
        return redirect(url_for("sign_in.sign_in", ask="yes"))
    except RequestException as error:
        raise ServiceUnavailable("the issuer is not answering") from error
    userinfo = clients().identity.userinfo(token["access_token"])
    back = _begin_session(token, userinfo)
    response = redirect(back or url_for("work.work"))
    if COOKIE not in request.cookies and userinfo.get("language") in LANGUAGES:
        keep_language(response, userinfo["language"])
    return response


def _begin_session(token: dict[str, Any], userinfo: dict[str, Any]) -> str:
    """Start afresh, so that nothing planted before signing in lives on."""
    back = str(session.get("next") or "")
    session.clear()
    session["account"] = summary_of(userinfo)
    Tokens.keep(token)
    return back


@blueprint.post("/sign-out")
def sign_out() -> Any:
    """End the session here and at the issuer."""
    current_app.extensions["portal_tokens"].give_back()
    session.clear()
    return redirect(url_for("public.finder"))


@blueprint.get("/language/<code>")
def language(code: str) -> Any:
    """Keep the choice of language in a cookie and go back to where it was made."""
    response = redirect(local_path(request.args.get("next")) or url_for("public.finder"))
    if code in LANGUAGES:
        keep_language(response, code)
    return response


def keep_language(response: Any, code: str) -> None:
    """Remember a language in this browser for a year."""
    secure = current_app.extensions["portal_settings"].is_https
    response.set_cookie(COOKIE, code, max_age=31536000, httponly=True, secure=secure, samesite="Lax")


def _issuer() -> Any:
    return current_app.extensions["portal_oauth"]
