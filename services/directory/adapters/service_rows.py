"""Loads what is known of published services, before it is put into any shape.

Everything here goes through ``search_entry``, by default with the public tier, and through the table of public
locations; a draft or a confidential place cannot be reached from it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, TextClause, select

from services.directory.adapters.bulk_rows import is_among
from services.directory.adapters.shown_organizations import organizations_as_shown
from services.directory.adapters.tables import (
    listing,
    location,
    municipality,
    organization,
    search_entry,
    taxonomy,
    taxonomy_term,
)

PUBLIC = ("public",)
Row = Mapping[Any, Any]


@dataclass(frozen=True, kw_only=True)
class ServiceRows:
    """What is known of one published service, before it is put into any shape."""

    service: Mapping[Any, Any]
    organization: Mapping[Any, Any]
    location: Mapping[Any, Any] | None
    terms: Sequence[Mapping[Any, Any]]
    areas: Sequence[Mapping[Any, Any]]
    place: Mapping[Any, Any] | None
    region: Mapping[Any, Any] | None


def public_services(connection: Connection, listing_ids: Sequence[str]) -> list[ServiceRows]:
    """Return the public services of these ids in this order; ids of others are passed over."""
    return services_where(connection, listing_ids, search_entry.c.tier.in_(PUBLIC))


def services_where(
    connection: Connection, listing_ids: Sequence[str], may_be_seen: ColumnElement[bool] | TextClause
) -> list[ServiceRows]:
    """Return those of the services that may be seen, in this order."""
    statement = select(listing).join(search_entry).where(may_be_seen, is_among(listing.c.id, listing_ids))
    return rows_of_services(connection, statement, listing_ids)


def rows_of_services(connection: Connection, statement: Select[Any], listing_ids: Sequence[str]) -> list[ServiceRows]:
    """Return the services that a statement finds, for those who may see them whatever their state, in this order."""
    rows = _by(connection, statement, "id")
    keepers = is_among(organization.c.id, {row["organization_id"] for row in rows.values()})
    owners = organizations_as_shown(connection, keepers)
    locations = _by(connection, select(location).where(is_among(location.c.listing_id, rows)), "listing_id")
    terms = _terms(connection, {code for row in rows.values() for code in row["taxonomy_terms"]})
    places = _places(connection, rows.values(), locations.values())
    return [
        _service_rows(rows[listing_id], owners, locations.get(listing_id), terms, places)
        for listing_id in listing_ids
        if listing_id in rows
    ]


def _service_rows(
    row: Row,
    owners: Mapping[str, Row],
    where: Row | None,
    terms: Mapping[str, Mapping[Any, Any]],
    places: Mapping[str, Row],
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


def _by(connection: Connection, statement: Select[Any], key: str) -> dict[str, Row]:
    # As dictionaries: each column is looked up many times.
    return {row[key]: dict(row) for row in connection.execute(statement).mappings().all()}


def _terms(connection: Connection, codes: Iterable[str]) -> dict[str, Mapping[Any, Any]]:
    rows = connection.execute(term_select().where(is_among(taxonomy_term.c.code, set(codes)))).mappings().all()
    return {row["code"]: dict(row) for row in rows}


def _places(connection: Connection, services: Iterable[Row], locations: Iterable[Row]) -> dict[str, Row]:
    codes = {code for row in services for code in row["serves"]} | {row["municipality_code"] for row in locations}
    found = _by(connection, select(municipality).where(is_among(municipality.c.code, codes - {None})), "code")
    above = {row["parent_code"] for row in found.values()} - {None} - set(found)
    return {**found, **_by(connection, select(municipality).where(is_among(municipality.c.code, above)), "code")}


def term_select() -> Select[Any]:
    """Return the statement of terms with the name of their taxonomy."""
    return select(taxonomy_term, taxonomy.c.name.label("taxonomy_name")).join(taxonomy)
