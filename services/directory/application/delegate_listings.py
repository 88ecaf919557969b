"""Lets another agency, or some of its people, keep listings, and ends that again."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from chassis.clock import Clock, to_rfc3339
from chassis.ids import new_id
from services.directory.application.ports import Caller, UnitOfWork, UnitOfWorkFactory
from services.directory.domain.delegation import Delegation
from services.directory.domain.errors import ContentDoesNotFit, NotFound, UnknownCode
from services.directory.domain.organization import Organization


@dataclass(frozen=True, kw_only=True)
class DelegateListings:
    """To whom the caller's agency delegates what; no accounts means everybody there who keeps listings."""

    principal: Caller
    to_agency_id: str
    account_ids: tuple[str, ...] = ()
    municipality_codes: tuple[str, ...] = ()
    organization_ids: tuple[str, ...] = ()


def delegate_listings(command: DelegateListings, *, unit_of_work: UnitOfWorkFactory, clock: Clock) -> Delegation:
    """Keep the delegation and tell whom it concerns; raise NotFound for an organization that the agency does not keep.

    Raises ContentDoesNotFit for an agency that nobody has heard of, and for an organization that the caller's agency
    keeps for another one.
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
            _check_owner(organization, command.principal.agency_id)
        uow.delegations.add(delegation)
        concerned = (*delegation.sides, *uow.delegations.owners_reached(delegation))
        _tell(uow, "delegation.given.v1", delegation, concerned, by=command.principal, at=clock.now())
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
    """End it from now on, by the giver or the receiver; ending it again changes nothing.

    An agency whose own organizations it reaches ends it for these alone.
    """
    with unit_of_work() as uow:
        delegation = uow.delegations.get(delegation_id)
        owners = uow.delegations.owners_reached(delegation) if delegation else []
        if delegation is None or principal.agency_id not in (*delegation.sides, *owners):
            raise NotFound("There is no such delegation of your agency.")
        delegation.check_version(expected_version)
        ended = delegation.ended_by(principal.agency_id, clock.now())
        if ended != delegation:
            uow.delegations.save_end(ended)
            _tell_end(uow, ended, owners, by=principal, at=clock.now())
            uow.record(principal=principal, action="delegation.end", object_type="delegation", object_id=delegation_id)
            uow.commit()


def _check_receiver(uow: UnitOfWork, delegation: Delegation) -> None:
    # Where not even the giver has been heard of, nothing was told of agencies, or not enough to judge by.
    known = uow.agencies.known((delegation.from_agency_id, delegation.to_agency_id))
    if known == {delegation.from_agency_id}:
        raise ContentDoesNotFit(
            "There is no such agency in the network.", code="agency_unknown", fields=("to_agency_id",)
        )


def _check_owner(organization: Organization, giver: str) -> None:
    if not organization.may_be_delegated_by(giver):
        raise ContentDoesNotFit(
            "An organization has an agency of its own: that agency alone says who else keeps its listings.",
            code="owner_delegates",
            fields=("organization_ids",),
        )


def _tell_end(uow: UnitOfWork, ended: Delegation, owners: Iterable[str], *, by: Caller, at: datetime) -> None:
    owner = by.agency_id if ended.ended_at is None else None
    others = [owner] if owner else [each for each in owners if each not in ended.ended_for]
    _tell(uow, "delegation.ended.v1", ended, (*ended.sides, *others), by=by, at=at, ended_for_agency_id=owner)


def _tell(
    uow: UnitOfWork, kind: str, about: Delegation, agencies: Iterable[str], *, by: Caller, at: datetime, **more: Any
) -> None:
    """Emit one event for each agency; what is delegated is not said, for not each of them may know all of it."""
    said = {
        "delegation_id": about.id,
        "from_agency_id": about.from_agency_id,
        "to_agency_id": about.to_agency_id,
        "actor_account_id": by.account_id,
        "occurred_at": to_rfc3339(at),
        **more,
    }
    for agency_id in agencies:
        uow.emit(kind, subject=about.id, aggregate_version=about.version, data={**said, "agency_id": agency_id})
