"""Finds services for a child among all published ones, those of the network tier included, and weighs them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection, RowMapping, cast, null, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import Float, Text

from services.directory.adapters.geography import distance_km
from services.directory.adapters.places import covering_codes, place_of
from services.directory.adapters.rows import capacity_of_row
from services.directory.adapters.tables import listing, organization, search_entry
from services.directory.domain.eligibility import Eligibility, Sex
from services.directory.domain.matching import Candidate, Fit, Need, fit

# Beyond this many the nearest and those that serve the place are weighed.
_MOST_WEIGHED = 1000
_MOST_MISSING = 2


@dataclass(frozen=True)
class Matched:
    """A service's row and how it fits."""

    row: RowMapping
    fit: Fit


def find_matches(connection: Connection, need: Need, *, limit: int) -> tuple[list[Matched], list[Matched]]:
    """Return services that fit and services that nearly fit, each best first."""
    around = None
    if need.municipality is not None:
        around = place_of(connection, need.municipality)
        need = replace(need, covering_codes=frozenset(covering_codes(connection, need.municipality)))
    rows = connection.execute(_candidates(need, around)).mappings().all()
    weighed = [Matched(row, fit(need, _candidate(row))) for row in rows]
    weighed.sort(key=lambda matched: matched.fit.sort_key)
    fitting = [matched for matched in weighed if not matched.fit.missing]
    nearly = [matched for matched in weighed if 1 <= len(matched.fit.missing) <= _MOST_MISSING]
    return fitting[:limit], nearly[:limit]


def _candidates(need: Need, around: tuple[float, float] | None) -> Any:
    entry = search_entry.c
    far: Any = cast(null(), Float)
    if around is not None:
        far = distance_km(entry.latitude, entry.longitude, from_place=around)
    owner = [organization.c.agency_id, organization.c.name.label("organization_name")]
    statement = (
        select(listing, *owner, entry.terms, entry.municipality_code, far.label("distance_km"))
        .join(search_entry, search_entry.c.listing_id == listing.c.id)
        .join(organization, organization.c.id == listing.c.organization_id)
        .where(entry.terms.overlap(cast(sorted(need.needs), ARRAY(Text))))
    )
    serves_first = entry.serves.overlap(cast(sorted(need.covering_codes), ARRAY(Text))).desc()
    return statement.order_by(serves_first, far.asc().nulls_last(), entry.listing_id).limit(_MOST_WEIGHED)


def _candidate(row: RowMapping) -> Candidate:
    return Candidate(
        service_id=row["id"],
        name=row["name"],
        terms=frozenset(row["terms"]),
        eligibility=Eligibility(minimum_age=row["minimum_age"], maximum_age=row["maximum_age"], sex=Sex(row["sex"])),
        languages=frozenset(row["languages"]),
        serves=frozenset(row["serves"]),
        has_agency=row["agency_id"] is not None,
        accepts_referrals=row["accepts_referrals"],
        capacity=capacity_of_row(row),
        distance_km=row["distance_km"],
        is_virtual=row["location_kind"] == "virtual",
    )
