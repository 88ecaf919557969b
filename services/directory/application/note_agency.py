"""Takes note of an agency that joined the network."""

from __future__ import annotations

from chassis.events.envelope import Event
from services.directory.application.ports import UnitOfWork

REGISTERED = "agency.registered.v1"


def note_agency(uow: UnitOfWork, event: Event) -> None:
    """Note in the caller's transaction that the agency is there; its name and kind stay with identity."""
    uow.agencies.note(str(event.data["agency_id"]))
