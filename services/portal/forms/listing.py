"""The form of a listing: what an officer fills in becomes what the directory API takes, and the other way round."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _

from services.portal import wording
from services.portal.forms.fields import Form
from services.portal.presenters import place_name

_OPTIONAL_TEXTS = {
    "alternate_name": 200, "eligibility_description": 2000, "application_process": 2000, "fees_description": 2000,
    "wait_time": 200, "alert": 1000, "phone": 40, "email": 254, "url": 500,
}  # fmt: skip
TERM_FIELDS = ("term_1", "term_2", "term_3")


def content_of(form: Form) -> dict[str, Any]:
    """Return what the listing says; look at ``form.errors`` before using it."""
    form.required("term_1", _("Choose what kind of help it is."))
    content: dict[str, Any] = {
        "name": form.required("name", _("Write the name of the service."))[:200],
        "description": form.required("description", _("Say in a few sentences what the service does."))[:5000],
        "taxonomy_terms": list(dict.fromkeys(filter(None, (form.text(name) for name in TERM_FIELDS)))),
        "sex": form.text("sex") if form.text("sex") in wording.SEX_TAKEN else "any",
        "languages": [code for code in form.several("languages") if code in wording.SPOKEN],
        "serves": _serves(form),
        "location": _location(form),
        "tier": "network" if form.text("tier") == "network" else "public",
        "accepts_referrals": form.text("accepts_referrals") != "no",
    }
    if not content["languages"]:
        form.errors["languages"] = _("Choose at least one language.")
    content |= _ages(form)
    for name, longest in _OPTIONAL_TEXTS.items():
        if form.text(name):
            content[name] = form.text(name)[:longest]
    schedule = _schedule(form)
    return content | ({"schedule": schedule} if schedule else {})


def _ages(form: Form) -> dict[str, int]:
    lowest, highest = form.number("minimum_age"), form.number("maximum_age")
    if lowest is not None and highest is not None and lowest > highest:
        form.errors["maximum_age"] = _("The highest age is below the lowest.")
    return {name: age for name, age in (("minimum_age", lowest), ("maximum_age", highest)) if age is not None}


def _serves(form: Form) -> list[str]:
    countries = [code for code in form.several("serves_country") if code in wording.COUNTRIES]
    codes = [*countries, *form.places("serves")]
    if not codes and "serves" not in form.errors:
        form.errors["serves"] = _("Say which municipalities or country it serves.")
    return codes


def _location(form: Form) -> dict[str, Any]:
    kind = form.text("location_kind")
    if kind not in wording.LOCATION_KINDS:
        form.errors["location_kind"] = _("Choose one.")
        return {}
    if kind == "virtual":
        return {"kind": kind}
    place = form.place("location_municipality")
    if place is None and "location_municipality" not in form.errors:
        form.errors["location_municipality"] = _("Write the municipality.")
    location = {
        "kind": kind,
        "municipality": place,
        "address_1": form.text("address_1")[:200],
        "postal_code": form.text("postal_code")[:20],
    }
    return {name: value for name, value in location.items() if value}


def _schedule(form: Form) -> list[dict[str, str]]:
    days = [day for day in wording.DAYS if form.has("days", day)]
    opens, closes = form.text("opens_at")[:5], form.text("closes_at")[:5]
    if not days and not opens and not closes:
        return []
    if not days or not opens or not closes:
        form.errors["days"] = _("Choose the days and write both times, or leave all of it empty.")
        return []
    return [{"byday": ",".join(days), "opens_at": opens, "closes_at": closes}]


def capacity_of(form: Form) -> dict[str, Any] | None:
    """Return the free places, or None where none were given."""
    available = form.number("available", high=100000)
    maximum = form.number("maximum", high=100000)
    if available is None:
        if maximum is not None:
            form.errors["available"] = _("Write how many are free now.")
        return None
    if maximum is not None and available > maximum:
        form.errors["available"] = _("More are free than there are.")
    unit = form.text("unit") if form.text("unit") in wording.UNITS else "places"
    return {"available": available, "unit": unit} | ({"maximum": maximum} if maximum is not None else {})


def organization_of(form: Form) -> dict[str, Any]:
    """Return a new organization."""
    organization = {
        "name": form.required("organization_name", _("Write the organization's name."))[:200],
        "description": form.required("organization_description", _("Say in a sentence what it does."))[:5000],
        "country": form.text("organization_country"),
        "linked": form.text("linked") != "no",
    }
    if organization["country"] not in wording.COUNTRIES:
        form.errors["organization_country"] = _("Choose one.")
    return organization


def form_of(listing: Mapping[str, Any]) -> Form:
    """Return the form filled with a listing."""
    location = listing.get("location") or {}
    countries = [code for code in listing["serves"] if code in wording.COUNTRIES]
    fields: dict[str, Any] = {
        "name": listing["name"],
        "description": listing["description"],
        "sex": listing.get("sex", "any"),
        "languages": listing["languages"],
        "serves_country": countries,
        "serves": "\n".join(place_name(code) for code in listing["serves"] if code not in countries),
        "minimum_age": str(listing.get("minimum_age", "")),
        "maximum_age": str(listing.get("maximum_age", "")),
        "tier": listing["tier"],
        "accepts_referrals": "yes" if listing["accepts_referrals"] else "no",
        "location_kind": location.get("kind", ""),
        "location_municipality": place_name(location.get("municipality")),
        "address_1": location.get("address_1", ""),
        "postal_code": location.get("postal_code", ""),
    }
    fields |= {name: listing.get(name, "") for name in _OPTIONAL_TEXTS}
    fields |= dict(zip(TERM_FIELDS, listing["taxonomy_terms"], strict=False))
    for entry in (listing.get("schedule") or [])[:1]:
        fields |= {
            "days": entry["byday"].split(","),
            "opens_at": entry["opens_at"],
            "closes_at": entry["closes_at"],
        }
    return Form(fields)
