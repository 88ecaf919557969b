"""Says how well a service fits a child, in reasons that a caseworker can weigh."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import lru_cache
from math import inf
from typing import Any

from chassis.clock import from_rfc3339, to_rfc3339
from services.directory.domain.capacity import Capacity
from services.directory.domain.eligibility import Eligibility
from services.directory.domain.need import Need
from services.directory.domain.opening_hours import OpeningHours
from services.directory.domain.public_holidays import zone_of
from services.directory.domain.spoken_languages import all_spoken
from services.directory.domain.urgency import UrgencyRule, rule_of

# Points of what speaks for a service; those for room and for an open door follow from the urgency. What is missing
# weighs more than all of them together.
POINTS_NEED, POINTS_AGE, POINTS_SEX, POINTS_LANGUAGE, POINTS_ACCESSIBLE, POINTS_SERVES = 10, 3, 2, 3, 2, 4
POINTS_NEAR, KM_PER_POINT = 4, 25
POINTS_ABROAD = -3
POINTS_PER_DAY_OVERDUE = -1 / 30
# The most open door comes first.
_DOORS = ("always_open", "open", "opens", "hours_unknown")
# What can be missing of all that is asked besides one kind of help for an age at a place. A service that takes no
# referral must be called, as a helpline is, and meets the need.
_ASKED_BESIDES = frozenset(
    ("need", "sex", "language", "accessibility", "distance", "closed", "no_agency", "not_accepting")
)


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """A published service as matching sees it at one of its places; ``terms`` hold its codes and those above them.

    Where it has several, it is a candidate at each, with the hours, the accessibility, the country and the distance
    of that place, and counts as the one that fits best. ``distance_km`` is of a public place alone: a confidential
    one has none, whatever is asked. It is not exact where only the municipality is known, and its seat was measured.
    """

    service_id: str
    name: str
    terms: frozenset[str]
    eligibility: Eligibility
    languages: frozenset[str]
    serves: frozenset[str]
    has_agency: bool
    accepts_referrals: bool
    capacity: Capacity | None
    distance_km: float | None
    is_exact: bool = True
    is_virtual: bool
    country: str
    hours: OpeningHours
    accessibility: frozenset[str] = frozenset()
    days_overdue: int = 0
    confirmed_on: date | None = None


@dataclass(frozen=True, kw_only=True)
class Reason:
    """One plain reason, in codes and figures; ``domain/reason_texts.py`` has the words."""

    code: str
    params: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Fit:
    """What speaks for a service and what is missing. It fits when nothing is missing."""

    candidate: Candidate
    reasons: tuple[Reason, ...]
    missing: tuple[Reason, ...]
    score: float

    @property
    def sort_key(self) -> tuple[float, float, str, str]:
        """Order by fewest faults and highest score, then nearness, then name, then id: always the same.

        Places of one service are in the same order, so that all that is asked of a place holds at the first.
        """
        candidate = self.candidate
        far = candidate.distance_km if candidate.distance_km is not None else 1e9
        return (len(self.missing) * 1000 - self.score, far, candidate.name, candidate.service_id)

    def would_meet(self, term: str) -> bool:
        """Say whether it would fit if nothing were asked but this kind of help, for the same age and place."""
        return term in self.candidate.terms and all(reason.code in _ASKED_BESIDES for reason in self.missing)


_Judged = tuple[Reason, bool, float]


def fit(need: Need, candidate: Candidate, now: datetime) -> Fit:
    """Weigh one service against a need."""
    rule = rule_of(need.urgency)
    judged = [
        *_judge_needs(need, candidate),
        *_judge_person(need, candidate),
        *_judge_place(need, candidate),
        *_judge_room(rule, candidate, now),
        *_judge_hours(need, candidate, now, points=rule.points_open),
        *_judge_confirmation(candidate, now),
    ]
    good = tuple(reason for reason, is_good, _ in judged if is_good)
    bad = tuple(reason for reason, is_good, _ in judged if not is_good)
    return Fit(candidate=candidate, reasons=good, missing=bad, score=sum(points for _, good, points in judged if good))


def _reason(code: str, **params: Any) -> Reason:
    return Reason(code=code, params=params)


def _judge_needs(need: Need, candidate: Candidate) -> list[_Judged]:
    return [(_reason("need", term=term), term in candidate.terms, POINTS_NEED) for term in sorted(need.needs)]


def _judge_person(need: Need, candidate: Candidate) -> list[_Judged]:
    judged: list[_Judged] = []
    rules = candidate.eligibility
    if need.age is not None:
        reason = _reason("age", minimum_age=rules.minimum_age, maximum_age=rules.maximum_age)
        judged.append((reason, rules.takes_age(need.age), POINTS_AGE))
    if need.sex in ("female", "male") and rules.sex.value != "any":
        reason = _reason("sex", sex=rules.sex.value)
        judged.append((reason, rules.takes_sex(need.sex), POINTS_SEX))
    if need.languages:
        # A row that was not saved since may still name a script beside the language.
        shared = sorted(need.languages.intersection(all_spoken(candidate.languages)))
        asked = shared or sorted(need.languages)
        judged.append((_reason("language", language=asked), bool(shared), POINTS_LANGUAGE))
    if need.accessibility:
        lacking = sorted(need.accessibility - candidate.accessibility)
        asked = lacking or sorted(need.accessibility)
        judged.append((_reason("accessibility", accessibility=asked), not lacking, POINTS_ACCESSIBLE))
    return judged


def _judge_place(need: Need, candidate: Candidate) -> list[_Judged]:
    judged: list[_Judged] = []
    if need.municipality is None:
        return judged
    # A service that names no area serves whoever can come to its place.
    open_to_all = not candidate.serves and candidate.distance_km is not None
    served = open_to_all or bool(candidate.serves & need.covering_codes)
    judged.append((_reason("serves", municipality=need.municipality), served, POINTS_SERVES))
    if candidate.distance_km is not None:
        near = need.within_km is None or candidate.distance_km <= need.within_km
        # As a location says it whose coordinates are but its municipality's.
        precision = {} if candidate.is_exact else {"precision": "municipality"}
        reason = _reason("distance", distance_km=round(candidate.distance_km, 1), **precision)
        judged.append((reason, near, max(0.0, POINTS_NEAR - candidate.distance_km / KM_PER_POINT)))
    elif not candidate.is_virtual and not served:
        judged.append((_reason("distance_unknown"), False, 0))
    if candidate.country != need.country:
        judged.append((_reason("abroad", country=candidate.country), True, POINTS_ABROAD))
    return judged


def _judge_room(rule: UrgencyRule, candidate: Candidate, now: datetime) -> list[_Judged]:
    judged: list[_Judged] = []
    if not candidate.has_agency:
        judged.append((_reason("no_agency"), False, 0))
    elif not candidate.accepts_referrals:
        judged.append((_reason("not_accepting"), False, 0))
    capacity = candidate.capacity
    if capacity is None:
        judged.append((_reason("capacity_unknown"), True, 0))
    elif capacity.is_full:
        # However old: who said last that there is no room has not said since that there is.
        judged.append((_reason("full", **_when_said(capacity)), False, 0))
    elif rule.holds(capacity, now):
        judged.append((_places_free("place_free", capacity), True, rule.points_free))
    else:
        judged.append((_places_free("capacity_stale", capacity), True, 0))
    return judged


def _places_free(code: str, capacity: Capacity) -> Reason:
    said = _when_said(capacity)
    return _reason(code, available=capacity.available, maximum=capacity.maximum, unit=capacity.unit, **said)


def _when_said(capacity: Capacity) -> dict[str, str]:
    return {"reported_at": to_rfc3339(capacity.said_at), "updated_at": to_rfc3339(capacity.updated_at)}


def _judge_hours(need: Need, candidate: Candidate, now: datetime, *, points: int) -> list[_Judged]:
    """Say whether it is open at the moment asked for; where none was asked for, now, and then nothing is missing."""
    reason = opening(candidate.hours, need.open_at or now, said_at=now)
    if reason.code == "hours_unknown":
        return [(reason, True, 0)] if need.open_at else []
    if reason.code != "opens":
        return [(reason, True, points)]
    return [(reason, True, 0)] if need.open_at is None else [(replace(reason, code="closed"), False, 0)]


def opening(hours: OpeningHours, at: datetime, *, said_at: datetime) -> Reason:
    """Say whether a service is open at a moment by its hours, and when that changes: so many days after it is said."""
    if not hours.are_known:
        return _reason("hours_unknown")
    if hours.always_open:
        return _reason("always_open")
    is_open, changes_at = _door(hours, at.replace(second=0, microsecond=0))
    return _when("open" if is_open else "opens", changes_at, hours.country, said_at)


def opening_of_one(places: Iterable[OpeningHours], at: datetime) -> Reason:
    """Say whether one of a service's places is open: of those that are the last to close, else the first to open."""
    return min((opening(hours, at, said_at=at) for hours in places), key=_before_others)


