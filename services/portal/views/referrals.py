"""One referral: its state, what is due, what may be done, its history, and the child's data by click."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for

from services.portal import wording
from services.portal.account import REFERRING
from services.portal.clients.api import Answer
from services.portal.security import needs_role
from services.portal.views import clients

blueprint = Blueprint("referrals", __name__)


@blueprint.get("/referrals/<uuid:referral_id>")
@needs_role(*REFERRING)
def referral(referral_id: Any) -> Any:
    """Show the referral without the child's data."""
    answer = clients().referral.referral(str(referral_id))
    if answer.body["status"] == "draft":
        return redirect(url_for("drafts.check", referral_id=referral_id))
    return _page(answer, packet=None)


@blueprint.post("/referrals/<uuid:referral_id>/child")
@needs_role(*REFERRING)
def child(referral_id: Any) -> Any:
    """Show the child's data; the reading is recorded with its purpose."""
    purpose = request.form.get("purpose", "case_work")
    packet = clients().referral.packet(
        str(referral_id), purpose=purpose if purpose in wording.PURPOSES else "case_work"
    )
    return _page(clients().referral.referral(str(referral_id)), packet=packet)


@blueprint.get("/referrals/<uuid:referral_id>/child")
@needs_role(*REFERRING)
def child_again(referral_id: Any) -> Any:
    """Lead an address that was kept or typed to the referral: only a click shows the child's data."""
    return redirect(url_for("referrals.referral", referral_id=referral_id))


def _page(answer: Answer, *, packet: dict[str, Any] | None) -> str:
    history = clients().referral.history(answer.body["id"])
    return render_template("referral.html", referral=answer.body, etag=answer.etag, history=history, packet=packet)
