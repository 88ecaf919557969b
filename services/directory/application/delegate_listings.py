"""Lets another agency, or some of its people, keep listings, and ends that again."""

from __future__ import annotations

from dataclasses import dataclass

from chassis.clock import Clock
from chassis.ids import new_id
from services.directory.application.ports import Caller, UnitOfWork, UnitOfWorkFactory
from services.directory.domain.delegation import Delegation
from services.directory.domain.errors import ContentDoesNotFit, NotFound, UnknownCode


@dataclass(frozen=True, kw_only=True)
class DelegateListings:
    """To whom the caller's agency delegates what; no accounts means everybody there who keeps listings."""

    principal: Caller
    to_agency_id: str
    account_ids: tuple[str, ...] = ()
    municipality_codes: tuple[str, ...] = ()
    organization_ids: tuple[str, ...] = ()


def delegate_listings(command: DelegateListings, *, unit_of_work: UnitOfWorkFactory, clock: Clock) -> Delegation:
    """Keep the delegation; raise NotFound for an organization that is not the agency's own to keep.

    Raises ContentDoesNotFit for an agency that nobody has heard of.
    """
    delegation = Delegation(
        id=new_id(),
        from_agency_id=command.principal.agency_id,
        to_agency_id=command.to_agency_id,
        account_ids=command.account_ids,
        municipality_codes=command.municipality_codes,
        organization_ids=command.organization_ids,
        created_at=clock.now(),
    )
    with unit_of_work() as uow:
        _check_receiver(uow, delegation)
        unknown = uow.reference.unknown_municipalities(command.municipality_codes)
        if unknown:
            raise UnknownCode("These codes are not known here.", unknown_codes=unknown)
        for organization_id in command.organization_ids:
            # What was delegated to the caller is not his to delegate: no look at delegations here.
            organization = uow.organizations.get(organization_id)
            if organization is None or not organization.may_be_kept_by(command.principal.agency_id):
                raise NotFound("There is no such organization among those your agency keeps.")
        uow.delegations.add(delegation)
        uow.record(
            principal=command.principal, action="delegation.give", object_type="delegation", object_id=delegation.id
        )
        uow.commit()
    return delegation


def end_delegation(
    principal: Caller,
    delegation_id: str,
    *,
    expected_version: int | None,
    unit_of_work: UnitOfWorkFactory,
    clock: Clock,
) -> None:
    """End it from now on, by the giver or the receiver; ending it again changes nothing."""
    with unit_of_work() as uow:
        delegation = uow.delegations.get(delegation_id)
        if delegation is None or principal.agency_id not in (delegation.from_agency_id, delegation.to_agency_id):
            raise NotFound("There is no such delegation of your agency.")
        delegation.check_version(expected_version)
        if delegation.ended_at is None:
            uow.delegations.end(delegation_id, clock.now())
            uow.record(principal=principal, action="delegation.end", object_type="delegation", object_id=delegation_id)
            uow.commit()


def _check_receiver(uow: UnitOfWork, delegation: Delegation) -> None:
    # Where not even the giver has been heard of, nothing was told of agencies, or not enough to judge by.
    known = uow.agencies.known((delegation.from_agency_id, delegation.to_agency_id))
    if known == {delegation.from_agency_id}:
        raise ContentDoesNotFit(
            "There is no such agency in the network.", code="agency_unknown", fields=("to_agency_id",)
        )
