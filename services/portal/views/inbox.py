"""The inbox: what this person has been told."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from chassis.http_client import ServiceUnavailable
from services.portal.account import current_account
from services.portal.clients.api import ApiProblem
from services.portal.languages import languages_of_reader
from services.portal.security import signed_in
from services.portal.views import clients

blueprint = Blueprint("inbox", __name__)
# Where news of listings lead; all others ask for confirming.
_PAGES = {
    "listing.submitted.v1": "reviewing.queue",
    "listing.commented.v1": "reviewing.queue",
    "listing.decided.v1": "listings.listings",
    "organization.submitted.v1": "reviewing.queue",
    "organization.commented.v1": "reviewing.queue",
    "organization.decided.v1": "organizations.organizations",
    "organization.waiver_asked.v1": "organizations.organizations",
    "organization.review_set.v1": "organizations.organizations",
    "claim.submitted.v1": "claiming.claims",
    "claim.decided.v1": "claiming.claims",
    "listing.changed.v1": "listings.listings",
    "organization.merged.v1": "organizations.organizations",
    "delegation.given.v1": "delegating.delegations",
    "delegation.ended.v1": "delegating.delegations",
}
# Where news of one listing lead, if it is said which one.
_PAGES_OF_ONE = {
    "listing.submitted.v1": "reviewing.review",
    "listing.commented.v1": "reviewing.review",
    "listing.decided.v1": "listings.listing",
    "listing.changed.v1": "listings.listing",
}


@blueprint.get("/inbox")
@signed_in
def inbox() -> Any:
    """Show a page of the inbox."""
    unread = True if request.args.get("show") == "unread" else None
    page = clients().notify.inbox(unread=unread, cursor=request.args.get("cursor"), languages=languages_of_reader())
    return render_template("inbox.html", page=page, only_unread=unread, names=_names_of_listings(page["items"]))


def _names_of_listings(entries: list[dict[str, Any]]) -> dict[str, str]:
    """Return what the listings told of are called, as far as this person may know; the page does without as well."""
    account = current_account()
    ids = {entry["subject"]["id"] for entry in entries if entry["subject"]["type"] == "listings"} - {None}
    if not ids or account is None or not account.keeps_listings:
        return {}
    try:
        return clients().directory.names_of_listings(ids)
    except (ApiProblem, ServiceUnavailable):
        return {}


@blueprint.post("/inbox/<uuid:entry_id>/open")
@signed_in
def open_entry(entry_id: Any) -> Any:
    """Mark an entry as read and show what it tells of."""
    entry = clients().notify.mark_read(str(entry_id))
    if entry["subject"]["type"] == "listings":
        # Of one that is gone since, or is not for this person, there is no page.
        if entry["kind"] in _PAGES_OF_ONE and _names_of_listings([entry]):
            return redirect(url_for(_PAGES_OF_ONE[entry["kind"]], listing_id=entry["subject"]["id"]))
        return redirect(url_for(_PAGES.get(entry["kind"], "confirming.due")))
    if entry["subject"]["type"] == "enquiry":
        return redirect(url_for("enquiries.enquiry", enquiry_id=entry["subject"]["id"]))
    return redirect(url_for("referrals.referral", referral_id=entry["subject"]["id"]))


@blueprint.post("/inbox/read-all")
@signed_in
def read_all() -> Any:
    """Mark everything as read."""
    clients().notify.mark_all_read()
    flash(_("All entries are marked as read."))
    return redirect(url_for("inbox.inbox"))
