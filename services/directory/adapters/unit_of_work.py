"""The directory's transaction with its stores."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Engine

from chassis.clock import Clock
from chassis.unit_of_work import SqlUnitOfWork
from services.directory.adapters.agencies import SqlAgencies
from services.directory.adapters.claims import SqlClaimStore
from services.directory.adapters.confirmations import SqlConfirmationStore
from services.directory.adapters.delegations import SqlDelegationStore
from services.directory.adapters.enquiries import SqlEnquiryStore
from services.directory.adapters.import_store import SqlImportStore
from services.directory.adapters.merges import SqlMergeStore
from services.directory.adapters.opening_index import carry_on_spans
from services.directory.adapters.place_index import carry_on_places
from services.directory.adapters.reference_codes import SqlReferenceData
from services.directory.adapters.repositories import SqlListingStore, SqlOrganizationStore
from services.directory.adapters.reservations import SqlReservationStore
from services.directory.adapters.unmet_needs import SqlUnmetNeedStore
from services.directory.adapters.versions import SqlVersionStore

SOURCE = "/services/directory"


class DirectoryUnitOfWork(SqlUnitOfWork):
    """One transaction over organizations, listings, reference data and reservations."""

    organizations: SqlOrganizationStore
    listings: SqlListingStore
    reference: SqlReferenceData
    reservations: SqlReservationStore
    confirmations: SqlConfirmationStore
    imports: SqlImportStore
    unmet_needs: SqlUnmetNeedStore
    versions: SqlVersionStore
    enquiries: SqlEnquiryStore
    delegations: SqlDelegationStore
    agencies: SqlAgencies
    claims: SqlClaimStore
    merges: SqlMergeStore

    def __init__(self, engine: Engine, *, clock: Clock) -> None:
        super().__init__(engine, source=SOURCE, clock=clock)

    def opened(self) -> None:
        """Build the stores on the open connection."""
        self.organizations = SqlOrganizationStore(self.connection)
        self.listings = SqlListingStore(self.connection)
        self.reference = SqlReferenceData(self.connection)
        self.reservations = SqlReservationStore(self.connection)
        self.confirmations = SqlConfirmationStore(self.connection)
        self.imports = SqlImportStore(self.connection)
        self.unmet_needs = SqlUnmetNeedStore(self.connection)
        self.versions = SqlVersionStore(self.connection)
        self.enquiries = SqlEnquiryStore(self.connection)
        self.delegations = SqlDelegationStore(self.connection)
        self.agencies = SqlAgencies(self.connection)
        self.claims = SqlClaimStore(self.connection)
        self.merges = SqlMergeStore(self.connection)

    def carry_on_hours(self, now: datetime, limit: int) -> int:
        """Write down the coming opening times of services whose weeks differ; return for how many."""
        return carry_on_spans(self.connection, now, limit) + carry_on_places(self.connection, now, limit)
