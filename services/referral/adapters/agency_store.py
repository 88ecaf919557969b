"""The copy of the agencies' names and countries, fed by identity's events."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection, select
from sqlalchemy.dialects.postgresql import insert

from services.referral.adapters.tables import agency


class SqlAgencies:
    """The agencies in PostgreSQL."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def country_of(self, agency_id: str) -> str | None:
        """Return the agency's country, or None for an agency not heard of."""
        return self._connection.scalar(select(agency.c.country).where(agency.c.agency_id == agency_id))

    def names_of(self, agency_ids: Collection[str]) -> dict[str, str]:
        """Return the names of those agencies that are known."""
        rows = self._connection.execute(select(agency).where(agency.c.agency_id.in_(list(agency_ids))))
        return {row.agency_id: row.name for row in rows}

    def register(self, agency_id: str, name: str, country: str | None, version: int) -> None:
        """Take in an agency, unless a later version is known."""
        known = {"name": name, "country": country, "version": version}
        self._connection.execute(
            insert(agency)
            .values(agency_id=agency_id, **known)
            .on_conflict_do_update(index_elements=["agency_id"], set_=known, where=agency.c.version < version)
        )
