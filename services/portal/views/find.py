"""Finding a service for a child: who can take it now and why, and who nearly fits."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, render_template, request, session, url_for

from services.portal.account import REFERRING
from services.portal.clients.api import ApiProblem
from services.portal.forms.fields import Form
from services.portal.forms.finding import NEED_FIELDS, criteria_of
from services.portal.presenters import place_labels, place_name
from services.portal.refusals import note_beside
from services.portal.security import needs_role
from services.portal.views import clients

blueprint = Blueprint("find", __name__)


@blueprint.get("/find")
@needs_role(*REFERRING)
def find() -> Any:
    """Show the form, and what the last search found; its criteria lie in the session, never in an address."""
    criteria = session.get("search")
    if not criteria:
        return render_template("find.html", form=Form({"urgency": "urgent"}), answer=None)
    form = form_of(criteria)
    try:
        answer = clients().directory.matches(criteria)
    except ApiProblem as problem:
        # The criteria stay in the session: without the form nobody could change them.
        note_beside(form, problem, {"municipality": "municipality"}, otherwise="need_1")
        return render_template("find.html", form=form, answer=None), 400
    return render_template("find.html", form=form, answer=answer, criteria=criteria)


@blueprint.post("/find")
@needs_role(*REFERRING)
def search() -> Any:
    """Keep the criteria and show what they find."""
    if "clear" in request.form:
        session.pop("search", None)
        return redirect(url_for("find.find"))
    form = Form(request.form)
    criteria = criteria_of(form)
    if form.errors:
        return render_template("find.html", form=form, answer=None), 400
    session["search"] = criteria
    return redirect(url_for("find.find", _anchor="results"))


@blueprint.get("/places")
def places() -> Any:
    """Suggest places for what has been typed; the pages work without it."""
    text = request.args.get("search", "").strip()[:60]
    if len(text) < 2:
        return {"items": []}
    try:
        found = clients().directory.municipalities(search=text, limit=8)
    except ApiProblem:
        return {"items": []}
    return {"items": place_labels(found)}


def form_of(criteria: dict[str, Any]) -> Form:
    """Return the form filled with criteria."""
    fields: dict[str, Any] = {
        "age": str(criteria.get("age", "")),
        "sex": criteria.get("sex", ""),
        "languages": criteria.get("languages", []),
        "municipality": place_name(criteria.get("municipality")),
        "within_km": str(criteria.get("within_km", "")),
        "urgency": criteria["urgency"],
        "accessibility": criteria.get("accessibility", []),
        "open_now": "yes" if criteria.get("open_at") else "",
        "same_country": "" if criteria.get("across_borders", True) else "yes",
    }
    fields |= dict(zip(NEED_FIELDS, criteria["needs"], strict=False))
    return Form(fields)
