"""A second pair of eyes on what organizations say: submitting it, reading it beside what is published, deciding."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from services.portal import wording
from services.portal.account import KEEPING
from services.portal.clients.api import ApiProblem
from services.portal.forms.fields import Form
from services.portal.refusals import refusal, refusal_of_decision
from services.portal.revisions import differences
from services.portal.security import needs_role
from services.portal.views import clients

blueprint = Blueprint("organization_reviews", __name__)
_STEPS = {
    "submit": _l("Submitted. A second person looks at it now."),
    "recall": _l("It is taken back from review."),
    "approve": _l("Approved. Everybody reads it now."),
    "publish": _l("Published. Everybody reads it now."),
    "discard": _l("The change is given up. What was published stays as it is."),
}


@blueprint.get("/organizations/<uuid:organization_id>/proposal")
@needs_role(*KEEPING)
def proposal(organization_id: Any) -> Any:
    """Show what would change, to whoever may decide and to whoever wrote it."""
    return _page(str(organization_id), Form({}))


@blueprint.post("/organizations/<uuid:organization_id>/step/<step>")
@needs_role(*KEEPING)
def step(organization_id: Any, step: str) -> Any:
    """Take a step that needs no words."""
    if step not in _STEPS:
        abort(404)
    form, directory = Form(request.form), clients().directory
    seen = form.text("etag")
    try:
        if step == "discard":
            directory.discard_organization_proposal(str(organization_id), if_match=seen)
        else:
            directory.take_step_of_organization(
                str(organization_id), step, if_match=seen, idempotency_key=form.text("form_key")
            )
        flash(str(_STEPS[step]), "done")
    except ApiProblem as problem:
        flash(refusal_of_decision(problem) if step == "approve" else refusal(problem), "error")
    return redirect(url_for("organizations.organization", organization_id=organization_id))


@blueprint.post("/organizations/<uuid:organization_id>/proposal")
@needs_role(*KEEPING)
def decide(organization_id: Any) -> Any:
    """Send it back with a reason, or only say something about it."""
    form, directory = Form(request.form), clients().directory
    sent = {"if_match": form.text("etag"), "idempotency_key": form.text("form_key")}
    note, is_comment = form.text("note")[:2000], form.text("then") == "comment"
    if is_comment:
        form.required("note", _("Write your comment."))
    elif form.text("reason") not in wording.REJECTIONS_OF_LISTING:
        form.errors["reason"] = _("Choose a reason.")
    if form.errors:
        return _page(str(organization_id), form), 400
    try:
        if is_comment:
            directory.comment_on_organization(str(organization_id), note, **sent)
            flash(_("Your comment is saved."), "done")
        else:
            decision = {"reason": form.text("reason")} | ({"note": note} if note else {})
            directory.reject_organization(str(organization_id), decision, **sent)
            flash(_("It is sent back with your reason."), "done")
    except ApiProblem as problem:
        flash(refusal_of_decision(problem), "error")
    return redirect(url_for("reviewing.queue"))


def _page(organization_id: str, form: Form) -> str:
    directory = clients().directory
    proposed = directory.organization_proposal(organization_id)
    found = directory.own_organization(organization_id).body
    changes = differences(wording.ORGANIZATION_FIELDS, found, proposed.body["content"])
    return render_template(
        "organization_review.html", organization=found, changes=changes, etag=proposed.etag, form=form
    )
