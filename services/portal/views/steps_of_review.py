"""Takes the steps of review as the pages of listings and of organizations send them, and says what became of each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import abort, flash, request
from flask_babel import gettext as _

from services.portal import wording
from services.portal.clients.api import ApiProblem
from services.portal.forms.fields import Form
from services.portal.refusals import refusal, refusal_of_decision
from services.portal.views import clients


def take_step(record: str, step: str, done: Mapping[str, Any]) -> None:
    """Take a step that needs no words; ``done`` has what to say afterwards, and 404 is answered to any other step."""
    if step not in done:
        abort(404)
    form, directory = Form(request.form), clients().directory
    try:
        if step == "discard":
            directory.discard_proposal(record, if_match=form.text("etag"))
        else:
            directory.take_step(record, step, if_match=form.text("etag"), idempotency_key=form.text("form_key"))
        flash(str(done[step]), "done")
    except ApiProblem as problem:
        flash(refusal_of_decision(problem) if step == "approve" else refusal(problem), "error")


def decide(record: str, form: Form) -> None:
    """Send it back with a reason, or only say something about it; nothing is sent where ``form.errors`` has any."""
    note, is_comment = form.text("note")[:2000], form.text("then") == "comment"
    if is_comment:
        form.required("note", _("Write your comment."))
    elif form.text("reason") not in wording.REJECTIONS_OF_LISTING:
        form.errors["reason"] = _("Choose a reason.")
    if not form.errors:
        _send(record, form, note, is_comment=is_comment)


def _send(record: str, form: Form, note: str, *, is_comment: bool) -> None:
    directory, sent = clients().directory, {"if_match": form.text("etag"), "idempotency_key": form.text("form_key")}
    try:
        if is_comment:
            directory.comment(record, note, **sent)
            flash(_("Your comment is saved."), "done")
        else:
            directory.reject(record, {"reason": form.text("reason")} | ({"note": note} if note else {}), **sent)
            flash(_("It is sent back with your reason."), "done")
    except ApiProblem as problem:
        flash(refusal_of_decision(problem), "error")
