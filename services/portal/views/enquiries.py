"""Asking several services at once whether they have room, and answering such a question with one tap."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from flask_babel import gettext as _

from services.portal import wording
from services.portal.account import REFERRING
from services.portal.clients.api import ApiProblem
from services.portal.forms.fields import Form
from services.portal.refusals import told
from services.portal.security import needs_role
from services.portal.views import clients

blueprint = Blueprint("enquiries", __name__)
_MOST = 50


@blueprint.get("/enquiries")
@needs_role(*REFERRING)
def enquiries() -> Any:
    """List what the agency asked and was asked."""
    page = clients().directory.enquiries(cursor=request.args.get("cursor"))
    return render_template("enquiries.html", page=page)


@blueprint.post("/enquiries")
@needs_role(*REFERRING)
def enquire() -> Any:
    """Ask the chosen services for what was last searched; the need lies in the session, in no address."""
    form, need = Form(request.form), session.get("search")
    chosen = form.several("service_ids")[:_MOST]
    if not chosen or not need:
        flash(_("Choose at least one service."), "error")
        return redirect(url_for("find.find"))
    try:
        made = clients().directory.enquire(need, chosen, idempotency_key=form.text("form_key"))
    except ApiProblem as problem:
        if problem.status not in (400, 409, 422):
            raise
        otherwise = _("These services cannot be asked now. Search again and choose from the list.")
        flash(told(problem) or otherwise, "error")
        return redirect(url_for("find.find"))
    flash(_("The services are asked. Their answers appear here."), "done")
    return redirect(url_for("enquiries.enquiry", enquiry_id=made["id"]))


@blueprint.get("/enquiries/<uuid:enquiry_id>")
@needs_role(*REFERRING)
def enquiry(enquiry_id: Any) -> Any:
    """Show the answers as they come, or to an agency asked its own services to answer for."""
    return render_template("enquiry.html", enquiry=clients().directory.enquiry(str(enquiry_id)))


@blueprint.post("/enquiries/<uuid:enquiry_id>/close")
@needs_role(*REFERRING)
def close(enquiry_id: Any) -> Any:
    """Close an enquiry of one's own."""
    clients().directory.close_enquiry(str(enquiry_id))
    flash(_("The enquiry is closed."), "done")
    return redirect(url_for("enquiries.enquiry", enquiry_id=enquiry_id))


@blueprint.post("/enquiries/<uuid:enquiry_id>/answers/<uuid:service_id>")
@needs_role(*REFERRING)
def answer(enquiry_id: Any, service_id: Any) -> Any:
    """Answer for a service with the button that was pressed."""
    form = Form(request.form)
    code = form.text("answer")
    if code not in wording.ENQUIRY_ANSWERS:
        flash(_("Choose an answer."), "error")
        return redirect(url_for("enquiries.enquiry", enquiry_id=enquiry_id))
    given: dict[str, Any] = {"answer": code}
    available = form.number("available", low=1, high=100000)
    if code == "capacity" and available:
        given["available"] = available
    try:
        version = f'"{form.text("version")}"'
        clients().directory.answer_enquiry(str(enquiry_id), str(service_id), given, if_match=version)
        flash(_("Your answer is sent. Thank you."), "done")
    except ApiProblem as problem:
        if problem.status not in (409, 412, 422):
            raise
        otherwise = _("Your answer was not saved: the enquiry is closed, or somebody answered before you.")
        flash(told(problem) or otherwise, "error")
    return redirect(url_for("enquiries.enquiry", enquiry_id=enquiry_id))
