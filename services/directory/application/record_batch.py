"""Holds what is known of one batch of an import's records, and writes what was decided of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

from services.directory.application.announcements import announce_all_published, announce_doors
from services.directory.application.ports import UnitOfWork
from services.directory.domain.compared_traits import traits_of_listing
from services.directory.domain.errors import ContentDoesNotFit
from services.directory.domain.imports import Decision, Fault, Outcome, Record
from services.directory.domain.likeness import Traits
from services.directory.domain.listing import Listing, ListingContent
from services.directory.domain.organization import Organization
from services.directory.domain.versions import Change


class Refused(Exception):
    """A record cannot be taken in, for these faults."""

    def __init__(self, *faults: Fault) -> None:
        super().__init__()
        self.faults = faults


@dataclass
class Batch:
    """What is known of the records of one batch, and what is to be written."""

    uow: UnitOfWork
    at: datetime
    organizations: dict[str, Organization]
    listings: dict[str, Listing]
    new_organizations: dict[str, Organization] = field(default_factory=dict)
    alike: Mapping[str, Sequence[Mapping[str, Any]]] = field(default_factory=dict)
    new: list[tuple[Listing, Change]] = field(default_factory=list)
    changed: list[tuple[Listing, Change]] = field(default_factory=list)
    kept: list[tuple[str, Mapping[str, Any]]] = field(default_factory=list)
    doors: list[Listing] = field(default_factory=list)

    def write(self, agency_id: str) -> None:
        """Write what was decided, and tell of it."""
        uow = self.uow
        uow.organizations.add_many(list(self.new_organizations.values()), self.at)
        uow.listings.add_many(self.new)
        uow.listings.save_many(self.changed)
        uow.imports.keep_objects(agency_id, self.kept)
        told = [listing for listing, change in (*self.new, *self.changed) if not change.is_proposal]
        published = [(each, self.organizations[each.organization_id]) for each in told if each.is_published]
        announce_all_published(uow, published)
        announce_doors(uow, self.doors, self.organizations)


@dataclass(frozen=True)
class Draft:
    """A service that may be taken in: whose it is, and what it says beside what was known of it then."""

    told: dict[str, Any]
    record: Record
    owner: Organization
    before: ListingContent | None
    content: ListingContent

    @cached_property
    def traits(self) -> Traits:
        """What it is compared by, here and in the directory."""
        return traits_of_listing(self.content, self.owner)


def refused(told: Mapping[str, Any], fault: Refused | ContentDoesNotFit) -> Decision:
    """Return the decision on a record that is not taken in."""
    faults = fault.faults if isinstance(fault, Refused) else (Fault("", "does_not_fit", fault.told),)
    return Decision(**told, outcome=Outcome.REFUSED, faults=faults)


def check_not_merged(batch: Batch, column: str, record_id: str) -> None:
    """Refuse what is about a record that was folded into another: it comes back by no way."""
    merged_into = batch.uow.merges.now_at(record_id)
    if merged_into is not None:
        raise Refused(Fault(column, "merged", {"merged_into": merged_into}))
