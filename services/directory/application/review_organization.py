"""Submits what an organization is to say for review, takes it back, comments on it, and decides on it."""

from __future__ import annotations

from datetime import datetime

from chassis.clock import Clock
from services.directory.application.announcements import announce_review_of_organization
from services.directory.application.kept_organization import kept_organization
from services.directory.application.organization_steps import ChangeOrganization, take_step
from services.directory.application.own_listing import change_by
from services.directory.application.ports import Caller, UnitOfWork, UnitOfWorkFactory
from services.directory.application.publish_listing import REVIEW_WAIVED
from services.directory.domain import organization_review as reviewing
from services.directory.domain.errors import NotFound
from services.directory.domain.organization import Organization
from services.directory.domain.review import Action

# Of these the agencies that keep it are told.
_TOLD = (Action.SUBMIT, Action.COMMENT, Action.APPROVE, Action.REJECT)


def submit_organization(command: ChangeOrganization, *, unit_of_work: UnitOfWorkFactory, clock: Clock) -> Organization:
    """Ask for a decision on the revision, and tell the agencies that may take it."""
    with unit_of_work() as uow:
        organization, _ = take_step(uow, command, Action.SUBMIT)
        now = clock.now()
        submitted = reviewing.submit(organization, command.principal.account_id, now)
        return _kept(uow, command.principal, submitted, Action.SUBMIT, now)


def recall_organization(command: ChangeOrganization, *, unit_of_work: UnitOfWorkFactory, clock: Clock) -> Organization:
    """Take the revision back from review, to work on it."""
    with unit_of_work() as uow:
        organization, _ = take_step(uow, command, Action.RECALL)
        return _kept(uow, command.principal, reviewing.recall(organization), Action.RECALL, clock.now())


def comment_on_organization(
    command: ChangeOrganization, note: str, *, unit_of_work: UnitOfWorkFactory, clock: Clock
) -> Organization:
    """Say something about what is in review without deciding, and tell who keeps it that something was said."""
    with unit_of_work() as uow:
        organization, _ = take_step(uow, command, Action.COMMENT)
        return _kept(uow, command.principal, organization, Action.COMMENT, clock.now(), note=note)


def approve_organization(command: ChangeOrganization, *, unit_of_work: UnitOfWorkFactory, clock: Clock) -> Organization:
    """Let the organization say what was submitted; only a second person can."""
    with unit_of_work() as uow:
        organization, _ = take_step(uow, command, Action.APPROVE)
        now = clock.now()
        return _kept(uow, command.principal, reviewing.put_in(organization, now), Action.APPROVE, now)


def reject_organization(
    command: ChangeOrganization, reason: str, note: str | None, *, unit_of_work: UnitOfWorkFactory, clock: Clock
) -> Organization:
    """Send the revision back with a reason; only a second person can."""
    with unit_of_work() as uow:
        organization, _ = take_step(uow, command, Action.REJECT)
        rejected = reviewing.reject(organization, reason, note)
        return _kept(uow, command.principal, rejected, Action.REJECT, clock.now(), reason=reason, note=note)


def publish_organization(command: ChangeOrganization, *, unit_of_work: UnitOfWorkFactory, clock: Clock) -> Organization:
    """Let it say what waits, where it does without review; where nothing waits, nothing changes."""
    with unit_of_work() as uow:
        organization, _ = take_step(uow, command, Action.PUBLISH)
        if organization.revision is None:
            return organization
        now = clock.now()
        published = reviewing.put_in(organization, now)
        return _kept(uow, command.principal, published, Action.PUBLISH, now, reason=REVIEW_WAIVED)


def discard_revision_of_organization(
    command: ChangeOrganization, *, unit_of_work: UnitOfWorkFactory, clock: Clock
) -> Organization:
    """Give up the revision; what the organization says stays as it is."""
    with unit_of_work() as uow:
        organization, _ = take_step(uow, command, Action.DISCARD)
        return _kept(uow, command.principal, reviewing.discard(organization), Action.DISCARD, clock.now())


def read_revision_of_organization(
    principal: Caller, organization_id: str, *, unit_of_work: UnitOfWorkFactory
) -> Organization:
    """Return an organization beside which something waits, to its keepers; raise NotFound where nothing does."""
    with unit_of_work() as uow:
        organization = kept_organization(uow, principal, organization_id, None)
    if organization.revision is None:
        raise NotFound("No revision waits beside this organization.")
    return organization


def _kept(
    uow: UnitOfWork,
    principal: Caller,
    organization: Organization,
    action: Action,
    at: datetime,
    *,
    reason: str | None = None,
    note: str | None = None,
) -> Organization:
    """Save the organization with its version, the audit record and the news, and make it permanent."""
    told = {"reason": reason, "note": note, "is_proposal": organization.revision is not None, "at": at}
    number = uow.organizations.save(organization, change_by(principal, action.value, **told))
    if action in _TOLD:
        announce_review_of_organization(uow, organization, number, step=action.value, by=principal.account_id, at=at)
    uow.record(
        principal=principal,
        action=f"organization.{action.value}",
        object_type="organization",
        object_id=organization.id,
        purpose=REVIEW_WAIVED if reason == REVIEW_WAIVED else None,
    )
    uow.commit()
    return organization.numbered(number)
