"""The form of a listing: what an officer fills in becomes what the directory API takes, and the other way round."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import gettext as _

from services.portal import wording
from services.portal.forms.fields import Form
from services.portal.forms.schedule import fields_of, schedule_of
from services.portal.presenters import language_name, place_name

_OPTIONAL_TEXTS = {
    "alternate_name": 200, "eligibility_description": 2000, "application_process": 2000, "fees_description": 2000,
    "wait_time": 200, "alert": 1000, "phone": 40, "email": 254, "url": 500,
}  # fmt: skip
_NOT_ASKED = ("source_language", "translations")
# Lists whose order the form does not show.
_SETS = ("languages", "serves", "accessibility", "named_agencies")
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Z][a-z]{3})?")
_ASKED_TERMS, _MOST_TERMS = 3, 20


def content_of(form: Form, before: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Return what the listing says; look at ``form.errors`` before using it.

    ``before`` is what it said when the form was filled, so that a name in the form means the place it was made from.
    """
    return _always_said(form, before or {}) | _ages(form) | _said_where_filled(form)


def _always_said(form: Form, before: Mapping[str, Any]) -> dict[str, Any]:
    say_what = _("Say in a few sentences what the service does.")
    return {
        "name": form.required("name", _("Write the name of the service."), longest=200),
        "description": form.required("description", say_what, longest=5000),
        "taxonomy_terms": _terms(form),
        "sex": form.text("sex") if form.text("sex") in wording.SEX_TAKEN else "any",
        "languages": _languages(form),
        "serves": _serves(form, before),
        "location": _location(form, before),
        "accessibility": [code for code in form.several("accessibility") if code in wording.ACCESSIBILITY],
        "accepts_referrals": form.text("accepts_referrals") != "no",
        **_tier(form),
    }


def _said_where_filled(form: Form) -> dict[str, Any]:
    said: dict[str, Any] = {name: form.at_most(name, longest) for name, longest in _OPTIONAL_TEXTS.items()}
    said["always_open"] = bool(form.text("always_open"))
    said["source_language"] = form.text("source_language") if _LANGUAGE.fullmatch(form.text("source_language")) else ""
    said["schedule"] = schedule_of(form)
    return {name: value for name, value in said.items() if value}


def with_what_is_not_asked(content: Mapping[str, Any], form: Form, before: Mapping[str, Any]) -> dict[str, Any]:
    """Return a revised content with what the form has no field for, as the listing says it now."""
    kept = {name: before[name] for name in _NOT_ASKED if name in before}
    revised = {**kept, **content}
    revised |= {name: _in_order(revised[name], before.get(name, ())) for name in _SETS if name in revised}
    if before["tier"] == "named" and not form.text("tier"):
        # What few may know of must not become public because nothing was chosen.
        revised |= {"tier": "named", "named_agencies": before["named_agencies"]}
    here, was = content.get("location") or {}, before.get("location") or {}
    if here and all(here.get(name) == was.get(name) for name in ("kind", "municipality", "address_1")):
        revised["location"] = {name: was[name] for name in ("latitude", "longitude") if name in was} | here
    return revised


def _in_order(now: Sequence[str], before: Sequence[str]) -> list[str]:
    """Return the entries in the order in which they stood; a form that is only saved changes nothing."""
    stayed = [entry for entry in before if entry in now]
    return [*stayed, *(entry for entry in now if entry not in stayed)]


def term_fields(form: Form) -> list[str]:
    """Return the names of the fields for kinds of help: as many as are chosen, and an empty one."""
    filled = [number for number in range(1, _MOST_TERMS + 1) if form.text(f"term_{number}")]
    shown = min(max(_ASKED_TERMS, *filled, 0) + (len(filled) >= _ASKED_TERMS), _MOST_TERMS)
    return [f"term_{number}" for number in range(1, shown + 1)]


def languages_offered(form: Form, name: str) -> dict[str, Any]:
    """Return the languages to choose from, those that the listing names besides among them."""
    return wording.SPOKEN | {code: language_name(code) for code in form.several(name) if code not in wording.SPOKEN}


