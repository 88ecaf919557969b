"""Reads what matching shows of a service, and of the place that it was judged at, out of its rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from services.directory.adapters.opening_index import hours_at_place, hours_of_text
from services.directory.adapters.rows import room_of_row
from services.directory.domain.eligibility import Eligibility, Sex
from services.directory.domain.matching import Candidate
from services.directory.domain.opening_hours import OpeningHours
from services.directory.domain.verification import days_overdue

Row = Mapping[str, Any]
# Hours are compared and kept as they are written: many keep the same ones. Those of single places are not read where
# they do not count for the service.
SHOWN = """
    listing.id::text AS id, listing.name, listing.description, listing.organization_id::text AS organization_id,
    organization.name AS organization_name, organization.agency_id, listing.tier, listing.taxonomy_terms,
    listing.languages, listing.serves, listing.accessibility, listing.minimum_age, listing.maximum_age, listing.sex,
    listing.location_kind, listing.phone, listing.accepts_referrals, listing.confirmed_at, listing.confirm_by,
    listing.capacity_available, listing.capacity_maximum, listing.capacity_unit, listing.capacity_reported_at,
    listing.capacity_updated_at, listing.has_room, listing.has_room_said_at, listing.always_open,
    listing.schedule::text AS schedule,
    jsonb_build_object('schedules', listing.hsds -> 'schedules', 'service_at_locations', CASE
        WHEN search_place.position IS NULL THEN listing.hsds -> 'service_at_locations' END)::text AS hsds,
    search_entry.terms, search_entry.municipality_code, search_entry.country, best.far AS distance_km,
    search_place.position AS place, search_place.municipality_code AS place_municipality_code,
    search_place.country AS place_country, search_place.accessibility AS place_accessibility,
    search_place.serves AS place_serves,
    search_place.keeps_own_hours, told.place ->> 'id' AS told_place_id,
    told.place #>> '{location,name}' AS told_place_name,
    jsonb_build_object('schedules', told.place -> 'schedules', 'location',
        jsonb_build_object('schedules', told.place #> '{location,schedules}'))::text AS place_hours,
    location.service_at_location_id::text AS own_place_id, CASE WHEN search_place.position IS NULL
        THEN location.is_exact ELSE told.place #> '{location,latitude}' IS NOT NULL END AS is_exact
"""
# A confidential place has no row in the tables of places, and stands in nothing that an import told.
FROM_BEST = """
    FROM best JOIN listing ON listing.id = best.listing_id
    JOIN organization ON organization.id = listing.organization_id
    JOIN search_entry ON search_entry.listing_id = listing.id
    LEFT JOIN search_place ON search_place.listing_id = best.listing_id AND search_place.position = best.position
    LEFT JOIN location ON location.listing_id = best.listing_id
    CROSS JOIN LATERAL (SELECT listing.hsds -> 'service_at_locations' -> coalesce(best.position, 0) AS place OFFSET 0)
        AS told
"""


def candidate_of(row: Row, today: date) -> Candidate:
    """Return the service as matching sees it, at the place by which it counts."""
    accessibility, served = row["place_accessibility"], row["place_serves"]
    return Candidate(
        service_id=row["id"],
        name=row["name"],
        terms=frozenset(row["terms"]),
        eligibility=Eligibility(minimum_age=row["minimum_age"], maximum_age=row["maximum_age"], sex=Sex(row["sex"])),
        languages=frozenset(row["languages"]),
        serves=frozenset(row["serves"] if served is None else served),
        has_agency=row["agency_id"] is not None,
        accepts_referrals=row["accepts_referrals"],
        capacity=room_of_row(row),
        distance_km=row["distance_km"],
        is_exact=row["is_exact"] is not False,
        is_virtual=row["location_kind"] == "virtual",
        country=row["place_country"] or row["country"],
        hours=_hours(row),
        accessibility=frozenset(row["accessibility"] if accessibility is None else accessibility),
        days_overdue=days_overdue(row["confirm_by"], today),
        confirmed_on=row["confirmed_at"].date() if row["confirmed_at"] else None,
    )


def _hours(row: Row) -> OpeningHours:
    if row["keeps_own_hours"]:
        return hours_at_place(row["place_country"], row["place_hours"])
    return hours_of_text(row["country"], row["always_open"], row["schedule"], row["hsds"])


@dataclass(frozen=True)
class JudgedPlace:
    """The public place that a service was judged at: a service_at_location of HSDS."""

    id: str
    name: str | None
    municipality: str | None


def place_of(row: Row) -> JudgedPlace | None:
    """Return the place that a service was judged at; None where it has none that may be known."""
    if row["location_kind"] == "confidential" or (row["location_kind"] == "virtual" and row["place"] is None):
        return None
    id_ = row["told_place_id"] or row["own_place_id"]
    code = row["municipality_code"] if row["place"] is None else row["place_municipality_code"]
    return JudgedPlace(id_.lower(), row["told_place_name"] or None, code) if id_ else None
