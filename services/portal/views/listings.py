"""An agency's own listings: writing, publishing, free places, withdrawing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from services.portal import wording
from services.portal.account import KEEPING, current_account
from services.portal.clients.api import ApiProblem
from services.portal.forms import listing as fields_of_listing
from services.portal.forms.fields import Form
from services.portal.forms.meanwhile import brought_together, seen_in
from services.portal.forms.schedule import rows_of
from services.portal.forms.sending import refusals_noted, version_to_send
from services.portal.refusals import note_beside, refusal, refusals_shown, unreadable
from services.portal.revisions import said, working_copy
from services.portal.security import needs_role
from services.portal.views import clients
from services.portal.views.organizations import told_to_submit

blueprint = Blueprint("listings", __name__)
_USUAL = {"sex": "any", "location_kind": "physical", "tier": "public", "accepts_referrals": "yes"}
_NEW_ORGANIZATION = "new"
_LONGEST_SEARCH = 200
# How the form calls what the API calls otherwise, or has only further down.
_FIELDS = {
    "minimum_age": "minimum_age", "location": "location_kind", "serves": "serves", "tier": "tier",
    "named_agencies": "named_agencies", "schedule": "hours_0_days", "always_open": "hours_0_days",
    "source_language": "source_language", "available": "available", "taxonomy_terms": "term_1",
}  # fmt: skip


@blueprint.get("/listings")
@needs_role(*KEEPING)
def listings() -> Any:
    """List the agency's listings, or those in one state or with some words."""
    status = request.args.get("status") if request.args.get("status") in wording.LISTING_STATUS else None
    search = request.args.get("search", "").strip()[:_LONGEST_SEARCH] or None
    page = clients().directory.listings(status=status, search=search, cursor=request.args.get("cursor"))
    return render_template("listings.html", page=page, status=status, search=search)


@blueprint.get("/listings/new")
@needs_role(*KEEPING)
def new() -> Any:
    """Show the empty form."""
    account = current_account()
    country = account.country if account else ""
    return _form_page(Form({**_USUAL, "organization_country": country}))


@blueprint.post("/listings/new")
@needs_role(*KEEPING)
def create() -> Any:
    """Write a draft, registering its organization first where that is new."""
    form = Form(request.form.copy())
    content = fields_of_listing.content_of(form)
    capacity = fields_of_listing.capacity_of(form)
    is_new = form.text("organization_id") == _NEW_ORGANIZATION
    if is_new:
        organization = fields_of_listing.organization_of(form)
    elif not form.text("organization_id"):
        form.errors["organization_id"] = _("Choose the organization that offers the service.")
    directory, key = clients().directory, form.text("form_key")
    if not form.errors:
        with refusals_noted(form, _note):
            owner = form.text("organization_id")
            if is_new:
                owner = directory.register_organization(organization, idempotency_key=f"{key}-organization")["id"]
                # It is there from now on: where the draft is refused, the form that is shown again has it chosen.
                form.fields["organization_id"] = owner
            listing = content | {"organization_id": owner} | ({"capacity": capacity} if capacity else {})
            draft = directory.draft_listing(listing, idempotency_key=f"{key}-listing")
            flash(_("The draft is saved. Check it below, then publish it."), "done")
            return redirect(url_for("listings.listing", listing_id=draft["id"]))
    return _form_page(form), 400


@blueprint.get("/listings/<uuid:listing_id>")
@needs_role(*KEEPING)
def listing(listing_id: Any) -> Any:
    """Show a listing with what can be done about it."""
    answer = clients().directory.listing(str(listing_id))
    form = Form(fields_of_listing.fields_of_capacity(answer.body))
    return render_template("listing.html", listing=answer.body, etag=answer.etag, form=form)


@blueprint.get("/listings/<uuid:listing_id>/edit")
@needs_role(*KEEPING)
def edit(listing_id: Any) -> Any:
    """Show the form filled with a listing."""
    answer = clients().directory.listing(str(listing_id))
    return _form_page(fields_of_listing.form_of(working_copy(answer.body)), answer.body, answer.etag)


@blueprint.post("/listings/<uuid:listing_id>/edit")
@needs_role(*KEEPING)
def revise(listing_id: Any) -> Any:
    """Save a changed listing."""
    form, directory = Form(request.form), clients().directory
    answer = directory.listing(str(listing_id))
    before = working_copy(answer.body)
    content = fields_of_listing.content_of(form, before)
    if not form.errors:
        with refusals_noted(form, _note):
            content = fields_of_listing.with_what_is_not_asked(content, form, before)
            saved = directory.revise_listing(str(listing_id), content, if_match=form.text("etag"))
            flash(told_to_submit(saved) or _("The listing is saved."), "done")
            return redirect(url_for("listings.listing", listing_id=listing_id))
    if form.is_stale:
        answer = directory.listing(str(listing_id))
        _bring_together(form, working_copy(answer.body))
    return _form_page(form, answer.body, version_to_send(form, answer.etag)), 400


