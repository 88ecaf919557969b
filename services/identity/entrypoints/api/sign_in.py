"""Handles the sign-in page: shows it, checks the form, and sends the person back to the client with a code."""

from __future__ import annotations

from typing import Any

import flask
from authlib.oauth2 import OAuth2Error

from services.identity.domain.errors import SignInRefused, SignInThrottled
from services.identity.entrypoints import sign_in_page as page
from services.identity.entrypoints.authorization_server import authorization_server, name_issuer
from services.identity.entrypoints.form_token import FormToken
from services.identity.entrypoints.oauth_models import SignedInPerson
from services.identity.entrypoints.request_transaction import container_of_request, request_transaction


def show_sign_in() -> flask.Response:
    """Show the form, or say why this authorization request cannot be followed."""
    try:
        with request_transaction():
            grant = authorization_server().get_consent_grant()
    except OAuth2Error as error:
        return _refuse_request(error)
    if "none" in flask.request.args.get("prompt", "").split():
        # Every sign-in asks for the password: on a shared machine nobody stays signed in here.
        return _refuse_request(_login_required(grant))
    return page.form(grant.redirect_uri, FormToken.of_request(), username=flask.request.args.get("login_hint", ""))


def sign_in() -> flask.Response:
    """Check the form and answer with a code, or show it again."""
    token = FormToken.of_request()
    try:
        with request_transaction():
            grant = authorization_server().get_consent_grant()
    except OAuth2Error as error:
        return _refuse_request(error)
    form = flask.request.form
    username = form.get("username", "")
    if not token.fits(form.get("form_token", "")):
        return page.form(grant.redirect_uri, token, username=username, message="form_expired", status=403)
    try:
        account = container_of_request().sign_in(
            username=username, password=form.get("password", ""), address=str(flask.request.remote_addr)
        )
    except SignInRefused:
        return page.form(grant.redirect_uri, token, username=username, message="refused", status=401)
    except SignInThrottled as throttled:
        response = page.form(grant.redirect_uri, token, username=username, message="throttled", status=429)
        response.headers["Retry-After"] = str(throttled.retry_after_seconds)
        return response
    with request_transaction():
        response = authorization_server().create_authorization_response(grant_user=SignedInPerson(account), grant=grant)
    token.take_away(response)
    return page.unstored(response)


def read_stylesheet() -> flask.Response:
    """Return the style of the page."""
    return page.stylesheet()


def _login_required(grant: Any) -> OAuth2Error:
    error = OAuth2Error(
        description="A password is asked for at every sign-in.",
        redirect_uri=grant.redirect_uri,
        state=flask.request.args.get("state"),
    )
    error.error = "login_required"
    return error


def _refuse_request(error: OAuth2Error) -> flask.Response:
    """Tell the client by redirect where its address is proven, else tell the person, and never redirect."""
    if not error.redirect_uri:
        return page.fault()
    response = name_issuer(authorization_server().handle_error_response(None, error))
    return page.unstored(response)
