"""Reads opening hours out of schedules as HSDS writes them; what cannot be understood opens nothing."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from services.directory.domain.opening_hours import DAY, OpeningHours, OpeningRule, whole_week_is_open
from services.directory.domain.public_holidays import zone_of
from services.directory.domain.recurrence import Recurrence

WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_TIME = re.compile(r"(\d{1,2}):(\d{2})(?::\d{2}(?:\.\d+)?)?\s*(Z|[+-]\d{2}:?\d{2})?\Z", re.IGNORECASE)
_BYDAY = re.compile(r"([+-]?\d{1,2})?(MO|TU|WE|TH|FR|SA|SU)\Z")
_MOST_PARTS = 400
# All that a rule is read from. Ids and notes, which differ from schedule to schedule, would keep the same rules apart.
_SAYS_WHEN = frozenset(
    (
        "freq", "interval", "byday", "bymonthday", "byweekno", "byyearday", "dtstart", "count", "until", "wkst",
        "valid_from", "valid_to", "opens_at", "closes_at", "timezone", "open_on_holidays",
    )
)  # fmt: skip


def opening_hours_of(
    country: str, *, always_open: bool, schedule: Iterable[Mapping[str, Any]], detail: Mapping[str, Any]
) -> OpeningHours:
    """Return a listing's hours: what an import brought for the service, else its own schedule, else its places'.

    Where places differ, the service is open when one of them is.
    """
    own = [{"freq": "WEEKLY", **entry} for entry in schedule]
    told = _schedules_in(detail) or own or _schedules_of_places(detail)
    return _hours(country, told, always_open=always_open)


def leaves_nothing_out(schedule: Iterable[Mapping[str, Any]]) -> bool:
    """Say whether a listing's own schedule is open all week: then it holds on public holidays, whatever it says."""
    return opening_hours_of("", always_open=False, schedule=schedule, detail={}).always_open


def own_hours_of_place(country: str, place: Mapping[str, Any], *, service_says: bool) -> OpeningHours | None:
    """Return the hours that hold at one place of a service, or None where the service's own do.

    The pair of service and place goes before the service, and the service before the building that it is in.
    """
    told = _schedules_in(place)
    if not told and service_says:
        return None
    return _hours(country, told or _schedules_in(place.get("location")), always_open=False)


def hours_not_understood(document: Mapping[str, Any]) -> Iterator[str]:
    """Yield where a service as HSDS writes it has a schedule that opens nothing, as in ``schedules[0]``."""
    places = document.get("service_at_locations")
    parts: list[tuple[str, Any]] = [("", document)]
    for number, place in enumerate(places if isinstance(places, list) else ()):
        path = f"service_at_locations[{number}]."
        parts += [(path, place), (f"{path}location.", place.get("location") if isinstance(place, Mapping) else None)]
    for path, part in parts:
        for number, entry in enumerate(_schedules_in(part)):
            if entry.keys() & _SAYS_WHEN and not _hours("", [entry], always_open=False).rules:
                yield f"{path}schedules[{number}]"


def says_hours(part: Any) -> bool:
    """Say whether a part of what an import told has schedules of its own."""
    return bool(_schedules_in(part))


def _hours(country: str, told: Iterable[Mapping[str, Any]], *, always_open: bool) -> OpeningHours:
    rules_told = ({name: value for name, value in entry.items() if name in _SAYS_WHEN} for entry in told)
    written = (json.dumps(entry, sort_keys=True, default=str) for entry in rules_told)
    rules = tuple(rule for text in written if (rule := _rule_in(text, country)) is not None)
    return OpeningHours(country=country, rules=rules, always_open=always_open or whole_week_is_open(rules))


def _schedules_in(part: Any) -> list[Mapping[str, Any]]:
    listed = part.get("schedules") if isinstance(part, Mapping) else None
    return [entry for entry in listed if isinstance(entry, Mapping)] if isinstance(listed, list) else []


