"""Knows the public holidays and the time zones of the countries served."""

from __future__ import annotations

from datetime import date
from functools import cache
from zoneinfo import ZoneInfo

import holidays

# Where the time zone database has no town of a country's own it keeps that of its neighbour.
_ZONES = {
    "AL": "Europe/Tirane",
    "BA": "Europe/Sarajevo",
    "BG": "Europe/Sofia",
    "ME": "Europe/Podgorica",
    "MK": "Europe/Skopje",
    "RO": "Europe/Bucharest",
    "RS": "Europe/Belgrade",
    "XK": "Europe/Belgrade",
}
COUNTRIES = tuple(_ZONES)


@cache
def zone_of(country: str) -> ZoneInfo:
    """Return the country's time zone; of a country that is not served, UTC."""
    return ZoneInfo(_ZONES.get(country, "UTC"))


def is_public_holiday(country: str, day: date) -> bool:
    """Say whether the whole country has a holiday, those moved from a weekend included."""
    return day in _of_year(country, day.year)


@cache
def _of_year(country: str, year: int) -> frozenset[date]:
    if country not in _ZONES:
        return frozenset()
    return frozenset(holidays.country_holidays(country, years=year))
