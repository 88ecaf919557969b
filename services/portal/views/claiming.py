"""Claims: an agency says that a listed organization is its own, and whoever keeps the listings decides."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from services.portal import wording
from services.portal.account import KEEPING
from services.portal.clients.api import ApiProblem
from services.portal.forms.fields import Form
from services.portal.forms.sending import refusals_noted
from services.portal.refusals import refusal, refusals_shown
from services.portal.security import needs_role
from services.portal.views import agency_names, clients

blueprint = Blueprint("claiming", __name__)


@blueprint.get("/claims")
@needs_role(*KEEPING)
def claims() -> Any:
    """List what the agency claims, and what it decides on."""
    page = clients().directory.claims(cursor=request.args.get("cursor"))
    return render_template("claims.html", page=page, agencies=agency_names())


@blueprint.get("/organizations/<uuid:organization_id>/claim")
@needs_role(*KEEPING)
def new(organization_id: Any) -> Any:
    """Show the form of a claim."""
    return _form_page(str(organization_id), Form({}))


@blueprint.post("/organizations/<uuid:organization_id>/claim")
@needs_role(*KEEPING)
def claim(organization_id: Any) -> Any:
    """Say that the organization is the agency's own."""
    form = Form(request.form)
    made = {"evidence": form.required("evidence", _("Say why it is your agency."), longest=2000)}
    address = form.at_most("evidence_url", 500)
    if address and not address.startswith(("https://", "http://")):
        form.errors["evidence_url"] = _("It begins with https://")
    made |= {"evidence_url": address} if address else {}
    if not form.errors:
        with refusals_noted(form, _note):
            clients().directory.claim_organization(str(organization_id), made, idempotency_key=form.text("form_key"))
            flash(_("The claim is sent. Whoever keeps the listings decides on it."), "done")
            return redirect(url_for("claiming.claims"))
    return _form_page(str(organization_id), form), 400


@blueprint.get("/claims/<uuid:claim_id>")
@needs_role(*KEEPING)
def decision(claim_id: Any) -> Any:
    """Show a claim with what there is to decide."""
    return _decision_page(str(claim_id), Form({}))


@blueprint.post("/claims/<uuid:claim_id>")
@needs_role(*KEEPING)
def decide(claim_id: Any) -> Any:
    """Grant it, or turn it down with a reason."""
    form, directory = Form(request.form), clients().directory
    sent = {"if_match": form.text("etag"), "idempotency_key": form.text("form_key")}
    note = form.at_most("note", 2000)
    is_granted = form.text("then") == "approve"
    if not is_granted and form.text("reason") not in wording.REJECTIONS_OF_CLAIM:
        form.errors["reason"] = _("Choose a reason.")
    if form.errors:
        return _decision_page(str(claim_id), form), 400
    with refusals_shown():
        if is_granted:
            directory.approve_claim(str(claim_id), **sent)
            flash(_("The claim is granted."), "done")
        else:
            made = {"reason": form.text("reason")} | ({"note": note} if note else {})
            directory.reject_claim(str(claim_id), made, **sent)
            flash(_("The claim is turned down."), "done")
    return redirect(url_for("claiming.claims"))


def _note(form: Form, problem: ApiProblem) -> None:
    if problem.slug == "illegal-transition":
        form.errors["evidence"] = _(
            "That is not possible: an agency stands behind it already, or your claim waits for a decision."
        )
        return
    form.errors["evidence"] = refusal(problem)


def _form_page(organization_id: str, form: Form) -> str:
    found = clients().directory.organization(organization_id)
    return render_template("claim_form.html", organization=found, form=form)


def _decision_page(claim_id: str, form: Form) -> str:
    found = clients().directory.claim(claim_id)
    if found is None:
        abort(404)
    return render_template("claim.html", claim=found, agencies=agency_names(), form=form)
