"""Writing a referral: the form, the draft, the page to check it, and sending it once."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, session, url_for
from flask_babel import gettext as _

from services.portal.account import REFERRING
from services.portal.clients.api import ApiProblem
from services.portal.forms.fields import Form
from services.portal.forms.referral import GROUPS, draft_of, form_of_draft, form_of_search
from services.portal.security import needs_role
from services.portal.views import clients

blueprint = Blueprint("drafts", __name__)


@blueprint.get("/referrals/new")
@needs_role(*REFERRING)
def new() -> Any:
    """Show the empty form for a service, filled with what was sought."""
    service = _service(request.args.get("service", ""))
    return _form_page(form_of_search(session.get("search")), service)


@blueprint.post("/referrals/new")
@needs_role(*REFERRING)
def create() -> Any:
    """Write the draft, then show it for checking or put it aside."""
    service = _service(request.form.get("service_id", ""))
    form = Form(request.form)
    draft = draft_of(form, service_id=service["id"], is_complete=_wants_to_send())
    if form.errors:
        return _form_page(form, service), 400
    try:
        created = clients().referral.create(draft, idempotency_key=_key(form.text("form_key"), draft))
    except ApiProblem as problem:
        form.errors |= _errors_of(problem)
        return _form_page(form, service), 400
    session.pop("search", None)
    return _after_saving(created["id"])


@blueprint.get("/referrals/<uuid:referral_id>/edit")
@needs_role(*REFERRING)
def edit(referral_id: Any) -> Any:
    """Show the form filled with a draft."""
    answer = clients().referral.referral(str(referral_id))
    if answer.body["status"] != "draft":
        return redirect(url_for("referrals.referral", referral_id=referral_id))
    packet = clients().referral.packet(str(referral_id))
    return _form_page(form_of_draft(answer.body, packet), answer.body["service"], answer.body, answer.etag)


@blueprint.post("/referrals/<uuid:referral_id>/edit")
@needs_role(*REFERRING)
def replace(referral_id: Any) -> Any:
    """Save the changed draft; if somebody changed it meanwhile, show the text again to be saved knowingly."""
    referral = clients().referral
    answer = referral.referral(str(referral_id))
    form = Form(request.form)
    draft = draft_of(form, service_id=answer.body["service"]["id"], is_complete=_wants_to_send())
    if not form.errors:
        try:
            referral.replace_draft(str(referral_id), draft, if_match=form.text("etag"))
            return _after_saving(str(referral_id))
        except ApiProblem as problem:
            form.errors |= _errors_of(problem)
    return _form_page(form, answer.body["service"], answer.body, answer.etag), 400


@blueprint.get("/referrals/<uuid:referral_id>/check")
@needs_role(*REFERRING)
def check(referral_id: Any) -> Any:
    """Show a draft as the other agency will see it, and when."""
    answer = clients().referral.referral(str(referral_id))
    if answer.body["status"] != "draft":
        return redirect(url_for("referrals.referral", referral_id=referral_id))
    packet = clients().referral.packet(str(referral_id))
    return render_template("referral_check.html", referral=answer.body, packet=packet, etag=answer.etag)


@blueprint.post("/referrals/<uuid:referral_id>/send")
@needs_role(*REFERRING)
def send(referral_id: Any) -> Any:
    """Send it; the key in the form makes a second click the same sending."""
    form = Form(request.form)
    try:
        clients().referral.send(
            str(referral_id), idempotency_key=form.text("form_key"), if_match=form.text("etag") or None
        )
    except ApiProblem as problem:
        found = _errors_of(problem)
        flash(next(iter(found.values())), "error")
        return redirect(url_for("drafts.check", referral_id=referral_id))
    flash(_("The referral is sent. You will be told as soon as the other agency answers."), "done")
    return redirect(url_for("referrals.referral", referral_id=referral_id))


def _wants_to_send() -> bool:
    return request.form.get("then") != "draft"


def _after_saving(referral_id: str) -> Any:
    if _wants_to_send():
        return redirect(url_for("drafts.check", referral_id=referral_id))
    flash(_("The draft is saved. Nothing has been sent."), "done")
    return redirect(url_for("work.work", show="drafts"))


def _key(form_key: str, draft: dict[str, Any]) -> str:
    """Return the same key for the same content of the same form: a double click writes one draft, a change another."""
    content = json.dumps(draft, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(f"{form_key}\n{content}".encode()).hexdigest()


def _service(service_id: str) -> dict[str, Any]:
    """Return name and organization of the service; one of the network tier is known from the search alone."""
    if not service_id:
        abort(404)
    directory = clients().directory
    try:
        found = directory.service(service_id)
        return {
            "id": service_id,
            "name": found["name"],
            "organization_name": (found.get("organization") or {}).get("name", ""),
        }
    except ApiProblem as problem:
        criteria = session.get("search")
        if problem.status != 404 or not criteria:
            raise
        answer = directory.matches(criteria)
        for match in (*answer["matches"], *answer["nearly"]):
            if match["service"]["id"] == service_id:
                return dict(match["service"])
        raise


def _form_page(form: Form, service: dict[str, Any], draft: Any = None, etag: str | None = None) -> str:
    return render_template("referral_form.html", form=form, service=service, draft=draft, etag=etag, groups=GROUPS)


def _errors_of(problem: ApiProblem) -> dict[str, str]:
    """Return what an API refused as errors of the form; raises what no change of the form can mend."""
    if problem.slug == "consent-missing":
        return {
            "consent.basis": "; ".join(_consent_fault(str(r)) for r in problem.members.get("reasons", ["no_consent"]))
        }
    if problem.slug == "service-not-available":
        return {"service": _("This service can take no referrals at the moment. Please choose another one.")}
    if problem.status == 412:
        return {
            "service": _("Somebody changed this draft in the meantime. If you save now, your text replaces theirs.")
        }
    if problem.status == 400 and problem.broken_rules:
        fields = (_field_of(str(rule.get("pointer", ""))) for rule in problem.broken_rules)
        return dict.fromkeys(fields, _("This could not be read. Please check it."))
    raise problem


def _field_of(pointer: str) -> str:
    """Return the form's name of a field that a JSON pointer into the draft points at."""
    parts = pointer.strip("/").split("/")
    if parts[0] in ("packet", "triage"):
        parts = parts[1:3] if parts[0] == "packet" else parts[1:2]
    name = ".".join(parts[:2])
    moments = {"consent.obtained_at": "consent.obtained_on", "needs": "need_1", "": "service"}
    return moments.get(name, name)


def _consent_fault(code: str) -> str:
    texts = {
        "no_consent": _("No consent is recorded."),
        "override_reason_missing": _("Say why it is right to share this without consent."),
        "not_given": _("The consent is not complete: who gave it, how and when."),
        "child_refused": _("The child does not agree."),
        "not_yet_given": _("The day of the consent lies in the future."),
        "expired": _("The consent has run out."),
        "no_data_group": _("Choose at least one part that may be shared."),
        "covers_nothing": _("Nothing that you wrote is covered. Choose what may be shared."),
    }
    return texts.get(code, code)
