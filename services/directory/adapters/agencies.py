"""Keeps which agencies take part in the network, fed by identity's events."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection, select
from sqlalchemy.dialects.postgresql import insert

from services.directory.adapters.review_tables import agency


class SqlAgencies:
    """The agencies in PostgreSQL; of each no more than that it is there."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def known(self, agency_ids: Collection[str]) -> set[str]:
        """Return those of the agencies that have been heard of."""
        return set(self._connection.scalars(select(agency.c.agency_id).where(agency.c.agency_id.in_(agency_ids))))

    def note(self, agency_id: str) -> None:
        """Note that the agency is there; a second time changes nothing."""
        self._connection.execute(insert(agency).values(agency_id=agency_id).on_conflict_do_nothing())