def _schedules_of_places(detail: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    places = detail.get("service_at_locations")
    return [entry for place in places for entry in _schedules_in(place)] if isinstance(places, list) else []


@lru_cache(maxsize=4096)
def _rule_in(text: str, country: str) -> OpeningRule | None:
    """Read one schedule, written as JSON; most services keep one of a few office hours."""
    return _rule(json.loads(text), country)


def _rule(entry: Mapping[str, Any], country: str) -> OpeningRule | None:
    try:
        days = _recurrence(entry)
        times = _times(entry, country)
        if days is None or times is None:
            return None
        valid_from, valid_to = _date(entry.get("valid_from")), _date(entry.get("valid_to"))
    except (ValueError, TypeError, OverflowError):
        return None
    opens, closes, utc_offset = times
    return OpeningRule(
        days=days,
        opens=opens,
        closes=closes,
        valid_from=valid_from,
        valid_to=valid_to,
        open_on_holidays=entry.get("open_on_holidays") is True,
        utc_offset=utc_offset,
    )


def _recurrence(entry: Mapping[str, Any]) -> Recurrence | None:
    """Return the rule of the days; None where nothing says which days those are."""
    byday, month_days = _byday(entry.get("byday")), _numbers(entry.get("bymonthday"))
    week_numbers, year_days = _numbers(entry.get("byweekno")), _numbers(entry.get("byyearday"))
    freq = str(entry.get("freq") or ("MONTHLY" if month_days else "WEEKLY")).upper()
    first = _date(entry.get("dtstart"))
    if freq not in ("WEEKLY", "MONTHLY"):
        return None
    is_monthly = freq == "MONTHLY"
    if not (byday or month_days or week_numbers or year_days):
        if first is None:
            return None
        # As RFC 5545 has it, the first day then says which weekday, or which day of the month, is meant.
        if is_monthly:
            month_days = {first.day}
        else:
            byday = [(None, first.weekday())]
    interval, count = _whole(entry.get("interval")) or 1, _whole(entry.get("count"))
    if interval != 1 or count:
        # Without a first day there is nothing to count from; the first day of validity is what comes nearest.
        first = first or _date(entry.get("valid_from"))
        if first is None or interval < 1:
            return None
    rule = Recurrence(
        is_monthly=is_monthly,
        interval=interval,
        weekdays=frozenset(day for nth, day in byday if nth is None or not is_monthly),
        nth_weekdays=frozenset((nth, day) for nth, day in byday if nth is not None and is_monthly),
        month_days=frozenset(month_days),
        week_numbers=frozenset(week_numbers),
        year_days=frozenset(year_days),
        first=first,
        last=_date(entry.get("until")),
        week_start=WEEKDAYS.index(str(entry.get("wkst") or "MO").upper()),
    )
    return rule.ending_after(count) if count and rule.last is None else rule


def _times(entry: Mapping[str, Any], country: str) -> tuple[int, int, int | None] | None:
    """Return opening and closing in minutes and the offset from UTC, None for local time; closing may be tomorrow's."""
    opens, closes = (_TIME.match(str(entry.get(name) or "")) for name in ("opens_at", "closes_at"))
    if opens is None or closes is None:
        return None
    opening, closing = _minutes(opens), _minutes(closes)
    if closing == DAY - 1:
        # Who writes 23:59 means midnight.
        closing = DAY
    if closing <= opening:
        closing += DAY
    if opening >= DAY or closing > opening + DAY:
        return None
    return opening, closing, _utc_offset(opens[3], entry.get("timezone"), country)


def _minutes(match: re.Match[str]) -> int:
    hours, minutes = int(match[1]), int(match[2])
    if minutes > 59 or hours * 60 + minutes > DAY:
        raise ValueError("no time of day")
    return hours * 60 + minutes


def _utc_offset(suffix: str | None, zone: Any, country: str) -> int | None:
    """Return the offset in minutes; None where it is the country's own in winter or summer.

    Publishers write the offset of the day they write on. Nobody opens an hour later since the clocks were changed.
    """
    if suffix:
        sign = -1 if suffix[0] == "-" else 1
        offset = 0 if suffix in "Zz" else sign * (int(suffix[1:3]) * 60 + int(suffix[-2:]))
    elif zone is not None:
        offset = round(float(zone) * 60)
    else:
        return None
    if abs(offset) >= DAY:
        raise ValueError("no offset from UTC")
    own = (datetime(2025, month, 1, tzinfo=zone_of(country)).utcoffset() for month in (1, 7))
    return None if offset in [delta.total_seconds() / 60 for delta in own if delta is not None] else offset


def _byday(value: Any) -> list[tuple[int | None, int]]:
    found = []
    for part in _parts(value):
        match = _BYDAY.match(part.upper())
        if match is None:
            raise ValueError("no weekday")
        found.append((int(match[1]) if match[1] else None, WEEKDAYS.index(match[2])))
    return found


def _numbers(value: Any) -> set[int]:
    return {int(part) for part in _parts(value)}


def _parts(value: Any) -> list[str]:
    listed = value if isinstance(value, list) else str(value).split(",") if value not in (None, "") else []
    return [str(part).strip() for part in listed[:_MOST_PARTS] if str(part).strip()]


def _whole(value: Any) -> int | None:
    return int(value) if value not in (None, "") else None


def _date(value: Any) -> date | None:
    return date.fromisoformat(str(value)[:10]) if value else None
