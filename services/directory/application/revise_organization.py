"""Changes what an organization says of itself: at once where nobody need look at it first, otherwise beside it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from chassis.clock import Clock
from services.directory.application.organization_steps import ChangeOrganization, take_step
from services.directory.application.own_listing import change_by, own_organization
from services.directory.application.ports import Caller, UnitOfWork, UnitOfWorkFactory
from services.directory.domain import organization_review as reviewing
from services.directory.domain.organization import Organization
from services.directory.domain.review import Action, Stage


@dataclass(frozen=True, kw_only=True)
class ReviseOrganization(ChangeOrganization):
    """All that the organization says of itself from now on, and the version that the caller has seen."""

    said: Mapping[str, Any]


def revise_organization(command: ReviseOrganization, *, unit_of_work: UnitOfWorkFactory, clock: Clock) -> Organization:
    """Keep it, by an agency that keeps the listings itself; saying the same again changes nothing.

    Its services carry at once what needs no second look: all of it, or the contacts alone.
    """
    with unit_of_work() as uow:
        before, row = take_step(uow, command, Action.EDIT)
        now = clock.now()
        wanted = before.revised(command.said, now)
        is_beside = row.target is Stage.REVISED
        after = reviewing.shown_at_once(before, wanted) if is_beside else wanted
        if after != before:
            uow.organizations.save(after, change_by(command.principal, "edit", at=now))
        if is_beside:
            after = _beside(uow, command.principal, after, wanted, now)
        if after != before:
            uow.record(
                principal=command.principal,
                action="organization.revise",
                object_type="organization",
                object_id=after.id,
            )
            uow.commit()
    return after


def _beside(
    uow: UnitOfWork, principal: Caller, organization: Organization, wanted: Organization, at: datetime
) -> Organization:
    """Keep the wanted texts as a revision if they differ from what everybody reads, and give up what waited if not."""
    proposed = reviewing.propose(organization, wanted, principal.account_id)
    if proposed == organization:
        return organization
    action = "discard" if proposed.revision is None else "edit"
    change = change_by(principal, action, is_proposal=proposed.revision is not None, at=at)
    return proposed.numbered(uow.organizations.save(proposed, change))


def read_own_organization(principal: Caller, organization_id: str, *, unit_of_work: UnitOfWorkFactory) -> Organization:
    """Return one whose listings the caller may keep, by delegation too."""
    with unit_of_work() as uow:
        return own_organization(uow, principal, organization_id)
