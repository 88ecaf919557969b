"""The child helplines of the countries, as the directory lists them; no number is kept here."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, cast

from flask import Flask, current_app

from services.portal import hours, wording
from services.portal.views import clients

_SECONDS = 300
_NEED = "hotline"


@dataclass(frozen=True)
class Helpline:
    """One number, and the countries that it answers in."""

    number: str
    countries: tuple[str, ...]


def install(app: Flask) -> None:
    """Give the app its list, read again every few minutes."""
    app.extensions["portal_helplines"] = _Helplines()


def helplines(country: str | None) -> list[Helpline]:
    """Return the helplines for a whole country, or without one those of all countries, each number once."""
    kept = cast(_Helplines, current_app.extensions["portal_helplines"]).all()
    if country:
        return [Helpline(number, (country,)) for number, countries in kept.items() if country in countries]
    return [Helpline(number, countries) for number, countries in kept.items()]


def silent_lines(country: str | None) -> list[Mapping[str, Any]]:
    """Return the helplines for a whole country that name no number, where the country has none to call."""
    if not country or helplines(country):
        return []
    kept = cast(_Helplines, current_app.extensions["portal_helplines"])
    return [service for service in kept.services() if country in _whole_countries(service)]


class _Helplines:
    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._services: list[Mapping[str, Any]] = []
        self._numbers: dict[str, tuple[str, ...]] = {}
        self._until = 0.0

    def services(self) -> list[Mapping[str, Any]]:
        self.all()
        return self._services

    def all(self) -> dict[str, tuple[str, ...]]:
        with self._lock:
            if time.monotonic() > self._until:
                page = clients().directory.services(need=_NEED, full=True, per_page=100)
                self._services = [service for service in page["contents"] if not hours.closed(service)]
                self._numbers = _by_number(self._services)
                self._until = time.monotonic() + _SECONDS
            return self._numbers


def _by_number(services: list[Mapping[str, Any]]) -> dict[str, tuple[str, ...]]:
    found: dict[str, set[str]] = {}
    for number, country in (pair for service in services for pair in _answers(service)):
        found.setdefault(number, set()).add(country)
    order = list(wording.COUNTRIES)
    ranked = sorted(found.items(), key=lambda entry: (-len(entry[1]), entry[0]))
    return {number: tuple(sorted(countries, key=order.index)) for number, countries in ranked}


def _answers(service: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for country in _whole_countries(service):
        for phone in service.get("phones") or ():
            yield str(phone["number"]), country


def _whole_countries(service: Mapping[str, Any]) -> list[str]:
    areas = (str(area.get("extent") or "") for area in service.get("service_areas") or ())
    return [code for code in areas if code in wording.COUNTRIES]
