"""Says how well a service fits a child, in reasons that a caseworker can weigh."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from services.directory.domain.capacity import Capacity
from services.directory.domain.eligibility import Eligibility


@dataclass(frozen=True, kw_only=True)
class Need:
    """What is looked for. ``needs`` are term codes; an absent field asks for nothing."""

    needs: frozenset[str]
    age: int | None = None
    sex: str | None = None
    languages: frozenset[str] = frozenset()
    municipality: str | None = None
    covering_codes: frozenset[str] = frozenset()
    within_km: float | None = None
    urgency: str | None = None


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """A published service as matching sees it; ``terms`` hold its own codes and those above them."""

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
    is_virtual: bool


@dataclass(frozen=True, kw_only=True)
class Reason:
    """One plain reason; ``code`` and ``params`` are for translating, ``text`` is English."""

    code: str
    params: Mapping[str, Any]
    text: str


@dataclass(frozen=True, kw_only=True)
class Fit:
    """What speaks for a service and what is missing. It fits when nothing is missing."""

    candidate: Candidate
    reasons: tuple[Reason, ...]
    missing: tuple[Reason, ...]
    score: float

    @property
    def sort_key(self) -> tuple[float, float, str, str]:
        """Order by fewest faults and highest score, then nearness, then name, then id: always the same."""
        candidate = self.candidate
        far = candidate.distance_km if candidate.distance_km is not None else 1e9
        return (len(self.missing) * 1000 - self.score, far, candidate.name, candidate.service_id)


def fit(need: Need, candidate: Candidate) -> Fit:
    """Weigh one service against a need."""
    judged = [
        *_judge_needs(need, candidate),
        *_judge_person(need, candidate),
        *_judge_place(need, candidate),
        *_judge_room(need, candidate),
    ]
    good = tuple(reason for reason, is_good, _ in judged if is_good)
    bad = tuple(reason for reason, is_good, _ in judged if not is_good)
    return Fit(candidate=candidate, reasons=good, missing=bad, score=sum(points for _, _, points in judged))


_Judged = tuple[Reason, bool, float]


def _judge_needs(need: Need, candidate: Candidate) -> list[_Judged]:
    judged: list[_Judged] = []
    for term in sorted(need.needs):
        met = term in candidate.terms
        text = f"Offers {term}" if met else f"Does not offer {term}"
        judged.append((Reason(code="need", params={"term": term}, text=text), met, 10 if met else 0))
    return judged


def _judge_person(need: Need, candidate: Candidate) -> list[_Judged]:
    judged: list[_Judged] = []
    rules = candidate.eligibility
    if need.age is not None:
        params = {"minimum_age": rules.minimum_age, "maximum_age": rules.maximum_age}
        judged.append((Reason(code="age", params=params, text=_ages(rules)), rules.takes_age(need.age), 3))
    if need.sex in ("female", "male") and rules.sex.value != "any":
        text = f"Is for {rules.sex.value} persons only"
        reason = Reason(code="sex", params={"sex": rules.sex.value}, text=text)
        judged.append((reason, rules.takes_sex(need.sex), 2))
    if need.languages:
        spoken = sorted(need.languages & candidate.languages)
        asked = spoken or sorted(need.languages)
        text = f"Speaks {', '.join(asked)}" if spoken else f"Does not speak {', '.join(asked)}"
        judged.append((Reason(code="language", params={"language": asked}, text=text), bool(spoken), 3))
    return judged


def _ages(rules: Eligibility) -> str:
    if rules.minimum_age is None and rules.maximum_age is None:
        return "Takes all ages"
    if rules.maximum_age is None:
        return f"Takes ages {rules.minimum_age} and above"
    return f"Takes ages {rules.minimum_age or 0} to {rules.maximum_age}"


def _judge_place(need: Need, candidate: Candidate) -> list[_Judged]:
    judged: list[_Judged] = []
    if need.municipality is None:
        return judged
    # A service that names no area serves whoever can come to its place.
    open_to_all = not candidate.serves and candidate.distance_km is not None
    served = open_to_all or bool(candidate.serves & need.covering_codes)
    text = "Serves the place where the child lives" if served else "Does not serve the place where the child lives"
    judged.append((Reason(code="serves", params={"municipality": need.municipality}, text=text), served, 4))
    if candidate.distance_km is not None:
        near = need.within_km is None or candidate.distance_km <= need.within_km
        distance = round(candidate.distance_km, 1)
        reason = Reason(code="distance", params={"distance_km": distance}, text=f"Is {distance} km away")
        judged.append((reason, near, max(0.0, 4 - candidate.distance_km / 25)))
    elif not candidate.is_virtual and not served:
        text = "Its distance is not known"
        judged.append((Reason(code="distance_unknown", params={}, text=text), False, 0))
    return judged


def _judge_room(need: Need, candidate: Candidate) -> list[_Judged]:
    judged: list[_Judged] = []
    if not candidate.has_agency:
        text = "Has no agency in the network: contact it by telephone"
        judged.append((Reason(code="no_agency", params={}, text=text), False, 0))
    elif not candidate.accepts_referrals:
        judged.append((Reason(code="not_accepting", params={}, text="Takes no referrals at present"), False, 0))
    if candidate.capacity is None:
        reason = Reason(code="capacity_unknown", params={}, text="Has not said how many places are free")
        judged.append((reason, True, 0))
    elif candidate.capacity.is_full:
        judged.append((Reason(code="full", params={}, text="Has no free place"), False, 0))
    else:
        count = candidate.capacity.available
        reason = Reason(code="place_free", params={"available": count}, text=f"Has free places: {count}")
        # Where there is no time to ask around, a place known to be free outweighs nearness.
        judged.append((reason, True, 8 if need.urgency == "emergency" else 3))
    return judged
