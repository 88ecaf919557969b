"""Turns whatever goes wrong into a page in the reader's language that says what to do next."""

from __future__ import annotations

from typing import Any

from flask import Flask, flash, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from werkzeug.exceptions import HTTPException

from chassis.correlation import current_correlation_id
from chassis.http_client import ServiceUnavailable
from chassis.logs import get_logger
from services.portal.clients.api import ApiProblem
from services.portal.refusals import told
from services.portal.security import FormExpired, FormOfAnother, kept_form
from services.portal.tokens import SignInAgain

_log = get_logger(__name__)


def install(app: Flask) -> None:
    """Register the handlers."""
    app.register_error_handler(ApiProblem, _on_problem)
    app.register_error_handler(ServiceUnavailable, lambda _error: error_page(503))
    app.register_error_handler(SignInAgain, lambda _error: sign_in_again())
    app.register_error_handler(FormExpired, lambda _error: error_page(400, "form-expired"))
    app.register_error_handler(FormOfAnother, lambda _error: error_page(400, "form-of-another"))
    app.register_error_handler(HTTPException, lambda error: error_page(error.code or 500))
    app.register_error_handler(Exception, _on_fault)


def sign_in_again() -> Any:
    """End the session here and lead to signing in; a page is opened again afterwards, a form waits where it is."""
    session.clear()
    if request.method != "GET":
        return kept_form()
    flash(_("You have been signed out. Please sign in again."))
    return redirect(url_for("sign_in.sign_in", next=request.full_path.rstrip("?"), ask="yes"))


def _on_problem(problem: ApiProblem) -> Any:
    if problem.status == 401:
        return sign_in_again()
    fields = {"status": problem.status, "problem": problem.slug, "route": str(request.url_rule)}
    _log.warning("an API refused a request", extra={"fields": fields})
    return error_page(problem.status, problem.slug, told(problem))


def _on_fault(error: Exception) -> Any:
    _log.error("a page failed", exc_info=error, extra={"fields": {"route": str(request.url_rule), "status": 500}})
    return error_page(500)


def error_page(status: int, slug: str = "", told: str | None = None) -> tuple[str, int]:
    """Return the page for a status; ``slug`` picks a more precise text where there is one, ``told`` is such a text."""
    title, text = _words(status, slug)
    text = told or text
    page = render_template("error.html", title=title, text=text, status=status, correlation_id=current_correlation_id())
    return page, status


def _words(status: int, slug: str) -> tuple[str, str]:
    if slug in ("form-expired", "form-of-another"):
        return _words_of_a_form(slug)
    words = {
        400: (_("That could not be read"), _("Something in the request is not right. Go back and try again.")),
        403: (
            _("You may not do this"),
            _("Your account has no right to this page. Those who run the network give rights to accounts: ask them."),
        ),
        404: (
            _("There is nothing here that you may see"),
            _("The address may be wrong, or this belongs to another agency. Check the reference number."),
        ),
        409: (
            _("That is not possible any more"),
            _("Somebody may have been faster. Go back, reload the page and look at the present state."),
        ),
        412: (
            _("Somebody changed this in the meantime"),
            _("Nothing was overwritten. Go back, reload the page and try again."),
        ),
        413: (_("The form is too long"), _("Please shorten your text and send it again.")),
        429: (_("Too many requests"), _("Please wait a minute, then try again. Nothing was lost.")),
        503: (
            _("This part of the system is not answering"),
            _("What you sent may not have been saved. Please try again in a minute; nothing is sent twice."),
        ),
    }
    if status in words:
        return words[status]
    if status < 500:
        return words[400]
    return _("Something went wrong on our side"), _(
        "Please try again in a minute. If it stays, tell us the number below."
    )


def _words_of_a_form(slug: str) -> tuple[str, str]:
    if slug == "form-expired":
        return _("This form is no longer valid"), _(
            "Nothing was sent. Go back, reload the page and send the form again."
        )
    return _("This form was filled in by somebody else"), _(
        "Nothing was sent. If you wrote it: in a new tab, sign out and sign in with the account you wrote it with. "
        "Then come back to this tab, reload this page and say yes when the browser asks whether to send the form "
        "again."
    )
