"""Says how likely two records mean the same organization or service, and why; pure, and the same from either side."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import combinations
from typing import Any
from urllib.parse import urlsplit

from rapidfuzz import fuzz

from services.directory.domain.spelling import spellings

# From here on a pair is worth a person's look; below it the reader would mostly be shown what is not one.
WORTH_A_LOOK = 0.6
LIKELY = 0.8
CERTAIN = 1.0
# What is merely alike is never as sure as a shared entry in a national register.
_NEVER_CERTAIN = 0.99

# How far each finding alone speaks for one and the same; findings together come nearer to 1 the more there are.
_WEIGHTS = {
    "similar_name": 0.6,
    "same_phone": 0.4,
    "same_email": 0.4,
    "same_url": 0.3,
    "same_municipality": 0.15,
    "similar_terms": 0.15,
}
# How far each finding speaks against it: the whole is multiplied by this.
_AGAINST = {"different_identifier": 0.4, "different_municipality": 0.7, "different_country": 0.6}
_NAMES_UNLIKE_BELOW = 0.7
# A score is rounded to three digits; what is only just below may still come to be it.
_ROUNDING = 0.001
_LONGEST_COMPARED = 200
# Three digits and a few more are helplines and switchboards that many records name: 112, 116 111, 19 19.
_SHORTEST_OWN_NUMBER = 7
_COMPARED_DIGITS = 8
# How much of a word stands for it among the keys, and how many words of a name are looked at.
_BEGINNING = 4
_MOST_WORDS = 8
_LEGAL_FORMS = frozenset(
    "ngo nvo ong ojf ojq oojq npo nvu udr doo dooel ad ead eood ood srl shpk sh p k".split()  # noqa: SIM905 - a list to read
)
_WITHOUT_MEANING = re.compile(r"[\s./()\-–]+")


@dataclass(frozen=True, kw_only=True)
class Traits:
    """What of an organization or a listing is compared; build it with ``traits``, which makes spellings comparable."""

    names: frozenset[str]
    identifiers: frozenset[tuple[str, str]] = frozenset()
    # Who is behind it: two listings of one owner have its telephone in common, which says nothing.
    owner: str | None = None
    country: str | None = None
    municipality: str | None = None
    phones: frozenset[str] = frozenset()
    emails: frozenset[str] = frozenset()
    urls: frozenset[str] = frozenset()
    terms: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One reason for or against; ``strength`` says how much of it there is, 1 being all."""

    code: str
    strength: float = 1.0


@dataclass(frozen=True, kw_only=True)
class Likeness:
    """The score, 0 to 1, and what speaks for it and against it, strongest first."""

    score: float
    findings: tuple[Finding, ...] = field(default=())

    @property
    def is_certain(self) -> bool:
        """Say whether a national register calls both by one number."""
        return self.score >= CERTAIN


_SAME_ENTRY = Likeness(score=CERTAIN, findings=(Finding(code="same_identifier"),))


def traits(
    *,
    names: Iterable[str | None],
    identifiers: Iterable[Mapping[str, Any]] = (),
    owner: str | None = None,
    country: str | None = None,
    municipality: str | None = None,
    phones: Iterable[str | None] = (),
    emails: Iterable[str | None] = (),
    urls: Iterable[str | None] = (),
    terms: Iterable[str] = (),
) -> Traits:
    """Return what is compared of a record; anything may be missing, and what is malformed is left out.

    ``identifiers`` are HSDS organization identifiers; one without a scheme counts for nothing, because its number
    means nothing.
    """
    return Traits(
        names=frozenset(spelled for name in names if name for spelled in comparable_names(name)),
        identifiers=register_entries(identifiers),
        owner=owner,
        country=country,
        municipality=municipality,
        phones=frozenset(number for phone in phones if phone and (number := comparable_phone(phone))),
        emails=frozenset(email.strip().casefold() for email in emails if email and email.strip()),
        urls=frozenset(address for url in urls if url and (address := comparable_url(url))),
        terms=frozenset(terms),
    )


