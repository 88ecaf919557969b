"""What templates need to show the APIs' answers: moments, time left, names of places and needs; no rules."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, cast

from babel.units import format_unit
from flask import Flask, current_app
from flask_babel import format_date, format_datetime, format_decimal, get_locale
from flask_babel import gettext as _

from services.portal import wording
from services.portal.history import lines_of
from services.portal.languages import current_language
from services.portal.views import clients

_TERMS_SECONDS = 300
_URGENCY_ORDER = {"emergency": 0, "urgent": 1, "routine": 2}


def install(app: Flask) -> None:
    """Give the filters and functions to all templates."""
    app.extensions["portal_terms"] = _Terms()
    app.jinja_env.filters.update(
        moment=moment, day=day, time_left=time_left, span=span, place=place_name, need=need_name, timeline=lines_of
    )
    app.jinja_env.globals.update(
        wording=wording, next_due=next_due, need_groups=need_groups, missing_text=missing_text, reason_text=reason_text
    )


def parsed(text: str) -> datetime:
    """Read a moment of the APIs."""
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


def moment(text: str | None) -> str:
    """Return a moment in the reader's language and time zone."""
    return str(format_datetime(parsed(text), "d MMM y, HH:mm")) if text else ""


def day(text: str | None) -> str:
    """Return a day in the reader's language."""
    return str(format_date(datetime.fromisoformat(text[:10]), "d MMMM y", rebase=False)) if text else ""


def span(seconds: float) -> str:
    """Return a length of time in its two largest units, such as "1 day, 3 hr"."""
    minutes = max(1, round(abs(seconds) / 60))
    days, rest = divmod(minutes, 24 * 60)
    hours, left = divmod(rest, 60)
    parts = [(days, "duration-day"), (hours, "duration-hour"), (left, "duration-minute")]
    # Only the short names are complete in all our languages; a missing one would show its technical name.
    named = [format_unit(n, unit, "short", locale=get_locale()) for n, unit in parts if n]
    return ", ".join(named[:2] if days == 0 or hours else named[:1])


def time_left(text: str) -> str:
    """Return "Time left: …" or "Late by: …" for a moment at which something is due."""
    seconds = (parsed(text) - datetime.now(UTC)).total_seconds()
    if seconds >= 0:
        return str(_("Time left: %(time)s", time=span(seconds)))
    return str(_("Late by: %(time)s", time=span(seconds)))


def is_late(due: Mapping[str, Any]) -> bool:
    """Whether what is due was due before now."""
    return due["state"] == "missed" or parsed(due["at"]) < datetime.now(UTC)


def next_due(referral: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return what is due first, marked ``late`` where it is; None when nothing is."""
    waiting = [due for due in referral.get("due", ()) if due["state"] in ("open", "missed") and not due.get("done_at")]
    if not waiting:
        return None
    first = min(waiting, key=lambda due: due["at"])
    return {**first, "late": is_late(first)}


def by_urgency(referrals: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Sort what must be done first to the top: by urgency, then by the time left."""

    def key(referral: Mapping[str, Any]) -> tuple[int, str]:
        due = next_due(referral)
        return _URGENCY_ORDER[referral["urgency"]], due["at"] if due else "9999"

    return sorted(referrals, key=key)


class _Terms:
    """The taxonomy, read again every few minutes."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._terms: list[dict[str, Any]] = []
        self._until = 0.0

    def all(self) -> list[dict[str, Any]]:
        with self._lock:
            if time.monotonic() > self._until:
                self._terms = clients().directory.terms()
                self._until = time.monotonic() + _TERMS_SECONDS
            return self._terms


def _all_terms() -> list[dict[str, Any]]:
    return cast(_Terms, current_app.extensions["portal_terms"]).all()


def need_groups() -> list[tuple[str, list[tuple[str, str]]]]:
    """Return the needs as (heading, [(code, name)]) in the reader's language; the heading's own term comes first."""
    terms = _all_terms()
    groups = []
    for top in (term for term in terms if not term.get("parent_id")):
        below = [(term["code"], _name_of(term)) for term in terms if term.get("parent_id") == top["id"]]
        groups.append((_name_of(top), [(top["code"], _("%(need)s (any kind)", need=_name_of(top))), *below]))
    return groups


def need_name(code: str) -> str:
    """Return the name of a need in the reader's language, or the code where the taxonomy lacks it."""
    return next((_name_of(term) for term in _all_terms() if term.get("code") == code), code)


def _name_of(named: Mapping[str, Any]) -> str:
    names = named.get("names") or {}
    return str(names.get(current_language()) or named["name"])


def is_area(place: Mapping[str, Any]) -> bool:
    """Whether a place holds municipalities; the one district of Bosnia and Herzegovina is a municipality itself."""
    return place["level"] in wording.AREAS and not (place["level"] == "district" and place["country"] == "BA")


def place_label(place: Mapping[str, Any]) -> str:
    """Return a place as people write it: its name in their language, what it is unless a town, and its country."""
    name = f"{_name_of(place)}, {wording.AREAS[place['level']]}" if is_area(place) else _name_of(place)
    return f"{name} ({place['country']})"


def place_name(code: str | None) -> str:
    """Return the label of a place by its code."""
    if not code:
        return ""
    found = clients().directory.municipalities(code=code)
    return place_label(found[0]) if found else code


def missing_text(reason: Mapping[str, Any]) -> str:
    """Return what does not fit, in the reader's language."""
    code, params = reason["code"], reason.get("params") or {}
    if code == "need":
        return str(_("Does not offer: %(need)s", need=need_name(str(params.get("term", "")))))
    if code == "language":
        spoken = str(params.get("language", ""))
        return str(_("Not offered in this language: %(language)s", language=wording.SPOKEN.get(spoken, spoken)))
    if code == "distance":
        return str(_("Too far: %(distance)s km", distance=format_decimal(params.get("distance_km") or 0)))
    if code in wording.MISSING:
        return str(wording.MISSING[code])
    return reason_text(reason)


def reason_text(reason: Mapping[str, Any]) -> str:
    """Return why a service fits or does not, in the reader's language."""
    code, params = reason["code"], reason.get("params") or {}
    if code == "need":
        return str(_("Offers: %(need)s", need=need_name(str(params.get("term", "")))))
    if code == "language":
        spoken = str(params.get("language", ""))
        return str(_("Language: %(language)s", language=wording.SPOKEN.get(spoken, spoken)))
    if code == "sex":
        return str(_("For: %(sex)s", sex=wording.SEX_TAKEN.get(str(params.get("sex", "any")), "")))
    if code == "age":
        low, high = params.get("minimum_age", 0), params.get("maximum_age")
        return str(_("Takes children of %(low)s to %(high)s years", low=low or 0, high="…" if high is None else high))
    if code == "distance":
        return str(_("%(distance)s km away", distance=format_decimal(params.get("distance_km") or 0)))
    if code == "place_free":
        return str(_("Free places: %(number)s", number=params.get("available", "?")))
    return str(wording.MATCH_REASONS.get(code, reason.get("text", code)))
