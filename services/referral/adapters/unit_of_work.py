"""One transaction of the referral service, with everything a use case works on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Engine

from chassis.clock import Clock
from chassis.encryption import KeyRing
from chassis.principal import Principal
from chassis.unit_of_work import SqlUnitOfWork
from services.referral.adapters.agency_store import SqlAgencies
from services.referral.adapters.history_store import SqlHistory
from services.referral.adapters.listing_store import SqlListings
from services.referral.adapters.repositories import SqlReferrals
from services.referral.adapters.sealing import SealedParts

SOURCE = "/services/referral"


class ReferralUnitOfWork(SqlUnitOfWork):
    """The unit of work of one principal; without a principal the system itself acts."""

    referrals: SqlReferrals
    parts: SealedParts
    history: SqlHistory
    listings: SqlListings
    agencies: SqlAgencies

    def __init__(self, engine: Engine, *, clock: Clock, key_ring: KeyRing, principal: Principal | None = None) -> None:
        super().__init__(engine, source=SOURCE, clock=clock)
        self._key_ring = key_ring
        self._principal = principal

    def opened(self) -> None:
        """Build the stores on the open connection."""
        self.referrals = SqlReferrals(self.connection)
        self.parts = SealedParts(self.connection, self._key_ring)
        self.history = SqlHistory(self.connection)
        self.listings = SqlListings(self.connection)
        self.agencies = SqlAgencies(self.connection)

    def announce(self, event_type: str, *, subject: str, aggregate_version: int, data: Mapping[str, Any]) -> None:
        """Write an event to the outbox."""
        self.emit(event_type, subject=subject, aggregate_version=aggregate_version, data=data)

    def audit(self, *, action: str, referral_id: str, purpose: str | None = None) -> None:
        """Add to the audit record; do it last."""
        self.record(
            principal=self._principal, action=action, object_type="referral", object_id=referral_id, purpose=purpose
        )
