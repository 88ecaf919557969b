"""Turns referrals, packets and histories into the API's answers; what a party may not see never gets here."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from chassis.clock import to_rfc3339
from services.referral.adapters.queries import Shown
from services.referral.application.ports import HistoryEntry
from services.referral.application.read_packet import OpenedPacket
from services.referral.domain.deadlines import DeadlineName
from services.referral.domain.referral import Referral
from services.referral.domain.status import Party, Status
from services.referral.domain.warnings import warnings_for

_TIMES = (
    "sent_at", "acknowledged_at", "decided_at", "started_at", "completed_at", "closed_at", "on_hold_until",
)  # fmt: skip
_CAME_BACK = frozenset({Status.REJECTED, Status.EXPIRED, Status.FAILED})


def present_referral(shown: Shown, now: datetime) -> dict[str, Any]:
    """Return the referral's view for one party."""
    referral, names = shown.referral, shown.agency_names
    is_own = shown.party is Party.REFERRING
    listing = shown.listing
    return {
        "id": referral.id,
        "reference": referral.reference,
        "kind": referral.kind.value,
        "status": referral.status.value,
        "urgency": referral.urgency.value,
        "version": referral.version,
        "direction": "outbound" if is_own else "inbound",
        "service": {
            "id": referral.service_id,
            "name": listing.name if listing else None,
            "organization_name": listing.organization_name if listing else None,
        },
        "service_status": listing.status if listing else "unknown",
        "service_reopens_at": _moment(listing.reopens_at) if listing and not listing.is_published else None,
        "referring_agency": _agency(referral.referring_agency_id, names),
        "receiving_agency": _agency(referral.receiving_agency_id, names),
        "responsible_agency_id": referral.responsible_agency_id,
        "triage": shown.triage,
        "consent": _consent(shown),
        "due": present_due(referral, now),
        "appointment": _appointment(referral),
        "outcome_code": referral.outcome_code,
        "reason_code": referral.reason_code,
        "allowed_actions": [action.value for action in referral.allowed_actions(shown.party, now)],
        "warnings": _warnings(shown),
        "suggestion": _suggestion(shown),
        "created_at": to_rfc3339(referral.created_at),
        **{name: _moment(getattr(referral, name)) for name in _TIMES},
    }


def present_due(referral: Referral, now: datetime) -> list[dict[str, Any]]:
    """Return what is, was or stands still to be done, in the order of the steps."""
    found = {deadline.name: deadline for deadline in referral.deadlines}
    return [
        {
            "action": name.value,
            "at": to_rfc3339(found[name].due_at),
            "state": found[name].state(now).value,
            "done_at": _moment(found[name].done_at),
        }
        for name in DeadlineName
        if name in found
    ]


def present_packet(packet: OpenedPacket) -> dict[str, Any]:
    """Return the packet's view."""
    view: dict[str, Any] = {
        "referral_id": packet.referral.id,
        "groups": packet.groups,
        "withheld": [{"group": group.value, "reason": reason.value} for group, reason in packet.withheld.items()],
        "feedback": packet.feedback,
    }
    if packet.party is Party.REFERRING:
        view["case_reference"] = packet.case.get("case_reference")
        view["override_reason"] = packet.case.get("override_reason")
    return view


def present_history_entry(entry: HistoryEntry, names: dict[str, str]) -> dict[str, Any]:
    """Return one line of history."""
    actor = None
    if entry.actor_agency_id is not None:
        actor = {
            "agency_id": entry.actor_agency_id,
            "agency_name": names.get(entry.actor_agency_id),
            "account_id": entry.actor_account_id,
            "role": entry.actor_role,
        }
    return {
        "kind": entry.kind,
        "at": to_rfc3339(entry.at),
        "action": entry.action,
        "from_status": entry.from_status,
        "to_status": entry.to_status,
        "actor": actor,
        "reason_code": entry.reason_code,
        "outcome_code": entry.outcome_code,
        "detail": dict(entry.detail or {}),
    }


def _agency(agency_id: str | None, names: Any) -> dict[str, Any] | None:
    return None if agency_id is None else {"id": agency_id, "name": names.get(agency_id)}


def _consent(shown: Shown) -> dict[str, Any] | None:
    given, referral = shown.referral.consent, shown.referral
    is_own = shown.party is Party.REFERRING
    if given is None or (not is_own and shown.triage is None):
        return None
    view: dict[str, Any] = {
        "basis": given.basis.value,
        "data_groups": sorted(group.value for group in given.data_groups),
        "withdrawn_at": _moment(referral.consent_withdrawn_at),
    }
    if is_own:
        view |= {
            "given_by": given.given_by.value,
            "form": given.form.value,
            "language": given.language,
            "obtained_at": _moment(given.obtained_at),
            "valid_until": _moment(given.valid_until),
            "child_assent": given.child_assent.value if given.child_assent else None,
        }
    return view


def _appointment(referral: Referral) -> dict[str, Any] | None:
    appointment = referral.appointment
    return None if appointment is None else {"status": appointment.status.value, "at": _moment(appointment.at)}


def _warnings(shown: Shown) -> list[dict[str, str]]:
    """Warn the writer while it can still act on a warning."""
    referral, listing = shown.referral, shown.listing
    if shown.party is not Party.REFERRING or referral.status not in (Status.DRAFT, Status.SENT) or not shown.triage:
        return []
    return warnings_for(
        age_band=shown.triage["age_band"],
        sex=shown.triage["sex"],
        minimum_age=listing.minimum_age if listing else None,
        maximum_age=listing.maximum_age if listing else None,
        served_sex=listing.sex if listing else None,
        places_available=listing.places_available if listing else None,
        filled=referral.filled_groups,
        consent=referral.consent,
    )


def _suggestion(shown: Shown) -> dict[str, Any] | None:
    """For a referral that came back, or whose service is gone: what to ask the directory for next."""
    is_stranded = shown.referral.closed_at is None and shown.listing and not shown.listing.is_published
    if shown.party is not Party.REFERRING or not shown.triage:
        return None
    if not is_stranded and shown.referral.status not in _CAME_BACK:
        return None
    return {
        "needs": shown.triage["needs"],
        "age_band": shown.triage["age_band"],
        "municipality": shown.triage.get("municipality"),
        "except_service_id": shown.referral.service_id,
    }


def _moment(moment: datetime | None) -> str | None:
    return None if moment is None else to_rfc3339(moment)
