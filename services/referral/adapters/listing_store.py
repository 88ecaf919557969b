"""The copy of the directory's listings, fed by its events; a late or repeated event changes nothing."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection, Row, select
from sqlalchemy.dialects.postgresql import insert

from services.referral.adapters.tables import listing
from services.referral.application.ports import Listing

_DESCRIBED = (
    "name", "organization_name", "agency_id", "country", "is_published", "accepts_referrals",
    "minimum_age", "maximum_age", "sex",
)  # fmt: skip


class SqlListings:
    """The listings in PostgreSQL. Description and capacity carry a version each, for they travel by two events."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def get(self, service_id: str) -> Listing | None:
        """Return what is known of a service."""
        return self.get_many([service_id]).get(service_id)

    def get_many(self, service_ids: Collection[str]) -> dict[str, Listing]:
        """Return what is known of several services."""
        rows = self._connection.execute(select(listing).where(listing.c.service_id.in_(list(service_ids))))
        return {row.service_id: _listing_of(row) for row in rows}

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

    def withdraw(self, service_id: str, version: int) -> None:
        """Note that it left the directory, unless a later version is known; its name stays for old referrals."""
        gone = {"is_published": False, "described_version": version}
        statement = insert(listing).values(
            service_id=service_id, accepts_referrals=False, capacity_version=version, **gone
        )
        self._connection.execute(
            statement.on_conflict_do_update(
                index_elements=["service_id"], set_=gone, where=listing.c.described_version < version
            )
        )

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