def likeness(one: Traits, other: Traits) -> Likeness:
    """Compare two records; the order of the two makes no difference."""
    if one.identifiers & other.identifiers:
        return _SAME_ENTRY
    found = _with_names(_beside_names(one, other), _name_strength(one.names, other.names))
    return Likeness(score=_score(found), findings=_ordered(found))


def likeness_from(one: Traits, other: Traits, least: float) -> Likeness | None:
    """Return what ``likeness`` does, or None below ``least``: most pairs need no look at their names to know that."""
    if one.identifiers & other.identifiers:
        return _SAME_ENTRY
    beside = _beside_names(one, other)
    needed = _name_needed(beside, least - _ROUNDING)
    if needed > 1:
        return None
    found = _with_names(beside, _name_strength(one.names, other.names, needed))
    score = _score(found)
    return Likeness(score=score, findings=_ordered(found)) if score >= least else None


def _with_names(beside: Mapping[str, float], strength: float) -> Mapping[str, float]:
    return {**beside, "similar_name": strength} if strength > 0 else beside


def _score(found: Mapping[str, float]) -> float:
    unlike = 1.0
    for code, strength in sorted(found.items()):
        unlike *= 1 - _WEIGHTS.get(code, 0) * strength
    score = 1 - unlike
    for code in found:
        score *= _AGAINST.get(code, 1)
    return round(min(_NEVER_CERTAIN, max(0.0, score)), 3)


def _ordered(found: Mapping[str, float]) -> tuple[Finding, ...]:
    ordered = sorted(found.items(), key=lambda pair: (-_WEIGHTS.get(pair[0], 0) * pair[1], pair[0]))
    return tuple(Finding(code=code, strength=round(strength, 3)) for code, strength in ordered)


def _name_needed(beside: Mapping[str, float], least: float) -> float:
    """Return how strongly the names must be alike for the score to reach ``least``; above 1 it cannot."""
    unlike, reached = 1.0, 1.0
    for code, strength in beside.items():
        unlike *= 1 - _WEIGHTS.get(code, 0) * strength
        reached *= _AGAINST.get(code, 1)
    return (1 - (1 - least / reached) / unlike) / _WEIGHTS["similar_name"]


@lru_cache(maxsize=1_000)
def blocking_keys(record: Traits) -> frozenset[str]:
    """Return the keys of which two records share at least one wherever they are alike enough to be compared.

    Names are alike by any two words of theirs in one place, by their beginnings, because words are missing, swapped
    and mistyped at the end; or by the whole name anywhere in a country.
    """
    place = record.municipality or record.country or ""
    keys = {f"register:{scheme}:{number}" for scheme, number in record.identifiers}
    keys |= {f"phone:{number}" for number in record.phones}
    keys |= {f"email:{address}" for address in record.emails}
    keys |= {f"url:{address}" for address in record.urls}
    for name in record.names:
        beginnings = sorted({word[:_BEGINNING] for word in name.split()[:_MOST_WORDS]})
        keys.add(f"name:{record.country or ''}:{' '.join(sorted(name.split()))}")
        keys |= {f"words:{place}:{one}+{other}" for one, other in combinations(beginnings, 2)}
        if len(beginnings) == 1:
            keys.add(f"words:{place}:{beginnings[0]}")
    return frozenset(keys)


@lru_cache(maxsize=5_000)
def comparable_names(name: str) -> tuple[str, ...]:
    """Return the name's plain spellings without legal forms: Шабац, Šabac and SABAC are the same."""
    words = [found for found in spellings(name[:_LONGEST_COMPARED]) if found[0] not in _LEGAL_FORMS]
    first = " ".join(found[0] for found in words)
    second = " ".join(found[min(1, len(found) - 1)] for found in words)
    return tuple(dict.fromkeys(spelled for spelled in (first, second) if spelled))


