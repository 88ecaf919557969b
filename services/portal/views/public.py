"""The public finder: open to everybody, without an account and without cookies."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask import Blueprint, make_response, redirect, render_template, request, url_for

from chassis.http_client import ServiceUnavailable
from services.portal import atlas, hours, wording
from services.portal.clients.api import ApiProblem
from services.portal.forms import narrowing, searching
from services.portal.forms.fields import Form
from services.portal.helplines import helplines, silent_lines
from services.portal.languages import FIELD, LANGUAGES
from services.portal.presenters import place_label
from services.portal.security import changes_nothing
from services.portal.views import clients
from services.portal.views.sign_in import keep_language

blueprint = Blueprint("public", __name__)
# As many as the directory names by id alone in one answer, well below what would keep a reader waiting.
_MOST_OPEN = 500
# Counting among a hundred thousand takes a second, and nobody in a hurry waits for that.
_MOST_COUNTED = 2000
_MOST_TRIED = 6


@blueprint.get("/")
def finder() -> Any:
    """Show the form, and below it what was found; a link may carry criteria, the form itself posts them."""
    return _finder_page(Form(request.args.copy()))


@blueprint.get("/search")
def search_again() -> Any:
    """Lead back to the empty form: what was looked for stands in no address, so it cannot be opened again."""
    return redirect(url_for("public.finder"))


@blueprint.post("/search")
@changes_nothing
def search() -> Any:
    """Show what was found for criteria that stand in no address and in no history."""
    response = make_response(_finder_page(Form(request.form.copy())))
    if request.form.get(FIELD) in LANGUAGES:
        keep_language(response, request.form[FIELD])
    return response


def _finder_page(form: Form) -> str:
    place = _place(form)
    narrowing.change(form, place)
    place = place if form.text("municipality") else None
    searching.check(form)
    filters = searching.filters_of(form, place)
    country = place["country"] if place else filters.get("available_to")
    is_asked = searching.is_asked(form) and not form.errors
    found = clients().directory.services(**filters) if is_asked else None
    first = (filters["page"] - 1) * searching.PER_PAGE + 1
    numbered = list(enumerate(found["contents"], first)) if found else []
    opened = _open_now(filters, found) if found and numbered else set()
    return render_template(
        "finder.html",
        form=form,
        found=found,
        numbered=numbered,
        place=place,
        country=country,
        helplines=helplines(country),
        silent_lines=silent_lines(country),
        map=atlas.drawn(numbered, country=country, place=place, within_km=filters.get("within_km")),
        distances={value: f"{value} km" for value in searching.DISTANCES},
        sexes={code: wording.SEX[code] for code in searching.SEXES},
        openings=_openings([service["id"] for _number, service in numbered]),
        wishes=narrowing.wishes_of(form, place),
        narrower=narrowing.offered(form, _counted(filters, found), open_now=len(opened)) if found else [],
        orders=narrowing.orders(filters),
        wider=_wider(form, place) if found and not numbered else [],
    )


def _open_now(filters: dict[str, Any], found: dict[str, Any]) -> set[str]:
    """Return which of all that was found are open now, as only the directory knows; of very many it is not asked."""
    if filters["open_at"] or found["total_items"] > _MOST_OPEN:
        return set()
    return {str(entry["id"]) for entry in _besides(filters, open_at="now", per_page=_MOST_OPEN)["contents"]}


def _openings(service_ids: list[str]) -> dict[str, Any]:
    """Return of each service whether it is open and when that changes; without it a visitor gets the page, too."""
    try:
        return clients().directory.openings(service_ids) if service_ids else {}
    except (ApiProblem, ServiceUnavailable):
        return {}


def _counted(filters: dict[str, Any], found: dict[str, Any]) -> dict[str, Any]:
    """Return how many of what was found have each kind of help and so on; of very many it is not asked."""
    if not 1 < found["total_items"] <= _MOST_COUNTED:
        return found
    return _besides(filters, facets=list(narrowing.FACETS))


def _besides(filters: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Ask the directory for what only makes the page more helpful; a visitor gets the list without it, too."""
    asked = filters | {"page": 1, "per_page": 1, "full": False, "minimal": True} | more
    try:
        return clients().directory.services(**asked)
    except (ApiProblem, ServiceUnavailable):
        return {"total_items": 0, "contents": []}


def _wider(form: Form, place: dict[str, Any] | None) -> list[narrowing.Wish]:
    """Return what could be left out where nothing was found, each with how many services there are without it."""
    wider = []
    for wish in narrowing.wishes_of(form, place)[:_MOST_TRIED]:
        less = Form(form.fields.copy())
        less.fields["drop"] = wish.code
        narrowing.change(less, place)
        filters = searching.filters_of(less, place if wish.field != "municipality" else None)
        count = _besides(filters)["total_items"] if searching.is_asked(less) else 0
        if count:
            wider.append(replace(wish, count=count))
    return wider


def _place(form: Form) -> dict[str, Any] | None:
    """Return the municipality that was written, and write its full name into the form."""
    code = form.place("municipality", country=form.text("country") or None)
    if form.named_country:
        # A whole country is asked for in a field of its own; here nobody has to know.
        form.fields["country"], form.fields["municipality"] = form.named_country, ""
        del form.errors["municipality"]
    place = clients().directory.municipalities(code=code)[0] if code else None
    if place:
        # Of several places of one name the chosen one keeps what tells it apart, or it is asked for on every page.
        is_one_of_several = bool(form.text("municipality_choice")) or "," in form.text("municipality")
        form.fields["municipality"] = place_label(place, within=is_one_of_several)
    return place


@blueprint.get("/services/<uuid:service_id>")
def service(service_id: Any) -> Any:
    """Show one public service."""
    found = clients().directory.service(str(service_id))
    if found["id"] != str(service_id):
        return redirect(url_for("public.service", service_id=found["id"]), 301)
    return render_template(
        "service.html",
        service=found,
        opening=_openings([found["id"]]).get(found["id"]),
        helplines=helplines(hours.country_of(found)),
        map=atlas.drawn([(1, found)], country=hours.country_of(found), place=None, within_km=None),
    )


@blueprint.get("/about")
def about() -> Any:
    """Say what this is, who sees what, and what stays on the visitor's device."""
    return render_template("about.html")
