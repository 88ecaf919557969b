"""Folds one listing or organization into another that is the same; what pointed to the old one finds the new one."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from chassis.clock import Clock
from chassis.ids import new_id
from services.directory.application.announcements import announce_published, announce_withdrawn
from services.directory.application.own_listing import change_by, check_reach, own_listing, own_organization
from services.directory.application.ports import Caller, UnitOfWork, UnitOfWorkFactory
from services.directory.application.tell_keepers import tell_of_merge, tell_of_step
from services.directory.domain import merging
from services.directory.domain.errors import NotFound, VersionIsStale
from services.directory.domain.listing import Listing
from services.directory.domain.merging import Merge
from services.directory.domain.organization import Organization


@dataclass(frozen=True, kw_only=True)
class MergeRecords:
    """Which record is kept and which folded, each as the caller has seen it, and what the kept one takes over."""

    principal: Caller
    keep_id: str
    keep_version: str
    fold_id: str
    fold_version: str
    take: Collection[str] = ()


def merge_listings(command: MergeRecords, *, unit_of_work: UnitOfWorkFactory, clock: Clock) -> Merge:
    """Fold one listing into another; open referrals to the old one stay as they are, new ones go to the kept one."""
    now = clock.now()
    with unit_of_work() as uow:
        # Always held in one order, so that two merges of the same pair do not wait for each other in a circle.
        both = sorted({command.keep_id, command.fold_id})
        held = {listing_id: own_listing(uow, command.principal, listing_id) for listing_id in both}
        (kept, keeper), (folded, former) = held[command.keep_id], held[command.fold_id]
        uow.organizations.hold({keeper.id, former.id})
        _check_seen("keep", command.keep_version, str(kept.version))
        _check_seen("fold", command.fold_version, str(folded.version))
        merging.check_mergeable(kept, folded, take=command.take, keeper=keeper, former=former)
        content, fields = merging.merged_content(kept.content, folded.content, command.take)
        check_reach(uow, command.principal, keeper, content)
        if command.take:
            kept.revise(content, now)
            uow.listings.save(kept, change_by(command.principal, "merge", at=now))
            if kept.is_published:
                announce_published(uow, kept, keeper)
        _fold(uow, command, folded, former, now)
        tell_of_step(uow, folded, [keeper, former], step="merge", by=command.principal, at=now)
        merge = _keep(uow, command, "listing", fields, now)
        uow.commit()
    return merge


def merge_organizations(command: MergeRecords, *, unit_of_work: UnitOfWorkFactory, clock: Clock) -> Merge:
    """Fold one organization into another, which takes over all its listings."""
    now = clock.now()
    with unit_of_work() as uow:
        for organization_id in sorted({command.keep_id, command.fold_id}):
            _keepers_organization(uow, command.principal, organization_id)
        # Listings before organizations: the order in which everybody holds them.
        ids = uow.listings.ids_of_organization(command.fold_id)
        moving = [listing for listing in map(uow.listings.get, ids) if listing is not None]
        uow.organizations.hold([command.keep_id, command.fold_id])
        if uow.listings.ids_of_organization(command.fold_id) != ids:
            raise VersionIsStale("It has another listing since then. Read both again, and repeat.", record="fold")
        kept = _keepers_organization(uow, command.principal, command.keep_id)
        folded = _keepers_organization(uow, command.principal, command.fold_id)
        _check_seen("keep", command.keep_version, merging.version_of(kept))
        _check_seen("fold", command.fold_version, merging.version_of(folded))
        merging.check_organizations_mergeable(kept, folded, take=command.take, moving=moving)
        merged, fields = merging.merged_organization(kept, folded, command.take)
        kept = merged.following(kept, now)
        uow.organizations.save(kept, change_by(command.principal, "merge", at=now))
        _move(uow, command, moving, kept, now)
        gone = replace(folded, is_public=False, revision=None)
        uow.organizations.fold(gone, change_by(command.principal, "fold", at=now))
        merge = _keep(uow, command, "organization", fields, now)
        tell_of_merge(uow, merge, [kept, folded], by=command.principal)
        uow.commit()
    return merge


def _fold(uow: UnitOfWork, command: MergeRecords, folded: Listing, owner: Organization, now: datetime) -> None:
    was_published = folded.is_published
    folded.fold(now)
    uow.listings.save(folded, change_by(command.principal, "fold", at=now))
    if was_published:
        announce_withdrawn(uow, folded, owner, replaced_by=command.keep_id)


def _keepers_organization(uow: UnitOfWork, principal: Caller, organization_id: str) -> Organization:
    """Return an organization that the agency keeps itself; a delegate may keep listings, not merge their owners."""
    organization = own_organization(uow, principal, organization_id)
    if not organization.may_be_kept_by(principal.agency_id):
        raise NotFound("There is no such organization among those your agency keeps.")
    return organization


def _move(uow: UnitOfWork, command: MergeRecords, moving: Sequence[Listing], kept: Organization, now: datetime) -> None:
    """Give the listings to the kept organization, all at once: what readers see of it is made anew but one time."""
    for listing in moving:
        listing.organization_id = kept.id
        listing.changed(now)
    change = change_by(command.principal, "move", at=now)
    uow.listings.save_many([(listing, change) for listing in moving])
    for listing in moving:
        if listing.is_published:
            announce_published(uow, listing, kept)


def _keep(uow: UnitOfWork, command: MergeRecords, kind: merging.Kind, fields: dict[str, str], now: datetime) -> Merge:
    merge = Merge(
        id=new_id(),
        kind=kind,
        kept_id=command.keep_id,
        folded_id=command.fold_id,
        agency_id=command.principal.agency_id,
        merged_at=now,
        fields=fields,
    )
    uow.merges.add(merge)
    uow.record(principal=command.principal, action=f"{kind}.merge", object_type=kind, object_id=command.fold_id)
    return merge


def _check_seen(record: str, seen: str, present: str) -> None:
    if seen != present:
        raise VersionIsStale("Read both again, look at what changed, and repeat.", record=record)