def _before_others(reason: Reason) -> tuple[int, float]:
    at = reason.params.get("at")
    moment = from_rfc3339(at).timestamp() if at else inf
    return _DOORS.index(reason.code), -moment if reason.code == "open" else moment


def shut() -> Reason:
    """Say of a service that takes nobody, whatever its hours are, that it is closed."""
    return _reason("closed", at=None, date=None, time=None, days=None)


@lru_cache(maxsize=8192)
def _door(hours: OpeningHours, minute: datetime) -> tuple[bool, datetime | None]:
    """Say whether it is open in a minute, and when that changes; many services keep the same hours."""
    if hours.is_open(minute):
        return True, hours.closes_at(minute)
    return False, hours.next_opening(minute)


def _when(code: str, moment: datetime | None, country: str, now: datetime) -> Reason:
    """Return a reason with a moment by the service's own clock; ``days`` says how many days from now that is."""
    if moment is None:
        return _reason(code, at=None, date=None, time=None, days=None)
    zone = zone_of(country)
    local = moment.astimezone(zone)
    days = (local.date() - now.astimezone(zone).date()).days
    return _reason(code, at=to_rfc3339(moment), date=local.date().isoformat(), time=f"{local:%H:%M}", days=days)


def _judge_confirmation(candidate: Candidate, now: datetime) -> list[_Judged]:
    """Say when the listing was confirmed last; one that is late sinks. Long-stale ones are not weighed at all."""
    late = candidate.days_overdue
    if late:
        return [(_reason("not_confirmed", days=late), True, POINTS_PER_DAY_OVERDUE * late)]
    if candidate.confirmed_on is None:
        return []
    days = max(0, (now.date() - candidate.confirmed_on).days)
    return [(_reason("verified", days=days), True, 0)]
