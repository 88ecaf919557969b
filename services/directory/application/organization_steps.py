"""Opens an organization for a step of the table in ``domain/review.py``, or says why the step cannot be taken."""

from __future__ import annotations

from dataclasses import dataclass

from services.directory.application.kept_organization import kept_organization
from services.directory.application.ports import Caller, UnitOfWork
from services.directory.domain.organization import Organization
from services.directory.domain.organization_review import situation_of
from services.directory.domain.review import Action, Situation, Transition, allowed_actions
from services.directory.domain.reviewing import check_step


@dataclass(frozen=True, kw_only=True)
class ChangeOrganization:
    """A step of an organization; ``expected_version`` None asks for no check."""

    principal: Caller
    organization_id: str
    expected_version: str | None = None


def take_step(uow: UnitOfWork, command: ChangeOrganization, action: Action) -> tuple[Organization, Transition]:
    """Return the organization, held for writing, and the row of the table.

    Raises NotFound for every agency that does not keep it itself, MergedInto, VersionIsStale, or TransitionNotAllowed
    with what may be done instead.
    """
    principal = command.principal
    organization = kept_organization(uow, principal, command.organization_id, command.expected_version)
    return organization, check_step(action, _situation(principal, organization))


def actions_open(principal: Caller, organization: Organization) -> list[str]:
    """Return what the caller may do with the organization now; a delegate only reads it."""
    if not organization.may_be_kept_by(principal.agency_id):
        return []
    return allowed_actions(_situation(principal, organization))


def _situation(principal: Caller, organization: Organization) -> Situation:
    return situation_of(organization, agency_id=principal.agency_id, account_id=principal.account_id)
