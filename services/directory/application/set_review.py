"""Says for an organization whether what is published is looked at by a second person first."""

from __future__ import annotations

from dataclasses import replace

from services.directory.application.kept_organization import kept_organization
from services.directory.application.ports import Caller, UnitOfWorkFactory
from services.directory.domain.errors import TransitionNotAllowed
from services.directory.domain.organization import Organization, ReviewRule


def set_review(
    principal: Caller,
    organization_id: str,
    rule: ReviewRule | None,
    *,
    expected_version: str | None,
    unit_of_work: UnitOfWorkFactory,
) -> Organization:
    """Keep the rule, None for the one that follows from who keeps the listings; a waiver stays in the audit record.

    The agency that keeps the listings decides, since it answers for them; the one behind the organization, or a
    delegate, does not free itself from being looked at.
    """
    with unit_of_work() as uow:
        organization = kept_organization(uow, principal, organization_id, expected_version)
        if principal.agency_id != (organization.maintaining_agency_id or organization.agency_id):
            raise TransitionNotAllowed("The agency that keeps the listings decides this.", allowed_actions=[])
        if rule is not organization.review:
            uow.organizations.set_review(organization_id, rule)
            uow.record(
                principal=principal,
                action="organization.set_review",
                object_type="organization",
                object_id=organization_id,
                purpose=f"review_{rule.value if rule else 'automatic'}",
            )
            uow.commit()
    return replace(organization, review=rule)
