"""Closing a service for a time, or saying something else of a closing that is planned or in force."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from services.portal.account import KEEPING
from services.portal.clients.api import ApiProblem
from services.portal.forms import closing as fields_of_closing
from services.portal.forms.fields import Form
from services.portal.forms.sending import refusals_noted, version_to_send
from services.portal.refusals import note_beside
from services.portal.security import needs_role
from services.portal.views import clients

blueprint = Blueprint("closing", __name__)
_FIELDS = {
    "closes_at": "closes_on", "reopens_at": "reopens_on", "kind": "for_good",
    "alert": "alert", "alert_translations": "alert",
}  # fmt: skip


@blueprint.get("/listings/<uuid:listing_id>/close")
@needs_role(*KEEPING)
def closing(listing_id: Any) -> Any:
    """Show the form, filled with what is planned."""
    answer = clients().directory.listing(str(listing_id))
    return _page(fields_of_closing.form_of(answer.body), answer.body, answer.etag)


@blueprint.post("/listings/<uuid:listing_id>/close")
@needs_role(*KEEPING)
def close(listing_id: Any) -> Any:
    """Close a service, now or at a day to come."""
    form, directory = Form(request.form), clients().directory
    answer = directory.listing(str(listing_id))
    made = fields_of_closing.closing_of(form, answer.body)
    if not form.errors:
        with refusals_noted(form, _note):
            directory.close_listing(
                str(listing_id), made, if_match=form.text("etag"), idempotency_key=form.text("form_key")
            )
            flash(_("Saved. Agencies with open referrals are warned."), "done")
            return redirect(url_for("listings.listing", listing_id=listing_id))
    return _page(form, answer.body, version_to_send(form, answer.etag)), 400


def _note(form: Form, problem: ApiProblem) -> None:
    if problem.status == 409 and "reopen" in (problem.members.get("allowed_actions") or ()):
        form.errors["closes_on"] = _("It is closed now. Open it before you plan to close it.")
        return
    note_beside(form, problem, _FIELDS, otherwise="closes_on")


def _page(form: Form, listing: dict[str, Any], etag: str | None) -> str:
    return render_template(
        "closing.html", listing=listing, etag=etag, form=form, languages_of=fields_of_closing.languages_of(listing)
    )
