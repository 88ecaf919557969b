"""The buttons of a referral: each sends one action once, and says in plain words where it was refused."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, flash, redirect, request, url_for
from flask_babel import gettext as _

from services.portal import wording
from services.portal.account import REFERRING
from services.portal.clients.api import ApiProblem
from services.portal.forms.fields import Form
from services.portal.security import needs_role
from services.portal.views import clients

blueprint = Blueprint("actions", __name__)
_PLAIN = ("acknowledge", "accept", "start", "resume", "withdraw_consent", "mark_entered_in_error")
_REASONS = {
    "reject": wording.REJECT_REASONS,
    "hold": wording.HOLD_REASONS,
    "fail": wording.FAIL_REASONS,
    "cancel": wording.CANCEL_REASONS,
}


@blueprint.post("/referrals/<uuid:referral_id>/do/<action>")
@needs_role(*REFERRING)
def act(referral_id: Any, action: str) -> Any:
    """Take an action and show the referral again."""
    form = Form(request.form)
    try:
        if action in _PLAIN:
            _send(action, str(referral_id), None, form)
        else:
            body = _body_of(action, form)
            if form.errors:
                flash(next(iter(form.errors.values())), "error")
                return redirect(url_for("referrals.referral", referral_id=referral_id))
            _send(action, str(referral_id), body, form)
    except ApiProblem as problem:
        flash(_refusal(problem), "error")
    else:
        flash(_done(action), "done")
    return redirect(url_for("referrals.referral", referral_id=referral_id))


def _send(action: str, referral_id: str, body: dict[str, Any] | None, form: Form) -> None:
    method = getattr(clients().referral, action)
    arguments = (referral_id,) if body is None else (referral_id, body)
    method(*arguments, idempotency_key=form.text("form_key"), if_match=form.text("etag") or None)


def _body_of(action: str, form: Form) -> dict[str, Any]:
    if action in _REASONS:
        body: dict[str, Any] = {"reason_code": _chosen(form, "reason_code", _REASONS[action])}
        until = form.moment("until") if action == "hold" else None
        return body | ({"until": until} if until else {})
    if action == "complete":
        return {"outcome_code": _chosen(form, "outcome_code", wording.OUTCOMES)}
    if action == "give_feedback":
        summary = form.required("summary", _("Write what came of it."))[:10000]
        more = form.text("recommendations")[:4000]
        return {"summary": summary} | ({"recommendations": more} if more else {})
    if action == "set_appointment":
        at = form.moment("day", "clock")
        status = _chosen(form, "status", wording.APPOINTMENT)
        if status in ("scheduled", "rescheduled") and at is None and not form.errors:
            form.errors["day"] = _("Write the day of the appointment.")
        return {"status": status} | ({"at": at} if at else {})
    return abort(404)


def _chosen(form: Form, name: str, allowed: Any) -> str:
    if form.text(name) not in allowed:
        form.errors[name] = _("Choose one of the answers first. Nothing was changed.")
    return form.text(name)


def _done(action: str) -> str:
    texts = {
        "acknowledge": _("The other agency now knows that the referral has arrived."),
        "accept": _("You have accepted the referral. You may now see the child's data."),
        "reject": _("You have rejected the referral. The other agency is told."),
        "start": _("The first contact is recorded."),
        "hold": _("The referral is on hold. The clock is stopped."),
        "resume": _("The work goes on. The clock runs again."),
        "complete": _("The referral is completed. Please report back within seven days."),
        "give_feedback": _("Your report is sent to the other agency."),
        "fail": _("It is recorded that this could not be carried through."),
        "cancel": _("The referral is cancelled. The other agency is told."),
        "withdraw_consent": _("The withdrawal is recorded. The other agency has no access any more."),
        "mark_entered_in_error": _("The referral is marked as entered in error."),
        "set_appointment": _("The appointment is recorded."),
    }
    return texts[action]


def _refusal(problem: ApiProblem) -> str:
    if problem.status == 412:
        return _("Nothing was done: somebody changed the referral in the meantime. This is its present state.")
    if problem.slug == "illegal-transition":
        return _("That is not possible any more. This is the referral's present state.")
    if problem.status == 409:
        return _("Two requests met. Please look at the present state and try again.")
    if problem.status in (400, 422):
        return _("That was refused. Please check what you entered and try again.")
    raise problem
