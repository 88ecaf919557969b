"""Keeps delegations, and says in SQL which organizations and listings somebody may keep by them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import (
    ColumnElement,
    Connection,
    RowMapping,
    and_,
    cast,
    func,
    insert,
    literal,
    or_,
    select,
    tuple_,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import Text

from services.directory.adapters.places import places_within
from services.directory.adapters.review_tables import delegation
from services.directory.adapters.tables import listing, location, organization
from services.directory.domain.delegation import Delegation

_is_by_place = func.cardinality(delegation.c.municipality_codes) > 0


class SqlDelegationStore:
    """Delegations in PostgreSQL; every check reads them afresh, so that one that ended opens nothing any more."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def given_to(self, agency_id: str, account_id: str | None) -> list[Delegation]:
        """Return what is in force now for this person of this agency."""
        current = select(delegation).where(delegation.c.to_agency_id == agency_id, delegation.c.ended_at.is_(None))
        rows = self._connection.execute(current.order_by(delegation.c.id)).mappings().all()
        return [found for found in map(self._delegation, rows) if found.is_for(agency_id, account_id)]

    def get(self, delegation_id: str) -> Delegation | None:
        """Return one and hold it, or None."""
        wanted = select(delegation).where(delegation.c.id == delegation_id).with_for_update()
        row = self._connection.execute(wanted).mappings().first()
        return self._delegation(row) if row else None

    def of_agency(self, agency_id: str, *, before: tuple[datetime, str] | None, limit: int) -> list[Delegation]:
        """Return what the agency has given or been given, the latest first, those that ended among them.

        So is what reaches, by municipality, listings of its own organizations that another agency keeps. ``before`` is
        when the last one of the page before was made, and its id.
        """
        keepers = select(organization.c.maintaining_agency_id).where(organization.c.agency_id == agency_id)
        reaching = and_(_is_by_place, delegation.c.from_agency_id.in_(keepers))
        theirs = or_(delegation.c.from_agency_id == agency_id, delegation.c.to_agency_id == agency_id, reaching)
        order = (delegation.c.created_at, delegation.c.id)
        ordered = select(delegation).where(theirs).order_by(*(each.desc() for each in order)).limit(limit)
        if before is not None:
            place = (literal(value, each.type) for value, each in zip(before, order, strict=True))
            ordered = ordered.where(tuple_(*order) < tuple_(*place))
        return [self._delegation(row) for row in self._connection.execute(ordered).mappings()]

    def add(self, new: Delegation) -> None:
        """Keep a new one."""
        values = {
            "id": new.id,
            "from_agency_id": new.from_agency_id,
            "to_agency_id": new.to_agency_id,
            "account_ids": list(new.account_ids),
            "municipality_codes": list(new.municipality_codes),
            "organization_ids": list(new.organization_ids),
            "created_at": new.created_at,
        }
        self._connection.execute(insert(delegation).values(**values))

    def owners_reached(self, given: Delegation) -> list[str]:
        """Return the agencies, besides the two sides, behind organizations that it may reach by municipality."""
        if not given.municipality_codes:
            return []
        owner = organization.c.agency_id
        reached = select(owner).where(organization.c.maintaining_agency_id == given.from_agency_id)
        return list(self._connection.scalars(reached.where(owner.not_in(given.sides)).distinct().order_by(owner)))

    def save_end(self, ended: Delegation) -> None:
        """Keep for whom it has ended, and when it did altogether."""
        changed = update(delegation).where(delegation.c.id == ended.id)
        self._connection.execute(changed.values(ended_for=list(ended.ended_for), ended_at=ended.ended_at))

    def _delegation(self, row: RowMapping) -> Delegation:
        return Delegation(
            id=row["id"],
            from_agency_id=row["from_agency_id"],
            to_agency_id=row["to_agency_id"],
            account_ids=tuple(row["account_ids"]),
            municipality_codes=tuple(row["municipality_codes"]),
            organization_ids=tuple(row["organization_ids"]),
            covered=frozenset(
                code for given in row["municipality_codes"] for code in places_within(self._connection, given)
            ),
            ended_for=tuple(row["ended_for"]),
            created_at=row["created_at"],
            ended_at=row["ended_at"],
        )


def is_kept_by(agency_id: str) -> ColumnElement[bool]:
    """Return the condition that an organization's listings are the agency's own to keep."""
    return or_(organization.c.agency_id == agency_id, organization.c.maintaining_agency_id == agency_id)


def organization_may_be_kept(agency_id: str, delegations: Sequence[Delegation]) -> ColumnElement[bool]:
    """Return the condition that some listing of an organization may be the caller's to keep."""
    delegated = (
        and_(_is_open_to(each), or_(_is_named(each), literal(bool(each.municipality_codes)))) for each in delegations
    )
    return or_(is_kept_by(agency_id), *delegated)


def listing_may_be_kept(agency_id: str, delegations: Sequence[Delegation]) -> ColumnElement[bool]:
    """Return the condition that a listing, joined with organization and public place, is the caller's to keep."""
    delegated = (and_(_is_open_to(each), or_(_is_named(each), _lies_within(each.covered))) for each in delegations)
    return or_(is_kept_by(agency_id), *delegated)


def _is_open_to(given: Delegation) -> ColumnElement[bool]:
    owner = organization.c.agency_id
    return and_(is_kept_by(given.from_agency_id), or_(owner.is_(None), owner.not_in(given.ended_for)))


def _is_named(given: Delegation) -> ColumnElement[bool]:
    owner = func.coalesce(organization.c.agency_id, organization.c.maintaining_agency_id)
    return and_(organization.c.id.in_(given.organization_ids), owner == given.from_agency_id)


def _lies_within(covered: Iterable[str]) -> ColumnElement[bool]:
    codes = sorted(covered)
    here = and_(listing.c.location_kind == "physical", location.c.municipality_code.in_(codes))
    is_said = func.cardinality(listing.c.serves) > 0
    served = and_(
        listing.c.location_kind == "virtual", is_said, listing.c.serves.contained_by(cast(codes, ARRAY(Text)))
    )
    return or_(here, served)
