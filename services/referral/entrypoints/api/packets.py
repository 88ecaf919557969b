"""Reading the child's data and the history over HTTP; both reads are recorded."""

from __future__ import annotations

from chassis.auth import current_principal
from services.referral.adapters.queries import visible_history
from services.referral.application.open_referral import open_for_reading
from services.referral.application.read_packet import read_packet
from services.referral.entrypoints.api.edge import Answer, acting, container, headers_of
from services.referral.entrypoints.api.presenters import present_due, present_history_entry, present_packet


def get_packet(referral_id: str, purpose: str = "case_work") -> Answer:
    """Read what of the child's data the caller may see now."""
    actor, uow = acting()
    packet = read_packet(referral_id, purpose=purpose, uow=uow, actor=actor, clock=container().clock)
    return present_packet(packet), 200, headers_of(packet.referral.version)


def get_history(referral_id: str) -> Answer:
    """Read who did what and when, and what is due next."""
    principal, built = current_principal(), container()
    now = built.clock.now()
    with built.unit_of_work(principal) as uow:
        referral, party = open_for_reading(uow, referral_id, agency_id=principal.agency_id)
        lines = visible_history(uow, referral, party)
        names = uow.agencies.names_of({line.actor_agency_id for line in lines if line.actor_agency_id})
        uow.audit(action="read_history", referral_id=referral.id, purpose="case_work")
        uow.commit()
    view = {
        "referral_id": referral.id,
        "entries": [present_history_entry(line, names) for line in lines],
        "due": present_due(referral, now),
    }
    return view, 200, headers_of(referral.version)
