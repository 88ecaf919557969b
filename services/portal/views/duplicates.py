"""Pairs that may be one and the same: comparing them side by side, merging them, or saying that they are two."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from services.portal import wording
from services.portal.account import KEEPING
from services.portal.clients.api import ApiProblem
from services.portal.forms import merging
from services.portal.forms.fields import Form
from services.portal.security import needs_role
from services.portal.views import clients

blueprint = Blueprint("duplicates", __name__)
_PAIR = "/duplicates/<any(listing, organization):kind>/<uuid:one>/<uuid:other>"


@blueprint.get("/duplicates")
@needs_role(*KEEPING)
def pairs() -> Any:
    """List the pairs, the likeliest first."""
    kind = request.args.get("kind", "")
    kind = kind if kind in wording.RECORD_KINDS else "listing"
    found = clients().directory.duplicates(kind, cursor=request.args.get("cursor"))
    return render_template("duplicates.html", found=found, kind=kind)


@blueprint.get(_PAIR)
@needs_role(*KEEPING)
def compare(kind: str, one: Any, other: Any) -> Any:
    """Show two records side by side."""
    try:
        return _pair_page(kind, str(one), str(other), Form({}))
    except ApiProblem as problem:
        if problem.status != 404:
            raise
        flash(_("Another agency keeps one of the two, or it is gone: they cannot be merged here."), "error")
        return redirect(url_for("duplicates.pairs", kind=kind))


@blueprint.post(_PAIR)
@needs_role(*KEEPING)
def merge(kind: str, one: Any, other: Any) -> Any:
    """Fold the one that does not stay into the one that does, both as they were seen."""
    form, ids = Form(request.form), (str(one), str(other))
    if form.text("keep") not in ids:
        form.errors["keep"] = _("Choose which one stays.")
        return _pair_page(kind, *ids, form), 400
    try:
        made = merging.merge_of(form, kind, *ids)
        clients().directory.merge(made, idempotency_key=form.text("form_key"))
    except ApiProblem as problem:
        form.errors["keep"] = merging.refusal(problem)
        return _pair_page(kind, *ids, form), 400
    flash(_("They are merged. The old address leads to the one that stayed."), "done")
    kept = form.text("keep")
    if kind == "organization":
        return redirect(url_for("organizations.organization", organization_id=kept))
    return redirect(url_for("listings.listing", listing_id=kept))


@blueprint.post(_PAIR + "/two")
@needs_role(*KEEPING)
def dismiss(kind: str, one: Any, other: Any) -> Any:
    """Say that they are two."""
    clients().directory.dismiss_duplicate(str(one), str(other))
    flash(_("You are not asked about these two again."), "done")
    return redirect(url_for("duplicates.pairs", kind=kind))


def _pair_page(kind: str, one: str, other: str, form: Form) -> str:
    directory = clients().directory
    read = directory.own_organization if kind == "organization" else directory.listing
    sides = [read(one).body, read(other).body]
    return render_template("pair.html", kind=kind, sides=sides, form=form, rows=merging.rows_of(kind, *sides))
