"""The directory's transaction with its stores."""

from __future__ import annotations

from sqlalchemy import Engine

from chassis.clock import Clock
from chassis.unit_of_work import SqlUnitOfWork
from services.directory.adapters.repositories import (
    SqlListingStore,
    SqlOrganizationStore,
    SqlReferenceData,
    SqlReservationStore,
)

SOURCE = "/services/directory"


class DirectoryUnitOfWork(SqlUnitOfWork):
    """One transaction over organizations, listings, reference data and reservations."""

    organizations: SqlOrganizationStore
    listings: SqlListingStore
    reference: SqlReferenceData
    reservations: SqlReservationStore

    def __init__(self, engine: Engine, *, clock: Clock) -> None:
        super().__init__(engine, source=SOURCE, clock=clock)

    def opened(self) -> None:
        """Build the stores on the open connection."""
        self.organizations = SqlOrganizationStore(self.connection)
        self.listings = SqlListingStore(self.connection)
        self.reference = SqlReferenceData(self.connection)
        self.reservations = SqlReservationStore(self.connection)
