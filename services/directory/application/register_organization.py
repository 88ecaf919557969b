"""Registers an organization whose listings the caller's agency will keep."""

from __future__ import annotations

from dataclasses import dataclass

from chassis.clock import Clock
from chassis.ids import new_id
from services.directory.application.ports import Caller, UnitOfWorkFactory
from services.directory.domain.organization import Organization
from services.directory.domain.translation import Translation


@dataclass(frozen=True, kw_only=True)
class RegisterOrganization:
    """``is_linked`` says that the organization is the caller's own agency, which then receives its referrals."""

    principal: Caller
    name: str
    description: str
    country: str
    is_linked: bool = True
    alternate_name: str | None = None
    email: str | None = None
    website: str | None = None
    phone: str | None = None
    source_language: str | None = None
    translations: tuple[Translation, ...] = ()


def register_organization(
    command: RegisterOrganization, *, unit_of_work: UnitOfWorkFactory, clock: Clock
) -> Organization:
    """Keep the organization and return it; nobody can register one for another agency."""
    agency_id, now = command.principal.agency_id, clock.now()
    organization = Organization(
        id=new_id(),
        name=command.name,
        description=command.description,
        country=command.country,
        agency_id=agency_id if command.is_linked else None,
        maintaining_agency_id=agency_id,
        alternate_name=command.alternate_name,
        email=command.email,
        website=command.website,
        phone=command.phone,
        source_language=command.source_language,
        translations=command.translations,
    ).following(None, now)
    with unit_of_work() as uow:
        uow.organizations.add(organization, now)
        uow.record(
            principal=command.principal,
            action="organization.register",
            object_type="organization",
            object_id=organization.id,
        )
        uow.commit()
    return organization
