"""Shows what a listing or an organization says, field by field in plain words, to be read side by side."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from flask import Flask
from flask_babel import gettext as _

from chassis.http_client import ServiceUnavailable
from services.portal import hours, wording
from services.portal.clients.api import ApiProblem
from services.portal.clients.reviews import listing_at, organization_at
from services.portal.languages import LANGUAGES
from services.portal.presenters import language_name, need_name, place_name
from services.portal.views import agency_names, clients

# Of a listing as it is read, what it says itself is the rest.
READ_ONLY = (
    "id", "organization_id", "organization_name", "status", "version", "capacity", "confirmed_at", "confirm_by",
    "stage", "review", "allowed_actions", "service_status", "closing", "created_at", "last_modified",
)  # fmt: skip
_HAS_REVISION = ("revised", "revision_in_review")


def install(app: Flask) -> None:
    """Give the templates the words for a field's value, and whether something waits to be said instead."""
    app.jinja_env.globals["said"] = said
    app.jinja_env.globals["has_revision"] = has_revision


def has_revision(record: Mapping[str, Any]) -> bool:
    """Say whether other texts of a listing or an organization wait beside those that everybody reads."""
    return record.get("stage") in _HAS_REVISION


def working_copy(listing: Mapping[str, Any]) -> dict[str, Any]:
    """Return the listing with what it is about to say: a waiting revision goes before what is published."""
    if not has_revision(listing):
        return dict(listing)
    content: dict[str, Any] = clients().directory.proposal(listing_at(listing["id"])).body["content"]
    return {name: value for name, value in listing.items() if name in READ_ONLY} | content


def working_copy_of_organization(organization: Mapping[str, Any]) -> dict[str, Any]:
    """Return the organization with what it is about to say: texts that wait go before those that everybody reads."""
    if not has_revision(organization):
        return dict(organization)
    content: dict[str, Any] = clients().directory.proposal(organization_at(organization["id"])).body["content"]
    return {name: value for name, value in organization.items() if name not in wording.ORGANIZATION_FIELDS} | content


def differences(fields: Iterable[str], old: Mapping[str, Any], new: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return those of the fields that say something else, with both."""
    return [
        {"field": field, "old": old.get(field), "new": new.get(field)}
        for field in fields
        if old.get(field) != new.get(field)
    ]


def content_of(listing: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the listing says, as it is sent when changed."""
    return {name: value for name, value in listing.items() if name not in READ_ONLY}


def said(field: str, value: Any, names: Mapping[str, Any] = wording.CONTENT_FIELDS) -> list[str]:
    """Return the lines that say a field's value; none where it says nothing. ``names`` are those of all fields."""
    if value in (None, "", [], {}):
        return []
    if field == "translations":
        return _translations(value, names)
    if field in _LINES:
        return _LINES[field](value)
    if isinstance(value, bool):
        return [_("Yes") if value else _("No")]
    return [str(value)] if isinstance(value, str | int | float) else [_("Changed in detail")]


def _each(words: Callable[[str], Any]) -> Callable[[Any], list[str]]:
    return lambda codes: [str(words(str(code))) for code in codes]


def _agencies(ids: Sequence[str]) -> list[str]:
    """Return their names as far as they can be had; what else is said is told without them."""
    try:
        names = agency_names()
    except (ApiProblem, ServiceUnavailable):
        names = {}
    return [names.get(agency_id, _("Another agency")) for agency_id in ids]


def _location(place: Mapping[str, Any]) -> list[str]:
    kind = str(wording.LOCATION_KINDS.get(str(place.get("kind")), ""))
    address = [place.get("address_1"), place.get("postal_code"), place_name(place.get("municipality"))]
    return [line for line in (kind, ", ".join(str(part) for part in address if part)) if line]


def _translations(texts: list[Mapping[str, Any]], names: Mapping[str, Any]) -> list[str]:
    return [
        f"{LANGUAGES[code][0] if (code := str(text['language'])) in LANGUAGES else code}, "
        f"{names.get(str(text['field']), '')}: {text['text']}"
        for text in texts
    ]


_LINES: dict[str, Callable[[Any], list[str]]] = {
    "taxonomy_terms": _each(need_name),
    "languages": _each(language_name),
    "serves": _each(lambda code: wording.COUNTRIES.get(code) or place_name(code)),
    "accessibility": _each(lambda code: wording.ACCESSIBILITY.get(code, code)),
    "sex": lambda code: [str(wording.SEX_TAKEN.get(code, code))],
    "tier": lambda code: [str(wording.TIERS.get(code, code))],
    "source_language": lambda code: [language_name(code)],
    "schedule": lambda schedule: hours.lines_of({"schedule": schedule}),
    "location": _location,
    "named_agencies": _agencies,
}
