"""What templates need to show the APIs' answers: moments, time left, names of places and needs; no rules."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, cast

from babel import Locale, UnknownLocaleError
from babel.units import format_unit
from flask import Flask, current_app, url_for
from flask_babel import format_date, format_datetime, format_decimal, format_percent, get_locale, ngettext
from flask_babel import gettext as _

from services.portal import hours, wording
from services.portal.atlas import km_between, points_of
from services.portal.history import lines_of
from services.portal.languages import current_language, with_day
from services.portal.views import clients

_TERMS_SECONDS = 300
_MOST_PLACES = 20_000
# What counts with a fraction has the form that goes with five, in all our languages.
_LIKE_A_FRACTION = 5
_URGENCY_ORDER = {"emergency": 0, "urgent": 1, "routine": 2}


def install(app: Flask) -> None:
    """Give the filters and functions to all templates."""
    app.extensions["portal_terms"] = _Terms()
    app.extensions["portal_places"] = _Places()
    app.jinja_env.filters.update(
        moment=moment, day=day, days_ago=days_ago, as_reported=as_reported, tel=tel, time_left=time_left, span=span,
        place=place_name, need=need_name, spoken=language_name, timeline=lines_of, likeness=likeness, finding=finding,
    )  # fmt: skip
    app.jinja_env.globals.update(
        wording=wording, hours=hours, points_of=points_of, km_between=km_between, next_due=next_due,
        need_groups=need_groups, ages=ages, need_codes=need_codes, address_of=address_of,
    )  # fmt: skip


def parsed(text: str) -> datetime:
    """Read a moment of the APIs."""
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


def moment(text: str | None) -> str:
    """Return a moment in the reader's language and time zone."""
    return str(format_datetime(parsed(text), with_day("MMM y, HH:mm"))) if text else ""


def day(text: str | None) -> str:
    """Return a day in the reader's language; of a moment that which it is where the reader is, and not in UTC."""
    if not text:
        return ""
    is_moment = len(text) > len("2026-01-15")
    at = parsed(text) if is_moment else datetime.fromisoformat(text)
    return str(format_date(at, with_day("MMMM y"), rebase=is_moment))


def days_ago(text: str) -> str:
    """Return how long ago a day was, in days."""
    days = (datetime.now(UTC).date() - datetime.fromisoformat(text[:10]).date()).days
    return _("today") if days <= 0 else ngettext("%(num)s day ago", "%(num)s days ago", days)


def as_reported(capacity: Mapping[str, Any]) -> str:
    """Return how old the word on free places is; that it was counted on since then makes it no younger."""
    counted = str(capacity.get("updated_at") or capacity.get("updated") or "")
    reported = str(capacity.get("reported_at") or counted)
    if not reported:
        return ""
    if parsed(counted or reported) > parsed(reported):
        return _("reported %(when)s, counted on since", when=days_ago(reported))
    return _("reported %(when)s", when=days_ago(reported))


def likeness(score: float) -> str:
    """Return how alike two records are, in the reader's way of writing per cent."""
    return str(format_percent(score))


def finding(code: str) -> str:
    """Return what speaks for or against a duplicate."""
    return str(wording.DUPLICATE_FINDINGS.get(code, code))


def ages(of: Mapping[str, Any]) -> str:
    """Return which ages a service or listing is for; a bound that it does not name is none."""
    low, high = of.get("minimum_age"), of.get("maximum_age")
    if high is None:
        return _from_age(low) if low else _("every age")
    if not low:
        return ngettext("up to %(age)s year", "up to %(age)s years", _counting(high), age=_years(high))
    bounds = {"low": _years(low), "high": _years(high)}
    return ngettext("%(low)s to %(high)s year", "%(low)s to %(high)s years", _counting(high), **bounds)


def _from_age(low: float) -> str:
    return ngettext("from %(age)s year", "from %(age)s years", _counting(low), age=_years(low))


def _years(age: float) -> str:
    return str(format_decimal(age))


def _counting(age: float) -> int:
    return int(age) if age == int(age) else _LIKE_A_FRACTION


def tel(number: str) -> str:
    """Return the address that calls a number."""
    return "tel:" + "".join(sign for sign in number if sign.isdigit() or sign == "+")


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
        return _("Time left: %(time)s", time=span(seconds))
    return _("Late by: %(time)s", time=span(seconds))


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


def need_codes() -> set[str]:
    """Return the codes of all needs."""
    return {str(term["code"]) for term in _all_terms() if term.get("code")}


def address_of(service_id: str) -> str:
    """Return the whole address of a service's page, to be passed on."""
    return str(current_app.extensions["portal_settings"].portal_url) + url_for("public.service", service_id=service_id)


def need_name(code: str) -> str:
    """Return the name of a need in the reader's language, or the code where the taxonomy lacks it."""
    return next((_name_of(term) for term in _all_terms() if term.get("code") == code), code)


def _name_of(named: Mapping[str, Any]) -> str:
    names = named.get("names") or {}
    return str(names.get(current_language()) or named["name"])


def is_area(place: Mapping[str, Any]) -> bool:
    """Whether a place holds municipalities; the one district of Bosnia and Herzegovina is a municipality itself."""
    return place["level"] in wording.AREAS and not (place["level"] == "district" and place["country"] == "BA")


def place_label(place: Mapping[str, Any], *, within: bool = False) -> str:
    """Return a place as people write it: its name in their language, what it is unless a town, and its country.

    ``within`` adds the area that it lies in, where others are called the same.
    """
    name = f"{_name_of(place)}, {wording.AREAS[place['level']]}" if is_area(place) else _name_of(place)
    if within and place.get("parent_name"):
        names = place.get("parent_names") or {}
        name = f"{name}, {names.get(current_language()) or place['parent_name']}"
    return f"{name} ({place['country']})"


def place_labels(places: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return places as people write them, those of one name with the area that each lies in."""
    labels = Counter(map(place_label, places))
    return [place_label(place, within=labels[place_label(place)] > 1) for place in places]


def place_name(code: str | None) -> str:
    """Return the label of a place by its code."""
    if not code:
        return ""
    found = cast(_Places, current_app.extensions["portal_places"]).get(code)
    return place_label(found) if found else code


class _Places:
    """Places by their codes, kept for some minutes: a listing may name hundreds, and its form does so twice."""

    def __init__(self) -> None:
        self._kept: dict[str, tuple[float, dict[str, Any] | None]] = {}

    def get(self, code: str) -> dict[str, Any] | None:
        until, place = self._kept.get(code, (0.0, None))
        now = time.monotonic()
        if now > until:
            place = next(iter(clients().directory.municipalities(code=code)), None)
            if len(self._kept) >= _MOST_PLACES:
                self._kept.clear()
            self._kept[code] = now + _TERMS_SECONDS, place
        return place


def language_name(code: str) -> str:
    """Return the name of a spoken language in the reader's language, or the code where nobody here names it."""
    if code in wording.SPOKEN:
        return str(wording.SPOKEN[code])
    try:
        return Locale.parse(code, sep="-").get_display_name(get_locale()) or code
    except (UnknownLocaleError, ValueError):
        return code