@blueprint.post("/listings/<uuid:listing_id>/publish")
@needs_role(*KEEPING)
def publish(listing_id: Any) -> Any:
    """Publish a listing as it was seen."""
    with refusals_shown():
        clients().directory.publish_listing(str(listing_id), if_match=request.form.get("etag", ""))
        flash(_("The listing is published. Everybody can find it now."), "done")
    return redirect(url_for("listings.listing", listing_id=listing_id))


@blueprint.post("/listings/<uuid:listing_id>/withdraw")
@needs_role(*KEEPING)
def withdraw(listing_id: Any) -> Any:
    """Withdraw a listing as it was seen."""
    with refusals_shown():
        clients().directory.withdraw_listing(str(listing_id), if_match=request.form.get("etag", ""))
        flash(_("The listing is withdrawn. It is not found any more and takes no referrals."), "done")
    return redirect(url_for("listings.listing", listing_id=listing_id))


@blueprint.post("/listings/<uuid:listing_id>/delete")
@needs_role(*KEEPING)
def delete(listing_id: Any) -> Any:
    """Delete a draft as it was seen."""
    with refusals_shown():
        clients().directory.delete_listing(str(listing_id), if_match=request.form.get("etag", ""))
        flash(_("The draft is deleted."), "done")
        return redirect(url_for("listings.listings"))
    return redirect(url_for("listings.listing", listing_id=listing_id))


@blueprint.post("/listings/<uuid:listing_id>/capacity")
@needs_role(*KEEPING)
def capacity(listing_id: Any) -> Any:
    """Report the free places."""
    form = Form(request.form)
    reported = fields_of_listing.capacity_of(form)
    if reported is None:
        form.errors.setdefault("available", _("Write how many are free now."))
    if form.errors:
        answer = clients().directory.listing(str(listing_id))
        return render_template("listing.html", listing=answer.body, etag=answer.etag, form=form), 400
    try:
        clients().directory.report_capacity(str(listing_id), reported or {}, if_match=form.text("etag"))
        flash(_("The free places are up to date."), "done")
    except ApiProblem as problem:
        is_stale = problem.status == 412
        number_changed = _("Nothing was saved: the number changed in the meantime. This is the present one.")
        flash(number_changed if is_stale else refusal(problem), "error")
    return redirect(url_for("listings.listing", listing_id=listing_id))


def _form_page(form: Form, listing: Any = None, etag: str | None = None) -> str:
    organizations = [] if listing else clients().directory.own_organizations()
    return render_template(
        "listing_form.html",
        form=form,
        listing=listing,
        etag=etag,
        seen=form.text("seen") or seen_in(form),
        organizations=organizations,
        rows=rows_of(form),
        terms=fields_of_listing.term_fields(form),
        languages_of=fields_of_listing.languages_offered,
        agencies=_agencies(form),
    )


def _agencies(form: Form) -> dict[str, str]:
    """Return the agencies that a listing may name, by country and name, and those that it names besides."""
    found = sorted(clients().identity.agencies(), key=lambda agency: (agency.get("country") or "", agency["name"]))
    known = {agency["id"]: f"{agency['name']} ({agency.get('country') or '–'})" for agency in found}
    return known | {code: _("Another agency") for code in form.several("named_agencies") if code not in known}


def _bring_together(form: Form, present: Mapping[str, Any]) -> None:
    """Take over what somebody else changed in the meantime, and say beside each field what became of it."""
    shown = fields_of_listing.form_of(present)
    taken, contested = brought_together(form, shown)
    form.fields["seen"] = seen_in(shown)
    for part in taken:
        form.errors[_FIELDS.get(part, part)] = _("Somebody changed this in the meantime. Their text stands here now.")
    for part in contested:
        theirs = "; ".join(said(part, present.get(part))) or "–"
        form.errors[_FIELDS.get(part, part)] = _(
            "Somebody changed this in the meantime to: %(text)s. If you save, what you wrote replaces it.", text=theirs
        )
    if not taken and not contested:
        form.errors["name"] = _(
            "Something else about this listing changed in the meantime, such as the free places. Save again."
        )


def _note(form: Form, problem: ApiProblem) -> None:
    """Put what the API refused beside the fields; raises what no change of the form can mend."""
    if problem.status == 412:
        return  # What somebody else changed is said field by field.
    for rule in problem.broken_rules:
        name = str(rule.get("pointer", "")).strip("/").split("/")[0]
        form.errors[name or "name"] = unreadable(name)
    if not problem.broken_rules:
        note_beside(form, problem, _FIELDS, otherwise="name")