def _terms(form: Form) -> list[str]:
    terms = [code for number in range(_MOST_TERMS) if (code := form.text(f"term_{number + 1}"))]
    if not terms:
        form.errors["term_1"] = _("Choose what kind of help it is.")
    return list(dict.fromkeys(terms))


def _languages(form: Form) -> list[str]:
    languages = [code for code in form.several("languages") if _LANGUAGE.fullmatch(code)]
    if not languages:
        form.errors["languages"] = _("Choose at least one language.")
    return languages


def _tier(form: Form) -> dict[str, Any]:
    """Return who may know of the service; unless chosen it is everybody."""
    tier = form.text("tier") if form.text("tier") in wording.TIERS else "public"
    if tier != "named":
        return {"tier": tier}
    agencies = form.several("named_agencies")
    if not agencies:
        form.errors["named_agencies"] = _("Choose at least one agency.")
    return {"tier": tier, "named_agencies": agencies}


def _ages(form: Form) -> dict[str, int]:
    lowest, highest = form.number("minimum_age"), form.number("maximum_age")
    if lowest is not None and highest is not None and lowest > highest:
        form.errors["maximum_age"] = _("The highest age is below the lowest.")
    return {name: age for name, age in (("minimum_age", lowest), ("maximum_age", highest)) if age is not None}


def _serves(form: Form, before: Mapping[str, Any]) -> list[str]:
    countries = [code for code in form.several("serves_country") if code in wording.COUNTRIES]
    codes = [*countries, *form.places("serves", known=before.get("serves", ()))]
    # A place that an import took in need not say whom it serves, and is not made to when something else is changed.
    said_nothing = before.get("serves") == [] and form.text("location_kind") != "virtual"
    if not codes and "serves" not in form.errors and not said_nothing:
        form.errors["serves"] = _("Say which municipalities or country it serves.")
    return codes


def _location(form: Form, before: Mapping[str, Any]) -> dict[str, Any]:
    kind = form.text("location_kind")
    if kind not in wording.LOCATION_KINDS:
        form.errors["location_kind"] = _("Choose one.")
        return {}
    if kind == "virtual":
        return {"kind": kind}
    known = filter(None, [(before.get("location") or {}).get("municipality")])
    place = form.place("location_municipality", known=known)
    if place is None and kind == "physical" and "location_municipality" not in form.errors:
        form.errors["location_municipality"] = _("Write the municipality.")
    location = {
        "kind": kind,
        "municipality": place,
        "address_1": form.at_most("address_1", 200),
        "postal_code": form.at_most("postal_code", 20),
    }
    return {name: value for name, value in location.items() if value}


def capacity_of(form: Form) -> dict[str, Any] | None:
    """Return the free places, or None where none were given."""
    available = form.number("available", high=100000)
    maximum = form.number("maximum", high=100000)
    if available is None:
        if maximum is not None:
            form.errors.setdefault("available", _("Write how many are free now."))
        return None
    if maximum is not None and available > maximum:
        form.errors["available"] = _("More are free than there are.")
    unit = form.text("unit") if form.text("unit") in wording.UNITS else "places"
    return {"available": available, "unit": unit} | ({"maximum": maximum} if maximum is not None else {})


def fields_of_capacity(listing: Mapping[str, Any]) -> dict[str, str]:
    """Return the fields for the free places that a listing tells of; what is not known stays empty."""
    known: Mapping[str, Any] = listing.get("capacity") or {}
    return {name: str(known[name]) for name in ("available", "maximum") if known.get(name) is not None}


def organization_of(form: Form) -> dict[str, Any]:
    """Return a new organization."""
    organization = {
        "name": form.required("organization_name", _("Write the organization's name."), longest=200),
        "description": form.required("organization_description", _("Say in a sentence what it does."), longest=5000),
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
    fields |= {f"term_{number}": code for number, code in enumerate(listing["taxonomy_terms"], start=1)}
    fields |= {
        "accessibility": listing.get("accessibility", []),
        "named_agencies": listing.get("named_agencies", []),
        "source_language": listing.get("source_language", ""),
        "always_open": "yes" if listing.get("always_open") else "",
    }
    return Form(fields | fields_of(listing.get("schedule") or []))
