"""A second pair of eyes on listings, and the history of what they said."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from services.portal import wording
from services.portal.account import KEEPING
from services.portal.clients.reviews import listing_at
from services.portal.forms.fields import Form
from services.portal.refusals import refusals_shown
from services.portal.revisions import differences, has_revision
from services.portal.security import needs_role
from services.portal.views import agency_names, clients, steps_of_review

blueprint = Blueprint("reviewing", __name__)
_STEPS = {
    "submit": _l("Submitted. A second person looks at it now."),
    "recall": _l("It is taken back from review."),
    "approve": _l("Approved. Everybody who may can find it now."),
    "reopen": _l("The service is open again."),
    "discard": _l("The change is given up. The published listing stays as it is."),
}


@blueprint.get("/reviews")
@needs_role(*KEEPING)
def queue() -> Any:
    """List what waits for a decision of the agency: listings, and what organizations are to say."""
    directory, seen = clients().directory, request.args
    organizations = directory.organization_reviews(cursor=seen.get("organizations"))
    return render_template(
        "reviews.html", page=directory.reviews(cursor=seen.get("cursor")), organizations=organizations
    )


@blueprint.get("/listings/<uuid:listing_id>/review")
@needs_role(*KEEPING)
def review(listing_id: Any) -> Any:
    """Show what is to be decided, or is still to be submitted: what changed, or for a new listing all of it."""
    return _review_page(str(listing_id), Form({}))


@blueprint.post("/listings/<uuid:listing_id>/step/<step>")
@needs_role(*KEEPING)
def step(listing_id: Any, step: str) -> Any:
    """Take a step that needs no words."""
    steps_of_review.take_step(listing_at(listing_id), step, _STEPS)
    return redirect(url_for("listings.listing", listing_id=listing_id))


@blueprint.post("/listings/<uuid:listing_id>/review")
@needs_role(*KEEPING)
def decide(listing_id: Any) -> Any:
    """Send it back with a reason, or only say something about it."""
    form = Form(request.form)
    steps_of_review.decide(listing_at(listing_id), form)
    if form.errors:
        return _review_page(str(listing_id), form), 400
    return redirect(url_for("reviewing.queue"))


@blueprint.get("/listings/<uuid:listing_id>/history")
@needs_role(*KEEPING)
def history(listing_id: Any) -> Any:
    """Show who changed the listing when, how and why."""
    directory, before = clients().directory, request.args.get("before", type=int)
    answer = directory.listing(str(listing_id))
    page = directory.versions(str(listing_id), before=before)
    return render_template("history.html", listing=answer.body, etag=answer.etag, page=page, agencies=agency_names())


@blueprint.get("/listings/<uuid:listing_id>/history/<int:number>")
@needs_role(*KEEPING)
def version(listing_id: Any, number: int) -> Any:
    """Show what a version says differently from the one before, and what going back to it would change."""
    directory = clients().directory
    answer = directory.listing(str(listing_id))
    diff = directory.diff(str(listing_id), to=number)
    back = directory.version(str(listing_id), number).get("going_back") if number < answer.body["version"] else None
    return render_template("version.html", listing=answer.body, etag=answer.etag, diff=diff, number=number, back=back)


@blueprint.post("/listings/<uuid:listing_id>/history/<int:number>")
@needs_role(*KEEPING)
def revert(listing_id: Any, number: int) -> Any:
    """Go back to what an older version said."""
    form = Form(request.form)
    with refusals_shown():
        clients().directory.revert_listing(
            str(listing_id), number, if_match=form.text("etag"), idempotency_key=form.text("form_key")
        )
        flash(_("The listing says again what it said then. Where a review is needed, submit it."), "done")
    return redirect(url_for("listings.listing", listing_id=listing_id))


def _review_page(listing_id: str, form: Form) -> str:
    directory = clients().directory
    answer = directory.listing(listing_id)
    waits = has_revision(answer.body)
    proposal = directory.proposal(listing_at(listing_id)) if waits else None
    changes = _changes(answer.body, proposal.body["content"] if proposal else None)
    etag = (proposal or answer).etag
    return render_template("review.html", listing=answer.body, etag=etag, changes=changes, form=form, waits=waits)


def _changes(listing: dict[str, Any], proposed: dict[str, Any] | None) -> list[dict[str, Any]]:
    """Return what the listing says and would say; of a new listing everything is new."""
    if proposed is None:
        return differences(wording.CONTENT_FIELDS, {}, listing)
    return differences(wording.CONTENT_FIELDS, listing, proposed)
