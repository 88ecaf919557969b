"""Takes an owner's word that listings still hold, so that they go on being shown and matched as they are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from chassis.clock import Clock
from services.directory.application.listing_steps import ChangeListing
from services.directory.application.own_listing import change_by, own_listing
from services.directory.application.ports import Caller, UnitOfWorkFactory
from services.directory.domain.errors import MergedInto, NotFound
from services.directory.domain.listing import Listing


@dataclass(frozen=True)
class Confirmed:
    """What became of confirming many: the listings confirmed, and why the others are not."""

    confirmed: list[str]
    refused: dict[str, str]


def confirm_listing(command: ChangeListing, *, unit_of_work: UnitOfWorkFactory, clock: Clock) -> Listing:
    """Confirm one; raises TransitionNotAllowed unless it is published."""
    with unit_of_work() as uow:
        listing, _ = own_listing(uow, command.principal, command.listing_id)
        listing.check_version(command.expected_version)
        listing.confirm(clock.now())
        uow.listings.save(listing, change_by(command.principal, "confirm"))
        uow.record(principal=command.principal, action="listing.confirm", object_type="listing", object_id=listing.id)
        uow.commit()
    return listing


def confirm_listings(
    principal: Caller, seen: Mapping[str, int | None], *, unit_of_work: UnitOfWorkFactory, clock: Clock
) -> Confirmed:
    """Confirm those that are the caller's and published; one that is not keeps no other from being confirmed.

    ``seen`` says of each listing the version that the caller has looked at, None where he does not say.
    """
    outcome = Confirmed([], {})
    # In one order, so that two callers never wait for each other in a circle.
    for listing_id, version in sorted(seen.items()):
        with unit_of_work() as uow:
            try:
                listing, _ = own_listing(uow, principal, listing_id)
            except NotFound:
                outcome.refused[listing_id] = "not_found"
                continue
            except MergedInto:
                outcome.refused[listing_id] = "merged"
                continue
            if not listing.is_published:
                outcome.refused[listing_id] = "not_published"
                continue
            if version not in (None, listing.version):
                outcome.refused[listing_id] = "changed"
                continue
            listing.confirm(clock.now())
            uow.listings.save(listing, change_by(principal, "confirm"))
            uow.record(principal=principal, action="listing.confirm", object_type="listing", object_id=listing.id)
            uow.commit()
            outcome.confirmed.append(listing_id)
    return outcome
