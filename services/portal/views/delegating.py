"""Delegations: letting another agency keep listings in the stead of one's own."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from services.portal.account import KEEPING, current_account
from services.portal.clients.api import ApiProblem
from services.portal.forms.fields import Form
from services.portal.forms.sending import refusals_noted
from services.portal.refusals import note_beside, refusals_shown
from services.portal.security import needs_role
from services.portal.views import agency_names, clients

blueprint = Blueprint("delegating", __name__)
_FIELDS = {
    "municipality_codes": "municipalities",
    "organization_ids": "organization_ids",
    "to_agency_id": "to_agency_id",
}


@blueprint.get("/delegations")
@needs_role(*KEEPING)
def delegations() -> Any:
    """List what was given and received, and show the form to give."""
    return _page(Form({}))


@blueprint.post("/delegations")
@needs_role(*KEEPING)
def delegate() -> Any:
    """Let another agency keep listings."""
    form = Form(request.form)
    given = {
        "to_agency_id": form.required("to_agency_id", _("Choose an agency.")),
        "municipality_codes": form.places("municipalities"),
        "organization_ids": form.several("organization_ids"),
    }
    if not (given["municipality_codes"] or given["organization_ids"] or form.errors):
        form.errors["municipalities"] = _("Name at least one municipality or organization.")
    if not form.errors:
        with refusals_noted(form, _note):
            clients().directory.delegate(
                {name: value for name, value in given.items() if value}, idempotency_key=form.text("form_key")
            )
            flash(_("From now on that agency may keep these listings."), "done")
            return redirect(url_for("delegating.delegations"))
    return _page(form), 400


@blueprint.post("/delegations/<uuid:delegation_id>/end")
@needs_role(*KEEPING)
def end(delegation_id: Any) -> Any:
    """End a delegation from now on."""
    with refusals_shown():
        clients().directory.end_delegation(str(delegation_id), if_match=request.form.get("etag", ""))
        flash(_("It is ended."), "done")
    return redirect(url_for("delegating.delegations"))


def _note(form: Form, problem: ApiProblem) -> None:
    note_beside(form, problem, _FIELDS, otherwise="to_agency_id")


def _page(form: Form) -> str:
    directory, account = clients().directory, current_account()
    own_id = account.agency_id if account else ""
    known, page = agency_names(), directory.delegations(cursor=request.args.get("cursor"))
    every_own = directory.own_organizations()
    # By name only the agency behind an organization lets others in, where there is one.
    nameable = [entry for entry in every_own if own_id == (entry["agency_id"] or entry["maintaining_agency_id"])]
    return render_template(
        "delegations.html",
        form=form,
        next_cursor=page.get("next_cursor"),
        given=[entry for entry in page["items"] if entry["from_agency_id"] == own_id],
        received=[entry for entry in page["items"] if entry["to_agency_id"] == own_id],
        reaching=[entry for entry in page["items"] if own_id not in (entry["from_agency_id"], entry["to_agency_id"])],
        own_id=own_id,
        agencies=known,
        others={agency_id: name for agency_id, name in known.items() if agency_id != own_id},
        names={entry["id"]: entry["name"] for entry in every_own},
        organizations={entry["id"]: entry["name"] for entry in nameable},
    )
