"""The public finder: open to everybody, without an account and without cookies."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template, request

from services.portal import wording
from services.portal.forms.fields import Form
from services.portal.views import clients

blueprint = Blueprint("public", __name__)
_PER_PAGE = 20
_FIELDS = ("search", "need", "municipality", "municipality_choice", "age", "language")


@blueprint.get("/")
def finder() -> Any:
    """Show the form, and below it what was found."""
    form = Form(request.args)
    asked = any(form.text(name) for name in _FIELDS)
    found = _found(form) if asked else None
    again = {name: form.text(name) for name in _FIELDS if form.text(name)}
    return render_template("finder.html", form=form, found=found, again=again)


def _found(form: Form) -> dict[str, Any] | None:
    page = form.number("page", low=1, high=10000) or 1
    place = form.place("municipality")
    age = form.number("age")
    if form.errors:
        return None
    return clients().directory.services(
        search=form.text("search")[:200],
        need=form.text("need"),
        serves=place,
        age=age,
        language=form.text("language") if form.text("language") in wording.SPOKEN else None,
        page=page,
        per_page=_PER_PAGE,
        full="true",
    )


@blueprint.get("/services/<uuid:service_id>")
def service(service_id: Any) -> Any:
    """Show one public service."""
    return render_template("service.html", service=clients().directory.service(str(service_id)))


@blueprint.get("/about")
def about() -> Any:
    """Say what this is, who sees what, and what stays on the visitor's device."""
    return render_template("about.html")
