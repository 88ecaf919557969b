"""The worklist: what waits for this agency and what it waits for, by urgency and time left."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for

from services.portal.account import current_account
from services.portal.presenters import by_urgency
from services.portal.security import signed_in
from services.portal.views import clients

blueprint = Blueprint("work", __name__)
_OPEN = ("sent", "acknowledged", "accepted", "in_progress", "on_hold")
_CLOSED = ("completed", "rejected", "cancelled", "failed", "expired", "entered_in_error")
_MOST_PAGES = 5
_ANSWERS = {"acknowledge", "accept", "reject"}


@blueprint.get("/work")
@signed_in
def work() -> Any:
    """Show the worklist; who writes no referrals is led to the page of its own work."""
    account = current_account()
    if account is not None and not account.handles_referrals:
        return redirect(url_for(_home_of(account)))
    if request.args.get("show") == "closed":
        page = clients().referral.referrals(status=_CLOSED, cursor=request.args.get("cursor"), limit=50)
        return render_template("work_closed.html", page=page)
    if request.args.get("show") == "drafts":
        page = clients().referral.referrals(direction="outbound", status=("draft",))
        return render_template("work_drafts.html", page=page)
    inbound, outbound = _all_open("inbound"), _all_open("outbound")
    waiting = [item for item in inbound if _ANSWERS & set(item["allowed_actions"])]
    ours = [item for item in inbound if item not in waiting]
    return render_template(
        "work.html", waiting=by_urgency(waiting), ours=by_urgency(ours), outbound=by_urgency(outbound)
    )


def _home_of(account: Any) -> str:
    return "listings.listings" if account.keeps_listings else "inbox.inbox"


def _all_open(direction: str) -> list[Mapping[str, Any]]:
    items: list[Mapping[str, Any]] = []
    cursor: str | None = None
    for _page in range(_MOST_PAGES):
        page = clients().referral.referrals(direction=direction, status=_OPEN, cursor=cursor)
        items += page["items"]
        cursor = page["next_cursor"]
        if not cursor:
            break
    return items
