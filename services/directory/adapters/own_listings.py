"""Reads for the agency that keeps listings: its organizations and its listings in every status."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, RowMapping, literal, or_, select, tuple_

from services.directory.adapters.tables import listing, location, organization


def _is_kept_by(agency_id: str) -> ColumnElement[bool]:
    return or_(organization.c.agency_id == agency_id, organization.c.maintaining_agency_id == agency_id)


def _bound(before: tuple[datetime, str]) -> Any:
    moment, listing_id = before
    return tuple_(literal(moment, listing.c.last_modified.type), literal(listing_id, listing.c.id.type))


def own_organizations(connection: Connection, agency_id: str) -> Sequence[RowMapping]:
    """Return the organizations whose listings the agency may keep, by name."""
    statement = select(organization).where(_is_kept_by(agency_id)).order_by(organization.c.name, organization.c.id)
    return connection.execute(statement).mappings().all()


def own_listings(
    connection: Connection,
    agency_id: str,
    *,
    status: str | None,
    before: tuple[datetime, str] | None,
    limit: int,
) -> Sequence[RowMapping]:
    """Return the agency's listings, the latest changed first, after the one named by time and id.

    Of a confidential place only its kind is among the columns.
    """
    columns: list[Any] = [listing, organization.c.name.label("organization_name")]
    columns += [location.c.municipality_code, location.c.address_1, location.c.postal_code]
    columns += [location.c.latitude, location.c.longitude, location.c.is_exact]
    statement = (
        select(*columns)
        .join(organization, organization.c.id == listing.c.organization_id)
        .outerjoin(location, location.c.listing_id == listing.c.id)
        .where(_is_kept_by(agency_id))
        .order_by(listing.c.last_modified.desc(), listing.c.id.desc())
        .limit(limit)
    )
    if status:
        statement = statement.where(listing.c.status == status)
    if before:
        statement = statement.where(tuple_(listing.c.last_modified, listing.c.id) < _bound(before))
    return connection.execute(statement).mappings().all()
