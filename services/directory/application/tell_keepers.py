"""Tells the other agencies that keep a listing or an organization what one of them has done; never that one itself."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from chassis.clock import to_rfc3339
from services.directory.application.ports import Caller, UnitOfWork
from services.directory.domain.listing import Listing
from services.directory.domain.merging import Merge
from services.directory.domain.organization import Organization


def tell_of_step(
    uow: UnitOfWork, listing: Listing, owners: Iterable[Organization], *, step: str, by: Caller, at: datetime
) -> None:
    """Tell the keepers of ``owners``, the organizations that the step concerns, what was done to the listing.

    Call it when the listing is saved. What a delegate does is told to all of them.
    """
    said = {
        "service_id": listing.id,
        "organization_id": listing.organization_id,
        "action": step,
        "actor_agency_id": by.agency_id,
        "occurred_at": to_rfc3339(at),
    }
    for agency_id in _others(owners, by):
        data = {**said, "agency_id": agency_id}
        uow.emit("listing.changed.v1", subject=listing.id, aggregate_version=listing.version, data=data)


def tell_of_merge(uow: UnitOfWork, merge: Merge, owners: Iterable[Organization], *, by: Caller) -> None:
    """Tell the keepers of two organizations that they are one; once, however many listings have moved."""
    said = {
        "merge_id": merge.id,
        "organization_id": merge.folded_id,
        "merged_into": merge.kept_id,
        "actor_agency_id": by.agency_id,
        "occurred_at": to_rfc3339(merge.merged_at),
    }
    for agency_id in _others(owners, by):
        data = {**said, "agency_id": agency_id}
        uow.emit("organization.merged.v1", subject=merge.id, aggregate_version=1, data=data)


def _others(owners: Iterable[Organization], by: Caller) -> list[str]:
    keepers = {agency_id for owner in owners for agency_id in owner.keepers if agency_id}
    return sorted(keepers - {by.agency_id})
