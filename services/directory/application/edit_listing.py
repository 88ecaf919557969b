"""Replaces what a listing says: at once where nobody need look at it first, otherwise beside the published one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from chassis.clock import Clock
from services.directory.application.announcements import announce_published
from services.directory.application.listing_steps import ChangeListing, take_step
from services.directory.application.own_listing import change_by, check_codes, check_reach
from services.directory.application.ports import Caller, UnitOfWork, UnitOfWorkFactory
from services.directory.application.tell_keepers import tell_of_step
from services.directory.domain import reviewing
from services.directory.domain.errors import NotFound
from services.directory.domain.listing import Listing, ListingContent
from services.directory.domain.organization import Organization
from services.directory.domain.review import Action, Stage
from services.directory.domain.versions import going_back


@dataclass(frozen=True, kw_only=True)
class ReviseListing:
    """New content in place of the version that the caller has seen."""

    principal: Caller
    listing_id: str
    expected_version: int | None
    content: ListingContent


def revise_listing(command: ReviseListing, *, unit_of_work: UnitOfWorkFactory, clock: Clock) -> Listing:
    """Replace the content; the network learns at once of what becomes public."""
    step = _step(command.principal, command.listing_id, command.expected_version)
    with unit_of_work() as uow:
        listing, organization, row = take_step(uow, step, Action.EDIT)
        check_reach(uow, command.principal, organization, command.content)
        check_codes(uow, command.content)
        _Edit(uow, command.principal, listing, organization, "edit").put(command.content, row.target, clock.now())
        uow.record(principal=command.principal, action="listing.revise", object_type="listing", object_id=listing.id)
        uow.commit()
    return listing


def revert_listing(command: ChangeListing, number: int, *, unit_of_work: UnitOfWorkFactory, clock: Clock) -> Listing:
    """Write the content of an older version anew, as a change like any other; raise NotFound where there is none.

    A place that is confidential today stays as it is, whatever the version says of it.
    """
    with unit_of_work() as uow:
        listing, organization, row = take_step(uow, command, Action.EDIT)
        older = uow.versions.get(listing.id, number)
        if older is None:
            raise NotFound("There is no such version of this listing.")
        content = going_back(older.content, listing).then
        check_reach(uow, command.principal, organization, content)
        check_codes(uow, content)
        edit = _Edit(uow, command.principal, listing, organization, "revert", note=str(number))
        edit.put(content, row.target, clock.now())
        tell_of_step(uow, listing, [organization], step="revert", by=command.principal, at=clock.now())
        uow.record(principal=command.principal, action="listing.revert", object_type="listing", object_id=listing.id)
        uow.commit()
    return listing


def _step(principal: Caller, listing_id: str, expected_version: int | None) -> ChangeListing:
    return ChangeListing(principal=principal, listing_id=listing_id, expected_version=expected_version)


@dataclass(frozen=True)
class _Edit:
    """One edit in its transaction, by whom, and what its versions are called."""

    uow: UnitOfWork
    principal: Caller
    listing: Listing
    organization: Organization
    action: str
    note: str | None = None

    def put(self, content: ListingContent, target: Stage | None, at: datetime) -> None:
        """Write the content to where the table says it goes."""
        if target is Stage.REVISED:
            self._beside(content, at)
            return
        reviewing.edited(self.listing, content, self.principal.account_id, at)
        self._save(at)
        if self.listing.is_published:
            announce_published(self.uow, self.listing, self.organization)

    def _beside(self, content: ListingContent, at: datetime) -> None:
        """Publish what needs no second look, and keep the rest as a revision if there is any rest."""
        at_once = self.listing.content_after(reviewing.shown_at_once(self.listing, content), at)
        if at_once != self.listing.content:
            self.listing.revise(at_once, at)
            self._save(at)
            announce_published(self.uow, self.listing, self.organization)
        if self.listing.content_after(content, at) != self.listing.content:
            reviewing.propose(self.listing, content, self.principal.account_id, at)
            self._save(at, is_proposal=True)
        elif self.listing.proposal is not None:
            reviewing.discard(self.listing)
            self.uow.listings.save(self.listing, change_by(self.principal, "discard", at=at))

    def _save(self, at: datetime, *, is_proposal: bool = False) -> None:
        change = change_by(self.principal, self.action, note=self.note, is_proposal=is_proposal, at=at)
        self.uow.listings.save(self.listing, change)
