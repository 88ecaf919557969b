"""Keeps claims to organizations."""

from __future__ import annotations

from dataclasses import asdict, fields
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, Select, insert, literal, or_, select, tuple_, update

from services.directory.adapters.review_tables import organization_claim
from services.directory.adapters.tables import organization, search_entry
from services.directory.domain.claim import Claim, ClaimStatus

_FIELDS = [field.name for field in fields(Claim)]
_ORDER = (organization_claim.c.created_at, organization_claim.c.id)


class SqlClaimStore:
    """Claims in PostgreSQL; an index lets an organization have one approved claim and no more."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def organization_of(self, claim_id: str) -> str | None:
        """Return the organization that a claim is for, holding nothing; None where there is no such claim."""
        wanted = select(organization_claim.c.organization_id).where(organization_claim.c.id == claim_id)
        found: str | None = self._connection.scalar(wanted)
        return found

    def get(self, claim_id: str) -> Claim | None:
        """Return one and hold it, and its organization before it, or None."""
        self._hold(self.organization_of(claim_id))
        wanted = select(organization_claim).where(organization_claim.c.id == claim_id).with_for_update()
        row = self._connection.execute(wanted).mappings().first()
        return _claim(row) if row else None

    def pending_of(self, organization_id: str) -> list[Claim]:
        """Return the undecided claims to an organization and hold them, and the organization before them."""
        self._hold(organization_id)
        claims = organization_claim.c
        wanted = select(organization_claim).where(claims.organization_id == organization_id, claims.status == "pending")
        rows = self._connection.execute(wanted.order_by(claims.id).with_for_update()).mappings()
        return [_claim(row) for row in rows]

    def _hold(self, organization_id: str | None) -> None:
        # Listings, organization, claims: everybody holds them in this order, so that nobody waits in a circle.
        wanted = select(organization.c.id).where(organization.c.id == organization_id)
        self._connection.execute(wanted.with_for_update(key_share=True))

    def add(self, new: Claim) -> None:
        """Keep a new one."""
        self._connection.execute(insert(organization_claim).values(**_row(new)))

    def save(self, changed: Claim) -> None:
        """Keep a changed one."""
        row = _row(changed)
        self._connection.execute(update(organization_claim).where(organization_claim.c.id == row.pop("id")).values(row))

    def is_listed_publicly(self, organization_id: str) -> bool:
        """Say whether everybody may know of the organization."""
        public = (search_entry.c.organization_id == organization.c.id, search_entry.c.tier == "public")
        shown = or_(organization.c.is_public, select(search_entry.c.listing_id).where(*public).exists())
        found = select(organization.c.id).where(organization.c.id == organization_id, shown)
        return self._connection.execute(found).first() is not None

    def seen_by(
        self, agency_id: str, *, status: str | None, before: tuple[datetime, str] | None, limit: int
    ) -> list[RowMapping]:
        """Return claims that the agency made or decides on, the latest first, with the organization's name.

        ``before`` is when the last one of the page before was made, and its id.
        """
        theirs = or_(organization_claim.c.agency_id == agency_id, organization.c.maintaining_agency_id == agency_id)
        wanted = _listed(status).where(theirs).limit(limit)
        if before is not None:
            place = (literal(value, each.type) for value, each in zip(before, _ORDER, strict=True))
            wanted = wanted.where(tuple_(*_ORDER) < tuple_(*place))
        return list(self._connection.execute(wanted).mappings())

    def all(self, *, status: str | None = None) -> list[RowMapping]:
        """Return every claim, for whoever runs the installation."""
        return list(self._connection.execute(_listed(status)).mappings())


def _listed(status: str | None) -> Select[Any]:
    owner = (organization.c.name.label("organization_name"), organization.c.maintaining_agency_id)
    wanted = select(organization_claim, *owner).join(
        organization, organization.c.id == organization_claim.c.organization_id
    )
    if status is not None:
        wanted = wanted.where(organization_claim.c.status == status)
    return wanted.order_by(*(each.desc() for each in _ORDER))


def _row(claim: Claim) -> dict[str, Any]:
    return {**asdict(claim), "status": claim.status.value}


def _claim(row: RowMapping) -> Claim:
    return Claim(**{**{name: row[name] for name in _FIELDS}, "status": ClaimStatus(row["status"])})
