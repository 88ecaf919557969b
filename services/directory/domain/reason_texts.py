"""Says in a reader's language why a service fits and what is missing, with names where reasons have codes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from chassis.clock import from_rfc3339
from services.directory.domain.matching import Reason
from services.directory.domain.wording import Wording

_WEEK = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_Params = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Telling:
    """To whom reasons are told and when; ``name_of`` gives the name of a term or a place by its code."""

    wording: Wording
    name_of: Callable[[str], str]
    now: datetime

    def text_of(self, reason: Reason, *, is_missing: bool = False) -> str:
        """Return a reason as a sentence; the same code says the opposite where it is what is missing."""
        if reason.code in _TOLD:
            return _TOLD[reason.code](self, reason.params, "not_" if is_missing else "")
        return self.wording.reason(reason.code)

    def ago(self, moment: str) -> str:
        """Return how long ago a moment was."""
        minutes = int((self.now - from_rfc3339(moment)) / timedelta(minutes=1))
        if minutes < 2:
            return self.wording.reason("now")
        if minutes < 120:
            return self.wording.reason("minutes_ago", number=minutes)
        if minutes < 48 * 60:
            return self.wording.reason("hours_ago", number=minutes // 60)
        return self.wording.counted("days_ago", minutes // (24 * 60))

    def listed(self, kind: str, codes: Iterable[str]) -> str:
        """Return the names of coded things, one after the other."""
        return ", ".join(self.wording.name(kind, code) for code in codes)


def _need(told: Telling, params: _Params, sign: str) -> str:
    return told.wording.reason(f"{sign}need", term=told.name_of(params["term"]))


def _age(told: Telling, params: _Params, _sign: str) -> str:
    lowest, highest = params["minimum_age"], params["maximum_age"]
    if lowest is None and highest is None:
        return told.wording.reason("age_all")
    if highest is None:
        return told.wording.counted("age_from", lowest, minimum=lowest)
    return told.wording.counted("age_between", highest, minimum=lowest or 0, maximum=highest)


def _sex(told: Telling, params: _Params, _sign: str) -> str:
    return told.wording.reason(f"sex_{params['sex']}")


def _language(told: Telling, params: _Params, sign: str) -> str:
    return told.wording.reason(f"{sign}language", languages=told.listed("languages", params["language"]))


def _accessibility(told: Telling, params: _Params, sign: str) -> str:
    features = told.listed("accessibility", params["accessibility"])
    return told.wording.reason(f"{sign}accessibility", features=features)


def _serves(told: Telling, params: _Params, sign: str) -> str:
    return told.wording.reason(f"{sign}serves", municipality=told.name_of(params["municipality"]))


def _distance(told: Telling, params: _Params, sign: str) -> str:
    kilometres = told.wording.decimals(params["distance_km"])
    if sign or "precision" not in params:
        return told.wording.reason(f"{sign}distance", distance=kilometres)
    if not params["distance_km"]:
        return told.wording.reason("distance_within")
    return told.wording.reason("distance_about", distance=told.wording.decimals(round(params["distance_km"])))


def _abroad(told: Telling, params: _Params, _sign: str) -> str:
    return told.wording.reason("abroad", country=told.wording.name("countries", params["country"]))


def _free(told: Telling, params: _Params, _sign: str) -> str:
    number = params["available"]
    if params["maximum"] is not None:
        number = told.wording.reason("of", available=number, maximum=params["maximum"])
    return _as_said(told, told.wording.reason(f"free_{params['unit']}", number=number), params)


def _too_old(told: Telling, params: _Params, sign: str) -> str:
    return told.wording.reason("too_old", text=_free(told, params, sign))


def _full(told: Telling, params: _Params, _sign: str) -> str:
    return _as_said(told, told.wording.reason("full"), params)


def _as_said(told: Telling, text: str, params: _Params) -> str:
    """Say how old the number is by the word it rests on; that it was counted on since makes it no younger."""
    code = "as_of" if params["reported_at"] == params["updated_at"] else "counted_on"
    return told.wording.reason(code, text=text, ago=told.ago(params["reported_at"]))


def _open(told: Telling, params: _Params, _sign: str) -> str:
    return (
        told.wording.reason("open_until", when=_when(told, params)) if params["time"] else told.wording.reason("open")
    )


def _opens(told: Telling, params: _Params, _sign: str) -> str:
    return told.wording.reason("opens", when=_when(told, params)) if params["time"] else told.wording.reason("closed")


def _when(told: Telling, params: _Params) -> str:
    """Return a moment by the service's own clock as one says it today, for whatever day was asked."""
    time, days = params["time"], params["days"]
    if days == 0:
        return str(time)
    if days == 1:
        return told.wording.reason("tomorrow", time=time)
    weekday = _WEEK[date.fromisoformat(params["date"]).weekday()]
    day = told.wording.name("weekdays", weekday) if days < len(_WEEK) else params["date"]
    return told.wording.reason("later", day=day, time=time)


def _verified(told: Telling, params: _Params, _sign: str) -> str:
    days = params["days"]
    if days < 2:
        return told.wording.reason("verified_yesterday" if days else "verified_today")
    return told.wording.counted("verified", days)


def _not_confirmed(told: Telling, params: _Params, _sign: str) -> str:
    return told.wording.counted("not_confirmed", params["days"])


# What is not here says the same of every service.
_TOLD: Mapping[str, Callable[[Telling, _Params, str], str]] = {
    "need": _need,
    "age": _age,
    "sex": _sex,
    "language": _language,
    "accessibility": _accessibility,
    "serves": _serves,
    "distance": _distance,
    "abroad": _abroad,
    "place_free": _free,
    "capacity_stale": _too_old,
    "full": _full,
    "open": _open,
    "opens": _opens,
    "closed": _opens,
    "verified": _verified,
    "not_confirmed": _not_confirmed,
}
