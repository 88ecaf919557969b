"""The form of a closing: from when to when a service takes nobody, and what everybody reads meanwhile."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask_babel import get_timezone
from flask_babel import gettext as _

from services.portal import wording
from services.portal.forms.fields import Form
from services.portal.forms.translations import offered

_LONGEST = 1000
_DAYS = {"closes_on": "closes_at", "reopens_on": "reopens_at"}


def languages_of(listing: Mapping[str, Any]) -> dict[str, str]:
    """Return the languages that a notice may be translated into: all but the one in which it is written."""
    return {code: name for code, name in offered().items() if code != listing.get("source_language")}


def form_of(listing: Mapping[str, Any]) -> Form:
    """Return the form filled with the closing that is planned or in force; empty where there is none."""
    planned: Mapping[str, Any] = listing.get("closing") or {}
    fields = {name: _day(planned[moment]) for name, moment in _DAYS.items() if planned.get(moment)}
    fields |= {"reason": planned.get("reason", ""), "alert": planned.get("alert", "")}
    fields |= {"for_good": "yes" if planned.get("kind") == "inactive" else ""}
    return Form(fields | {f"alert_{entry['language']}": entry["text"] for entry in _translations(planned)})


def closing_of(form: Form, listing: Mapping[str, Any]) -> dict[str, Any]:
    """Return the closing; look at ``form.errors`` before using it.

    A day that was left as it stood keeps its hour: what has begun is not moved by writing more about it.
    """
    if form.text("reason") not in wording.CLOSING_REASONS:
        form.errors["reason"] = _("Choose a reason.")
    is_for_good = bool(form.text("for_good"))
    if is_for_good and form.text("reopens_on"):
        form.errors["reopens_on"] = _("Choose one of the two: this day, or closed until further notice.")
    made = {
        "reason": form.text("reason"),
        "kind": "inactive" if is_for_good else "temporarily closed",
        "closes_at": _moment(form, "closes_on", listing),
        "reopens_at": None if is_for_good else _moment(form, "reopens_on", listing),
        "alert": form.at_most("alert", _LONGEST),
        "alert_translations": _translated(form, listing),
    }
    if made["alert_translations"] and not made["alert"]:
        form.errors["alert"] = _("Write the notice in the language of the listing too.")
    return {name: value for name, value in made.items() if value}


def _translated(form: Form, listing: Mapping[str, Any]) -> list[dict[str, str]]:
    written = {code: form.at_most(f"alert_{code}", _LONGEST) for code in languages_of(listing)}
    return [{"language": code, "text": text} for code, text in written.items() if text]


def _moment(form: Form, name: str, listing: Mapping[str, Any]) -> str | None:
    planned = str((listing.get("closing") or {}).get(_DAYS[name]) or "")
    if planned and form.text(name) == _day(planned):
        return planned
    return form.moment(name)


def _day(moment: str) -> str:
    local = datetime.fromisoformat(moment.replace("Z", "+00:00")).astimezone(get_timezone())
    return local.date().isoformat()


def _translations(planned: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return list(planned.get("alert_translations") or ())
