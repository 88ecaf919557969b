"""Takes an agency into the network."""

from __future__ import annotations

from chassis.clock import Clock
from services.identity.application.ports import UnitOfWork
from services.identity.domain.agency import Agency, AgencyKind


def register_agency(
    uow: UnitOfWork, *, agency_id: str, name: str, country: str, kind: AgencyKind, clock: Clock
) -> bool:
    """Register an agency and announce it; one that is there already is left alone and False returned.

    The caller commits.
    """
    if uow.agencies.get(agency_id) is not None:
        return False
    agency = Agency(id=agency_id, name=name, country=country, kind=kind, registered_at=clock.now())
    uow.agencies.add(agency)
    uow.emit(
        "agency.registered.v1",
        subject=agency.id,
        aggregate_version=agency.version,
        data={"agency_id": agency.id, "name": agency.name, "country": agency.country, "kind": agency.kind.value},
    )
    uow.record_act(actor=None, action="register", object_type="agency", object_id=agency.id)
    return True