def comparable_phone(phone: str) -> str | None:
    """Return the digits that tell a number from others however its country is written; None for a short number."""
    digits = "".join(letter for letter in phone if letter.isascii() and letter.isdigit())
    return digits[-_COMPARED_DIGITS:] if len(digits) >= _SHORTEST_OWN_NUMBER else None


def comparable_url(url: str) -> str | None:
    """Return host and path as browsers would treat them alike; None for what is no address."""
    try:
        parts = urlsplit(url.strip() if "//" in url else f"//{url.strip()}")
        host = (parts.hostname or "").removeprefix("www.")
    except ValueError:
        return None
    return f"{host}{parts.path.rstrip('/')}" if host else None


def register_entries(identifiers: Iterable[Mapping[str, Any]]) -> frozenset[tuple[str, str]]:
    """Return scheme and number of HSDS organization identifiers, spaces and case set aside."""
    entries = set()
    for given in identifiers:
        scheme, number = given.get("identifier_scheme"), given.get("identifier")
        if isinstance(scheme, str) and isinstance(number, str):
            entry = (scheme.strip().casefold(), _WITHOUT_MEANING.sub("", number).casefold())
            if all(entry):
                entries.add(entry)
    return frozenset(entries)


def _beside_names(one: Traits, other: Traits) -> dict[str, float]:
    """Return what speaks for it and against it but for the names, as far as there is any of it."""
    is_one_owner = one.owner is not None and one.owner == other.owner
    found: dict[str, float] = {}
    if one.terms and other.terms:
        found["similar_terms"] = len(one.terms & other.terms) / len(one.terms | other.terms)
    if one.identifiers and other.identifiers:
        found["different_identifier"] = _have_different_entries(one.identifiers, other.identifiers)
    if one.country is not None and other.country is not None:
        found["different_country"] = float(one.country != other.country)
    if one.municipality is not None and other.municipality is not None:
        is_same = one.municipality == other.municipality
        found["same_municipality" if is_same else "different_municipality"] = 1.0
    if not is_one_owner:
        found["same_phone"] = float(not one.phones.isdisjoint(other.phones))
        found["same_email"] = float(not one.emails.isdisjoint(other.emails))
        found["same_url"] = float(not one.urls.isdisjoint(other.urls))
    return {code: strength for code, strength in found.items() if strength > 0}


def _name_strength(one: frozenset[str], other: frozenset[str], least: float = 0.0) -> float:
    """Return 1 for equal names, 0 for names too unlike to mean anything; below ``least`` any lower number.

    Words in another order are the same name; a name that is contained in the other is nearly the same.
    """
    if not one.isdisjoint(other):
        return 1.0
    best = 0.0
    floor = 100 * (_NAMES_UNLIKE_BELOW + (1 - _NAMES_UNLIKE_BELOW) * max(0.0, least))
    for first in one:
        for second in other:
            # What could not come above the best so far, or to mean anything, need not be known exactly.
            needed = 2 * max(best, floor) - 100
            ordered = fuzz.ratio(_in_order(first), _in_order(second), score_cutoff=needed)
            if ordered >= needed:
                left, right = min(first, second), max(first, second)
                best = max(best, ordered, 0.5 * (ordered + fuzz.token_set_ratio(left, right)))
            if best >= 100:
                return 1.0
    return max(0.0, (best / 100 - _NAMES_UNLIKE_BELOW) / (1 - _NAMES_UNLIKE_BELOW))


@lru_cache(maxsize=5_000)
def _in_order(name: str) -> str:
    return " ".join(sorted(name.split()))


def _have_different_entries(one: frozenset[tuple[str, str]], other: frozenset[tuple[str, str]]) -> float:
    """Say whether a register that knows both knows them by different numbers."""
    return float(bool({scheme for scheme, _ in one} & {scheme for scheme, _ in other}))
