"""Changes what an organization says of itself; its services carry the new name and contacts at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from chassis.clock import Clock
from services.directory.application.kept_organization import kept_organization
from services.directory.application.own_listing import change_by, own_organization
from services.directory.application.ports import Caller, UnitOfWorkFactory
from services.directory.domain.organization import Organization


@dataclass(frozen=True, kw_only=True)
class ReviseOrganization:
    """All that the organization says of itself from now on, and the version that the caller has seen."""

    principal: Caller
    organization_id: str
    expected_version: str | None
    said: Mapping[str, Any]


def revise_organization(command: ReviseOrganization, *, unit_of_work: UnitOfWorkFactory, clock: Clock) -> Organization:
    """Keep it, by an agency that keeps the listings itself; saying the same again changes nothing."""
    with unit_of_work() as uow:
        before = kept_organization(uow, command.principal, command.organization_id, command.expected_version)
        now = clock.now()
        revised = before.revised(command.said, now)
        if revised != before:
            uow.organizations.save(revised, change_by(command.principal, "edit", at=now))
            uow.record(
                principal=command.principal,
                action="organization.revise",
                object_type="organization",
                object_id=revised.id,
            )
            uow.commit()
    return revised


def read_own_organization(principal: Caller, organization_id: str, *, unit_of_work: UnitOfWorkFactory) -> Organization:
    """Return one whose listings the caller may keep, by delegation too."""
    with unit_of_work() as uow:
        return own_organization(uow, principal, organization_id)
