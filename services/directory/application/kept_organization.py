"""Finds an organization for an agency that keeps its listings itself, and holds it for a change."""

from __future__ import annotations

from services.directory.application.own_listing import own_organization, own_organization_or_folded
from services.directory.application.ports import Caller, UnitOfWork, UnitOfWorkFactory
from services.directory.domain.errors import NotFound, VersionIsStale
from services.directory.domain.merging import version_of
from services.directory.domain.organization import Organization


def kept_organization(
    uow: UnitOfWork, principal: Caller, organization_id: str, expected_version: str | None
) -> Organization:
    """Return it as it is until the transaction ends; a delegate keeps its listings, not the organization.

    Raises NotFound for every other agency, MergedInto for one that was folded, VersionIsStale unless the caller has
    seen it as it is now; None asks for no check.
    """
    uow.organizations.hold([organization_id])
    organization = own_organization(uow, principal, organization_id)
    _check_kept(principal, organization)
    if expected_version not in (None, version_of(organization)):
        raise VersionIsStale("Read it again, look at what changed, and repeat.")
    return organization


def check_kept_organization(principal: Caller, organization_id: str, *, unit_of_work: UnitOfWorkFactory) -> None:
    """Raise NotFound unless the caller's agency keeps it itself, or did when it was folded into another."""
    with unit_of_work() as uow:
        _check_kept(principal, own_organization_or_folded(uow, principal, organization_id))


def _check_kept(principal: Caller, organization: Organization) -> None:
    if not organization.may_be_kept_by(principal.agency_id):
        raise NotFound("There is no such organization among those your agency keeps.")
