"""Confirming that listings still hold: one, some or all that are due, each with one click."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from services.portal.account import KEEPING
from services.portal.security import needs_role
from services.portal.views import clients

blueprint = Blueprint("confirming", __name__)
# Reminders begin this long before the day.
_AHEAD_DAYS = 30
_MOST = 500


@blueprint.get("/listings/confirm")
@needs_role(*KEEPING)
def due() -> Any:
    """List what is to be confirmed; reminders link here, and a link alone changes nothing."""
    page = clients().directory.listings(confirm_within_days=_AHEAD_DAYS, cursor=request.args.get("cursor"))
    return render_template("confirm.html", page=page)


@blueprint.post("/listings/confirm")
@needs_role(*KEEPING)
def save() -> Any:
    """Confirm the one whose button was pressed, or all that are ticked."""
    only = request.form.get("only")
    chosen = [only] if only else request.form.getlist("listing_ids")[:_MOST]
    # Each listing comes with the version that the page showed: what nobody saw is not confirmed.
    versions = {listing_id: request.form.get(f"version_{listing_id}", type=int) for listing_id in chosen}
    seen = {listing_id: version for listing_id, version in versions.items() if version is not None and version > 0}
    if not seen:
        flash(_("Choose at least one listing."), "error")
        return redirect(url_for("confirming.due"))
    answer = clients().directory.confirm_listings(seen)
    if answer["confirmed"]:
        flash(_("Confirmed: %(number)s. Thank you.", number=len(answer["confirmed"])), "done")
    changed = [entry for entry in answer["refused"] if entry["reason"] == "changed"]
    if changed:
        flash(
            _("Not confirmed, because somebody changed it in the meantime: %(number)s.", number=len(changed)), "error"
        )
    gone = len(answer["refused"]) - len(changed)
    if gone:
        flash(_("Not confirmed, because no longer published: %(number)s.", number=gone), "error")
    if only and request.form.get("back") == only:
        return redirect(url_for("listings.listing", listing_id=only))
    return redirect(url_for("confirming.due"))
