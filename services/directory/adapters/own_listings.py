"""Reads for the agency that keeps listings: its organizations and its listings in every status."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, Select, literal, select, tuple_

from services.directory.adapters.delegations import (
    SqlDelegationStore,
    is_kept_by,
    listing_may_be_kept,
    organization_may_be_kept,
)
from services.directory.adapters.merges import is_folded
from services.directory.adapters.names_of_listings import are_called
from services.directory.adapters.organization_reviews import organizations_with_revisions
from services.directory.adapters.organization_rows import organization_of_row
from services.directory.adapters.review_tables import listing_review
from services.directory.adapters.tables import listing, location, organization
from services.directory.domain.organization import Organization

_Place = tuple[datetime, str]


def _bound(place: _Place) -> Any:
    moment, listing_id = place
    return tuple_(literal(moment, listing.c.last_modified.type), literal(listing_id, listing.c.id.type))


def own_organizations(
    connection: Connection, agency_id: str, account_id: str | None, *, after: str | None, limit: int
) -> list[Organization]:
    """Return the organizations whose listings the caller may keep, by name, after the one of an id.

    Raises LookupError for an ``after`` that is none of them: where another stands in the order is not the caller's to
    know.
    """
    delegations = SqlDelegationStore(connection).given_to(agency_id, account_id)
    kept = organization_may_be_kept(agency_id, delegations) & ~is_folded(organization.c.id)
    order = (organization.c.name, organization.c.id)
    statement = organizations_with_revisions().where(kept).order_by(*order).limit(limit)
    if after is not None:
        last = connection.execute(select(*order).where(kept, organization.c.id == after)).first()
        if last is None:
            raise LookupError("there is no such organization among them")
        place = (literal(value, each.type) for value, each in zip(last, order, strict=True))
        statement = statement.where(tuple_(*order) > tuple_(*place))
    return [organization_of_row(row) for row in connection.execute(statement).mappings()]


def own_listings(
    connection: Connection,
    agency_id: str,
    account_id: str | None,
    *,
    status: str | None,
    confirm_until: date | None,
    search: str | None = None,
    ids: Sequence[str] | None = None,
    before: _Place | None,
    limit: int,
) -> Sequence[RowMapping]:
    """Return the listings that the caller may keep, the latest changed first, after the one named by time and id.

    With ``confirm_until`` only published ones that are to be confirmed by that day, or were to be; with ``search``
    those whose names, or whose organization's, have all its words, or words that begin like them; with ``ids`` those.
    Of a confidential place only its kind is among the columns.
    """
    delegations = SqlDelegationStore(connection).given_to(agency_id, account_id)
    statement = (
        _listings_with_what_is_listed()
        .where(listing_may_be_kept(agency_id, delegations), ~is_folded(listing.c.id))
        .order_by(listing.c.last_modified.desc(), listing.c.id.desc())
        .limit(limit)
    )
    if status:
        statement = statement.where(listing.c.status == status)
    if confirm_until:
        statement = statement.where(listing.c.status == "published", listing.c.confirm_by <= confirm_until)
    if search:
        is_kept = organization_may_be_kept(agency_id, delegations)
        statement = statement.where(are_called(connection, search, is_kept))
    if ids is not None:
        statement = statement.where(listing.c.id.in_(ids))
    if before:
        statement = statement.where(tuple_(listing.c.last_modified, listing.c.id) < _bound(before))
    return connection.execute(statement).mappings().all()


def _listings_with_what_is_listed() -> Select[Any]:
    """Return the statement that reads listings with their organizations, public places and where they are in review."""
    columns: list[Any] = [listing, organization.c.name.label("organization_name")]
    columns += [location.c.municipality_code, location.c.address_1, location.c.postal_code]
    columns += [location.c.latitude, location.c.longitude, location.c.is_exact]
    columns += [listing_review.c.proposal, listing_review.c.submitted_at]
    return (
        select(*columns)
        .join(organization, organization.c.id == listing.c.organization_id)
        .outerjoin(location, location.c.listing_id == listing.c.id)
        .outerjoin(listing_review, listing_review.c.listing_id == listing.c.id)
    )


def waiting_for_review(
    connection: Connection, agency_id: str, *, after: _Place | None, limit: int
) -> Sequence[RowMapping]:
    """Return what the agency may be asked to decide on, the longest waiting first; not what it keeps by delegation.

    ``after`` is the moment of submitting, and the id, of the last one of the page before.
    """
    columns: list[Any] = [listing.c.id, listing.c.name, listing.c.status, listing.c.version, listing_review]
    statement = (
        select(*columns, organization.c.id.label("organization_id"), organization.c.name.label("organization_name"))
        .join(listing_review, listing_review.c.listing_id == listing.c.id)
        .join(organization, organization.c.id == listing.c.organization_id)
        .where(listing_review.c.submitted_at.is_not(None), is_kept_by(agency_id))
        .order_by(listing_review.c.submitted_at, listing.c.id)
        .limit(limit)
    )
    if after:
        statement = statement.where(tuple_(listing_review.c.submitted_at, listing.c.id) > _bound(after))
    return connection.execute(statement).mappings().all()
