"""The organizations whose listings an agency keeps: what they say and said of themselves, and their rule of review."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from services.portal import wording
from services.portal.account import KEEPING, current_account
from services.portal.forms import organization as fields_of_organization
from services.portal.forms.fields import Form
from services.portal.forms.sending import refusals_noted, version_to_send
from services.portal.refusals import refusals_shown
from services.portal.revisions import working_copy_of_organization
from services.portal.security import needs_role
from services.portal.views import agency_names, clients

blueprint = Blueprint("organizations", __name__)


@blueprint.get("/organizations")
@needs_role(*KEEPING)
def organizations() -> Any:
    """List them."""
    page = clients().directory.organizations_page(cursor=request.args.get("cursor"))
    return render_template("organizations.html", page=page)


@blueprint.get("/organizations/<uuid:organization_id>")
@needs_role(*KEEPING)
def organization(organization_id: Any) -> Any:
    """Show what it says of itself, or is to say, to be changed, and its rule of review."""
    answer = clients().directory.own_organization(str(organization_id))
    written = working_copy_of_organization(answer.body)
    return _page(fields_of_organization.form_of(written), answer.body, answer.etag)


@blueprint.post("/organizations/<uuid:organization_id>")
@needs_role(*KEEPING)
def revise(organization_id: Any) -> Any:
    """Save what it says of itself."""
    form, directory = Form(request.form), clients().directory
    answer = directory.own_organization(str(organization_id))
    said = fields_of_organization.said_of(form, working_copy_of_organization(answer.body))
    if not form.errors:
        with refusals_noted(form, fields_of_organization.note):
            saved = directory.revise_organization(str(organization_id), said, if_match=form.text("etag"))
            flash(told_to_submit(saved) or _("The organization is saved."), "done")
            return redirect(url_for("organizations.organization", organization_id=organization_id))
    return _page(form, answer.body, version_to_send(form, answer.etag)), 400


@blueprint.post("/organizations/<uuid:organization_id>/review")
@needs_role(*KEEPING)
def set_review(organization_id: Any) -> Any:
    """Say whether a second person looks at what is published."""
    rule = request.form.get("review", "")
    with refusals_shown():
        if rule in wording.REVIEW_RULES:
            set_now = clients().directory.set_review(str(organization_id), rule, if_match=request.form.get("etag", ""))
            waits = _("Asked for. It takes effect when a second person agrees.")
            flash(waits if set_now.get("waiver") else _("The rule is saved."), "done")
    return redirect(url_for("organizations.organization", organization_id=organization_id))


@blueprint.get("/organizations/<uuid:organization_id>/history")
@needs_role(*KEEPING)
def history(organization_id: Any) -> Any:
    """Show who changed what it says of itself, when and how."""
    directory, before = clients().directory, request.args.get("before", type=int)
    found = directory.own_organization(str(organization_id)).body
    page = directory.organization_versions(str(organization_id), before=before)
    return render_template("organization_history.html", organization=found, page=page, agencies=agency_names())


@blueprint.get("/organizations/<uuid:organization_id>/history/<int:number>")
@needs_role(*KEEPING)
def version(organization_id: Any, number: int) -> Any:
    """Show what a version says differently from the one before."""
    directory = clients().directory
    found = directory.own_organization(str(organization_id)).body
    diff = directory.organization_diff(str(organization_id), to=number)
    return render_template("organization_version.html", organization=found, diff=diff, number=number)


def told_to_submit(saved: dict[str, Any]) -> str | None:
    """Return what is still to be done with what was saved, where a second person has to look at it."""
    if saved.get("stage") != "revised":
        return None
    return _("It is saved, but nobody else reads it yet: submit it for review.")


def is_kept_by_us(organization: dict[str, Any]) -> bool:
    """Say whether the user's agency keeps the organization itself, and not its listings alone by delegation."""
    account = current_account()
    return account is not None and account.agency_id in (
        organization["agency_id"],
        organization["maintaining_agency_id"],
    )


def _page(form: Form, found: dict[str, Any], etag: str | None) -> str:
    account = current_account()
    own_id = account.agency_id if account else ""
    return render_template(
        "organization.html",
        organization=found,
        form=form,
        etag=etag,
        languages_offered=fields_of_organization.languages_offered(form),
        may_edit=is_kept_by_us(found),
        may_decide=own_id == (found["maintaining_agency_id"] or found["agency_id"]),
    )
