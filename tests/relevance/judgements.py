"""Judges how well a service answers a query: by what the person meant, written down per query, not by its words.

Grades: 3 is what was meant; 2 is right in kind where no place was asked, or serves the place that alone was asked;
1 is of use when there is nothing better (the right kind farther away, or a sibling kind at the place); 0 is beside it.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.relevance.corpus import Offered

QUERIES = Path(__file__).parent / "queries.csv"
# Where people write to the directory in this language; None: anywhere.
COUNTRIES: Mapping[str, frozenset[str] | None] = {
    "sq": frozenset({"AL", "XK"}),
    "bs": frozenset({"BA"}),
    "bg": frozenset({"BG"}),
    "ro": frozenset({"RO"}),
    "sr": frozenset({"RS", "BA", "XK", "ME"}),
    "cnr": frozenset({"ME"}),
    "en": None,
    "mk": None,
    "rom": None,
}


@dataclass(frozen=True, kw_only=True)
class Query:
    """What is typed, and what is meant by it: kinds of service, a place, or an organization."""

    text: str
    language: str
    kind: str
    terms: frozenset[str]
    place: str | None
    organization_at: str | None


def queries() -> list[Query]:
    """Return the judged queries in the order of the file."""
    with QUERIES.open(encoding="utf-8", newline="") as file:
        return [
            Query(
                text=row["text"],
                language=row["language"],
                kind=row["kind"],
                terms=frozenset(row["terms"].split()),
                place=row["place"] or None,
                organization_at=row["organization_at"] or None,
            )
            for row in csv.DictReader(file)
        ]


def grade(query: Query, offered: Offered, terms: Mapping[str, Any]) -> int:
    """Return 0 to 3."""
    if query.organization_at:
        return 3 if offered.town.code == query.organization_at else 0
    is_meant = _has_term(offered.term, query.terms, terms)
    if query.place is None:
        countries = COUNTRIES[query.language]
        at_home = countries is None or offered.town.country in countries
        return (3 if at_home else 2) if is_meant else int(at_home and _is_sibling(offered.term, query.terms, terms))
    if not query.terms:
        return 3 if _is_at(offered, query.place) else 2 if query.place in offered.body["serves"] else 0
    reaches = _is_at(offered, query.place) or _serves(offered, query.place)
    if is_meant:
        return 3 if reaches else int(offered.town.country == query.place[:2])
    return int(reaches and _is_sibling(offered.term, query.terms, terms))


def _has_term(code: str, wanted: frozenset[str], terms: Mapping[str, Any]) -> bool:
    return code in wanted or (terms[code]["parent"] is not None and terms[code]["parent"] in wanted)


def _is_sibling(code: str, wanted: frozenset[str], terms: Mapping[str, Any]) -> bool:
    parents = {terms[one]["parent"] or one for one in wanted}
    return (terms[code]["parent"] or code) in parents


def _is_at(offered: Offered, place: str) -> bool:
    if place == offered.town.country:
        return True
    return offered.town.code == place and offered.body["location"]["kind"] == "physical"


def _serves(offered: Offered, place: str) -> bool:
    return place in offered.body["serves"] or place[:2] in offered.body["serves"]
