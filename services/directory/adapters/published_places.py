"""Draws out of a published service what is searched by: where its places are, and on which days it opens when."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


def plain_postcode(code: str) -> str:
    """Return a postal code as it is compared: blanks, hyphens and case make no difference."""
    return "".join(sign for sign in code if sign.isalnum()).upper()


def coordinates_of(place: Mapping[str, Any]) -> tuple[float, float] | None:
    """Return latitude and longitude of a service_at_location, or None where they are missing or no numbers."""
    where = place.get("location") or {}
    latitude, longitude = where.get("latitude"), where.get("longitude")
    if not isinstance(latitude, int | float) or not isinstance(longitude, int | float):
        return None
    return (float(latitude), float(longitude)) if math.isfinite(latitude) and math.isfinite(longitude) else None


def postcode_of(place: Mapping[str, Any]) -> str | None:
    """Return the postal code of the place's first address that has one."""
    codes = (str(address.get("postal_code") or "") for address in (place.get("location") or {}).get("addresses") or ())
    return next((plain for code in codes if (plain := plain_postcode(code))), None)


def hours_of(service: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield place, day, opening and closing of each schedule that holds anywhere; unstated ones are None.

    Those of the service hold where a place says none; then ``place`` is None. A building's hold where nobody else says
    any, as in ``own_hours_of_place``.
    """
    places: Sequence[Mapping[str, Any]] = service.get("service_at_locations") or ()
    told = service.get("schedules") or ()
    inherits = not places
    for position, place in enumerate(places):
        own = place.get("schedules") or ()
        inherits = inherits or not own
        yield from _each_day(own or (() if told else (place.get("location") or {}).get("schedules") or ()), position)
    if inherits:
        yield from _each_day(told, None)


def _each_day(schedules: Sequence[Mapping[str, Any]], place: int | None) -> Iterator[dict[str, Any]]:
    for schedule in schedules:
        times = {name: _time(schedule.get(name)) for name in ("opens_at", "closes_at")}
        for day in _days(str(schedule.get("byday") or "")):
            yield {"place": place, "day": day, **times}


def _days(byday: str) -> list[str | None]:
    # Monthly rules say "2MO": the second Monday is a Monday too.
    named = {part.strip()[-2:].upper() for part in byday.split(",")}
    return [day for day in WEEKDAYS if day in named] or [None]


def _time(text: Any) -> str | None:
    """Return a time as it is compared, hours and minutes; 8:30 and 08:30:00 are the same."""
    hours, _, rest = str(text or "").partition(":")
    minutes = rest[:2]
    return f"{int(hours):02}:{minutes}" if hours.isdecimal() and len(minutes) == 2 and minutes.isdecimal() else None
