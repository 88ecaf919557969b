"""Reads for the public tier: rows of published public listings, their organizations, places and terms.

Everything here goes through ``search_entry`` with the public tier and through the table of public locations;
a draft, a network listing or a confidential place cannot be reached from it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, RowMapping, Select, func, select

from services.directory.adapters.tables import (
    listing,
    location,
    municipality,
    organization,
    search_entry,
    taxonomy,
    taxonomy_term,
)
from services.directory.domain.spelling import spellings

PUBLIC = ("public",)


@dataclass(frozen=True, kw_only=True)
class ServiceRows:
    """What is known of one public service, before it is put into any shape."""

    service: Mapping[Any, Any]
    organization: Mapping[Any, Any]
    location: Mapping[Any, Any] | None
    terms: Sequence[Mapping[Any, Any]]
    areas: Sequence[Mapping[Any, Any]]
    place: Mapping[Any, Any] | None
    region: Mapping[Any, Any] | None


def public_services(connection: Connection, listing_ids: Sequence[str]) -> list[ServiceRows]:
    """Return the public services of these ids in this order; ids of others are passed over."""
    statement = select(listing).join(search_entry).where(search_entry.c.tier.in_(PUBLIC), listing.c.id.in_(listing_ids))
    rows = _by(connection, statement, "id")
    owners = _by(
        connection,
        select(organization).where(organization.c.id.in_({row["organization_id"] for row in rows.values()})),
        "id",
    )
    locations = _by(connection, select(location).where(location.c.listing_id.in_(rows)), "listing_id")
    terms = _terms(connection, {code for row in rows.values() for code in row["taxonomy_terms"]})
    places = _places(connection, rows.values(), locations.values())
    return [
        _service_rows(rows[listing_id], owners, locations.get(listing_id), terms, places)
        for listing_id in listing_ids
        if listing_id in rows
    ]


def _service_rows(
    row: RowMapping,
    owners: Mapping[str, RowMapping],
    where: RowMapping | None,
    terms: Mapping[str, Mapping[Any, Any]],
    places: Mapping[str, RowMapping],
) -> ServiceRows:
    place = places.get(where["municipality_code"] or "") if where else None
    return ServiceRows(
        service=row,
        organization=owners[row["organization_id"]],
        location=where,
        terms=[terms[code] for code in row["taxonomy_terms"] if code in terms],
        areas=[places.get(code, {"code": code, "name": code}) for code in row["serves"]],
        place=place,
        region=places.get(place["parent_code"] or "") if place else None,
    )


def _by(connection: Connection, statement: Select[Any], key: str) -> dict[str, RowMapping]:
    return {row[key]: row for row in connection.execute(statement).mappings()}


def _terms(connection: Connection, codes: Iterable[str]) -> dict[str, Mapping[Any, Any]]:
    rows = connection.execute(_term_select().where(taxonomy_term.c.code.in_(set(codes)))).mappings()
    return {row["code"]: row for row in rows}


def _places(
    connection: Connection, services: Iterable[RowMapping], locations: Iterable[RowMapping]
) -> dict[str, RowMapping]:
    codes = {code for row in services for code in row["serves"]} | {row["municipality_code"] for row in locations}
    found = _by(connection, select(municipality).where(municipality.c.code.in_(codes - {None})), "code")
    above = {row["parent_code"] for row in found.values()} - {None} - set(found)
    return {**found, **_by(connection, select(municipality).where(municipality.c.code.in_(above)), "code")}


def public_service_of_place(connection: Connection, service_at_location_id: str) -> str | None:
    """Return the id of the service in a pair of service and location, or None."""
    statement = select(location.c.listing_id).where(location.c.service_at_location_id == service_at_location_id)
    found: str | None = connection.scalar(statement)
    return found


def minimal_services(connection: Connection, listing_ids: Sequence[str]) -> list[Mapping[Any, Any]]:
    """Return id and time of change of public services in this order."""
    statement = select(search_entry.c.listing_id, search_entry.c.last_modified).where(
        search_entry.c.tier.in_(PUBLIC), search_entry.c.listing_id.in_(listing_ids)
    )
    rows = _by(connection, statement, "listing_id")
    return [rows[listing_id] for listing_id in listing_ids if listing_id in rows]


def services_of_organizations(connection: Connection, organization_ids: Sequence[str]) -> dict[str, list[str]]:
    """Return the ids of the public services of each organization, in order of their names."""
    statement = (
        select(search_entry.c.organization_id, search_entry.c.listing_id)
        .where(search_entry.c.tier.in_(PUBLIC), search_entry.c.organization_id.in_(organization_ids))
        .order_by(search_entry.c.sort_name, search_entry.c.listing_id)
    )
    found: dict[str, list[str]] = defaultdict(list)
    for row in connection.execute(statement):
        found[row.organization_id].append(row.listing_id)
    return found


def find_organizations(
    connection: Connection, *, search: str | None, term_codes: Sequence[Sequence[str]], offset: int, limit: int
) -> tuple[int, Sequence[RowMapping]]:
    """Return how many organizations match and a page of them by name; one with no public service is not shown."""
    entry = search_entry.c
    has_service: list[ColumnElement[bool]] = [
        entry.organization_id == organization.c.id,
        entry.tier.in_(PUBLIC),
        *(entry.terms.overlap(list(codes)) for codes in term_codes),
    ]
    conditions: list[ColumnElement[bool]] = [select(entry.listing_id).where(*has_service).exists()]
    document = func.to_tsvector("simple", organization.c.spellings)
    for word in spellings(search or "")[:10]:
        query = " | ".join(f"'{spelling}':*" for spelling in word)
        conditions.append(document.bool_op("@@")(func.to_tsquery("simple", query)))
    total = connection.scalar(select(func.count()).select_from(organization).where(*conditions)) or 0
    page = select(organization).where(*conditions).order_by(organization.c.spellings, organization.c.id)
    return total, connection.execute(page.offset(offset).limit(limit)).mappings().all()


def public_organization(connection: Connection, organization_id: str) -> RowMapping | None:
    """Return an organization that has a public service, or None."""
    has_service = (
        select(search_entry.c.listing_id)
        .where(search_entry.c.organization_id == organization.c.id, search_entry.c.tier.in_(PUBLIC))
        .exists()
    )
    statement = select(organization).where(organization.c.id == organization_id, has_service)
    return connection.execute(statement).mappings().first()


def taxonomies(connection: Connection) -> Sequence[RowMapping]:
    """Return all taxonomies by name."""
    return connection.execute(select(taxonomy).order_by(taxonomy.c.name)).mappings().all()


def _term_select() -> Select[Any]:
    return select(taxonomy_term, taxonomy.c.name.label("taxonomy_name")).join(taxonomy)


def taxonomy_terms(connection: Connection, *conditions: ColumnElement[bool]) -> Sequence[RowMapping]:
    """Return the terms that fit, in the order of the taxonomy: parents before their children."""
    statement = _term_select().where(*conditions).order_by(taxonomy_term.c.position)
    return connection.execute(statement).mappings().all()


def term_codes(connection: Connection, *, term_id: str | None, taxonomy_id: str | None) -> list[list[str]]:
    """Return, for each filter given, the codes of which a service must have one."""
    wanted: list[list[str]] = []
    for value, column in ((term_id, taxonomy_term.c.id), (taxonomy_id, taxonomy_term.c.taxonomy_id)):
        if value:
            wanted.append(list(connection.scalars(select(taxonomy_term.c.code).where(column == value))))
    return wanted
