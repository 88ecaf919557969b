"""Says in words when a service is open, by the hours it gives and the clock of its own country."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import format_date
from flask_babel import gettext as _

from services.portal import wording
from services.portal.languages import ZONES, current_language, with_day

_DAYS = tuple(wording.DAYS)
_MIDNIGHT = "24:00"


_OPEN = "active"


def closed(service: Mapping[str, Any]) -> str | None:
    """Return in words that a service takes nobody, and from when it does again if that is known; None if it is open."""
    status = service.get("status", _OPEN)
    if status == _OPEN:
        return None
    if status == "defunct":
        return _("This service does not exist any more")
    if status == "inactive":
        return _("Closed until further notice")
    if not service.get("reopens_at"):
        return _("Closed at the moment")
    # The day is that of the service's own clock: by another one its first hour may still be the day before.
    first = datetime.fromisoformat(str(service["reopens_at"])).astimezone(zone_of(service))
    day = format_date(first.date(), with_day("MMMM y"), rebase=False)
    return _("Closed at the moment. Open again from %(day)s.", day=day)


def is_always_open(service: Mapping[str, Any]) -> bool:
    """Whether the hours say day and night, every day."""
    return any(
        entry.get("opens_at") == "00:00" and entry.get("closes_at") == _MIDNIGHT and _days_of(entry) == _DAYS
        for entry in service.get("schedules") or ()
    )


def country_of(service: Mapping[str, Any]) -> str | None:
    """Return the country that a service is in, or serves."""
    places = (pair.get("location") or {} for pair in service.get("service_at_locations") or ())
    codes = [str(place.get("external_identifier") or "") for place in places]
    codes += [str(area.get("extent") or "") for area in service.get("service_areas") or ()]
    return next((code[:2] for code in codes if code[:2] in ZONES), None)


def zone_of(service: Mapping[str, Any]) -> ZoneInfo:
    """Return the clock of the country that a service is in, or serves."""
    return ZoneInfo(ZONES.get(country_of(service) or "", "Europe/Tirane"))


def lines(service: Mapping[str, Any]) -> list[str]:
    """Return the hours of the week, a line for each entry."""
    if is_always_open(service):
        return [_("Day and night, every day")]
    return [
        _line(entry) for entry in service.get("schedules") or () if entry.get("opens_at") or entry.get("description")
    ]


def lines_of(listing: Mapping[str, Any]) -> list[str]:
    """Return the hours of a listing as its own agency reads it."""
    if listing.get("always_open"):
        return [_("Day and night, every day")]
    holidays = _("on public holidays too")
    return [
        _line({**entry, "notes": holidays if entry.get("open_on_holidays") else ""})
        for entry in listing.get("schedule") or ()
    ]


def _line(entry: Mapping[str, Any]) -> str:
    times = f"{entry['opens_at']}–{entry['closes_at']}" if entry.get("opens_at") and entry.get("closes_at") else ""
    days = _days_in_words(_days_of(entry))
    return ", ".join(filter(None, (" ".join(filter(None, (days, times))), _remark(entry))))


def _remark(entry: Mapping[str, Any]) -> str:
    notes = str(entry.get("notes") or "")
    holidays = {
        "Closed on public holidays.": _("closed on public holidays"),
        "Also open on public holidays.": _("on public holidays too"),
    }
    said = holidays.get(notes) or _in_line(notes)
    return " · ".join(filter(None, (str(entry.get("description") or ""), said)))


def _in_line(sentence: str) -> str:
    """Return a single sentence as it is written within a line; what the directory says on holidays comes as one."""
    words = sentence.removesuffix(".")
    if "." in words or not (words[:1].isupper() and words[1:2].islower()):
        return sentence
    return words[0].lower() + words[1:]


def _days_in_words(days: Sequence[str]) -> str:
    """Return "Monday–Friday" for days in a row, else their names."""
    at = [_DAYS.index(code) for code in days]
    if len(at) > 2 and at == list(range(at[0], at[0] + len(at))):
        return f"{wording.DAYS[days[0]]}–{_within(days[-1])}"
    return ", ".join([*(str(wording.DAYS[code]) for code in days[:1]), *map(_within, days[1:])])


def _within(day: str) -> str:
    """Return a day's name as it is written within a line: of our languages English alone gives it a capital."""
    name = str(wording.DAYS[day])
    return name if current_language() == "en" else name[:1].lower() + name[1:]


def _days_of(entry: Mapping[str, Any]) -> tuple[str, ...]:
    given = str(entry.get("byday") or "").split(",")
    return tuple(code for code in _DAYS if code in given)
