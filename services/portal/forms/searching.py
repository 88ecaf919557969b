"""The form of the public finder: what a visitor looks for, as the directory's search takes it."""

from __future__ import annotations

from collections.abc import Container, Mapping
from typing import Any

from flask_babel import gettext as _

from services.portal import wording
from services.portal.forms.fields import Form
from services.portal.presenters import need_codes

PER_PAGE = 20
_LENGTH_OF_COUNTRY = 2
DISTANCES = ("5", "10", "30", "60", "100")
SEXES = ("female", "male")
SORTS = ("distance", "capacity", "freshness", "name")
_ASKED = (
    "search", "need", "age", "sex", "language", "country", "municipality", "municipality_choice", "open_now", "accepts",
    "accessibility",
)  # fmt: skip


# Where one of several is chosen, and which they are.
_CHOICES: Mapping[str, Container[str]] = {
    "sex": SEXES, "language": wording.SPOKEN, "country": wording.COUNTRIES, "within_km": DISTANCES,
}  # fmt: skip


def is_asked(form: Form) -> bool:
    """Whether the visitor looks for anything yet."""
    return any(form.text(name) for name in _ASKED)


def check(form: Form) -> None:
    """Note what no search can be made of: a list of all there is would pass for what was asked."""
    for name, known in _CHOICES.items():
        if form.text(name) and form.text(name) not in known:
            form.errors[name] = _("This is none of the choices.")
    if form.text("need") and form.text("need") not in need_codes():
        form.errors["need"] = _("This is none of the choices.")
    if not set(form.several("accessibility")) <= set(wording.ACCESSIBILITY):
        form.errors["accessibility"] = _("This is none of the choices.")
    if form.text("within_km") and not form.text("municipality"):
        form.errors.setdefault("municipality", _("Write from which municipality the distance counts."))


def filters_of(form: Form, place: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return the body of POST /services; look at ``form.errors`` before using it.

    A municipality, or a country, asks for what is there for who lives in it. Only with a distance must a service lie
    near it too, for that leaves out whatever has no address that everybody may know: shelters and help by phone.
    """
    filters: dict[str, Any] = {
        "search": form.text("search")[:200],
        "need": form.text("need"),
        "age": form.number("age"),
        "sex": _known(form, "sex", SEXES),
        "language": _known(form, "language", wording.SPOKEN),
        "open_at": "now" if form.text("open_now") else None,
        "accepts": True if form.text("accepts") else None,
        "accessibility": [code for code in form.several("accessibility") if code in wording.ACCESSIBILITY],
        "sort": _known(form, "sort", SORTS),
        "page": form.number("page", low=1, high=10000) or 1,
        "per_page": PER_PAGE,
        "full": True,
    }
    country = _known(form, "country", wording.COUNTRIES)
    distance = _known(form, "within_km", DISTANCES)
    if place is not None:
        near = {"municipality": place["code"], "within_km": int(distance)} if distance else {}
        return _sortable(filters | {"available_to": place["code"]} | near)
    return _sortable(filters | {"available_to": country})


def _sortable(filters: dict[str, Any]) -> dict[str, Any]:
    """Return the filters without an order that there is nothing to measure by."""
    is_measured = filters["sort"] != "distance" or has_centre(filters)
    return filters if is_measured else filters | {"sort": None}


def has_centre(filters: Mapping[str, Any]) -> bool:
    """Say whether distances can be measured: from a municipality, for a country has no middle."""
    return len(filters.get("available_to") or "") > _LENGTH_OF_COUNTRY


def _known(form: Form, name: str, known: Any) -> str | None:
    return form.text(name) if form.text(name) in known else None
