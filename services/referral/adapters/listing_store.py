"""The copy of the directory's listings, fed by its events; a late or repeated event changes nothing."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Connection, Row, func, select, update
from sqlalchemy.dialects.postgresql import insert

from services.referral.adapters.tables import listing
from services.referral.application.ports import Listing

_DESCRIBED = (
    "name", "organization_name", "agency_id", "country", "is_published", "accepts_referrals",
    "minimum_age", "maximum_age", "sex", "referring_agencies", "closed_by", "reopens_at",
)  # fmt: skip


class SqlListings:
    """The listings in PostgreSQL. Description and capacity carry a version each, for they travel by two events."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def get(self, service_id: str) -> Listing | None:
        """Return what is known of a service, or of the one that has replaced it."""
        return self.get_many([service_id]).get(service_id)

    def hold(self, service_id: str) -> Listing | None:
        """Return what is known of a service, which no news change until the transaction ends."""
        wanted = select(listing).where(listing.c.service_id == service_id).with_for_update(read=True)
        row = self._connection.execute(wanted).first()
        if row is not None and row.replaced_by is not None:
            return self.hold(row.replaced_by)
        return _listing_of(row) if row else None

    def get_many(self, service_ids: Collection[str]) -> dict[str, Listing]:
        """Return what is known of several services by the ids asked for, of a merged one what replaced it."""
        asked = listing.alias("asked")
        now_at = func.coalesce(asked.c.replaced_by, asked.c.service_id)
        statement = select(asked.c.service_id.label("asked_id"), listing).join(listing, listing.c.service_id == now_at)
        rows = self._connection.execute(statement.where(asked.c.service_id.in_(list(service_ids))))
        return {row.asked_id: _listing_of(row) for row in rows}

    def describe(self, new: Listing, version: int) -> None:
        """Take in a listing as published, unless a later version is known."""
        described = {name: getattr(new, name) for name in _DESCRIBED} | {"described_version": version}
        statement = insert(listing).values(
            service_id=new.service_id, places_available=new.places_available, capacity_version=version, **described
        )
        self._connection.execute(
            statement.on_conflict_do_update(
                index_elements=["service_id"], set_=described, where=listing.c.described_version < version
            )
        )
        self.set_places(new.service_id, new.places_available, version)

    def withdraw(self, service_id: str, version: int, *, cause: str, reopens_at: datetime | None) -> bool:
        """Note that no referral may go there, unless a later version is known; say whether it was open until now.

        Its name stays for old referrals.
        """
        known = select(listing.c.is_published, listing.c.described_version).where(listing.c.service_id == service_id)
        before = self._connection.execute(known.with_for_update()).first()
        if before is not None and before.described_version >= version:
            return False
        gone = {
            "is_published": False, "closed_by": cause, "reopens_at": reopens_at, "described_version": version,
        }  # fmt: skip
        statement = insert(listing).values(
            service_id=service_id, accepts_referrals=False, capacity_version=version, **gone
        )
        self._connection.execute(statement.on_conflict_do_update(index_elements=["service_id"], set_=gone))
        return before is None or before.is_published

    def replace(self, service_id: str, replaced_by: str) -> None:
        """Note that what goes to the service goes to another one from now on, and so does what was to go to it."""
        follows = (listing.c.service_id == service_id) | (listing.c.replaced_by == service_id)
        self._connection.execute(update(listing).where(follows).values(replaced_by=replaced_by))

    def set_places(self, service_id: str, available: int | None, version: int) -> None:
        """Note how many places are free, unless a later version is known or the service is not."""
        self._connection.execute(
            listing.update()
            .where(listing.c.service_id == service_id, listing.c.capacity_version < version)
            .values(places_available=available, capacity_version=version)
        )


def _listing_of(row: Row[tuple[object, ...]]) -> Listing:
    names = (*_DESCRIBED, "service_id", "places_available")
    return Listing(**{name: getattr(row, name) for name in names})
