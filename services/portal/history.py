"""Turns the entries of a referral's history into sentences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from services.portal import wording

_ACTIONS = {
    "create": _l("Draft written"),
    "replace": _l("Draft changed"),
    "send": _l("Referral sent"),
    "acknowledge": _l("Receipt confirmed"),
    "accept": _l("Referral accepted"),
    "reject": _l("Referral rejected"),
    "start": _l("First contact with the child"),
    "hold": _l("Put on hold"),
    "resume": _l("Work goes on"),
    "complete": _l("Completed"),
    "fail": _l("Could not be carried through"),
    "cancel": _l("Cancelled"),
    "expire": _l("Expired without an answer"),
    "withdraw_consent": _l("Consent withdrawn"),
    "mark_entered_in_error": _l("Marked as entered in error"),
    "set_appointment": _l("Appointment"),
    "give_feedback": _l("Reported back"),
    "service_closed": wording.LISTING_STATUS["withdrawn"],
    "read_packet": _l("The child's data was read"),
    "remind": _l("Reminder sent"),
}


def lines_of(entries: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return what the timeline shows; the same delivery to several people in a row is one line with its number."""
    lines: list[dict[str, Any]] = []
    for entry in entries:
        line = _line_of(entry)
        last = lines[-1] if lines else None
        if last and line["kind"] == "delivery" and (last["kind"], last["text"]) == ("delivery", line["text"]):
            last["times"] += 1
        else:
            lines.append(line)
    return lines


def _line_of(entry: Mapping[str, Any]) -> dict[str, Any]:
    detail = entry.get("detail") or {}
    return {
        "kind": entry["kind"],
        "at": entry["at"],
        "text": _text(entry, detail),
        "who": _who(entry.get("actor")),
        "facts": _facts(entry, detail),
        "times": 1,
    }


def _text(entry: Mapping[str, Any], detail: Mapping[str, Any]) -> str:
    kind, action = entry["kind"], str(entry["action"])
    if kind == "deadline":
        deadline = str(detail.get("deadline", action))
        return _("Not done in time: %(what)s", what=wording.DUE.get(deadline, deadline))
    if kind == "delivery":
        channel = wording.CHANNELS.get(str(detail.get("channel")), _("Message"))
        failed = "failed" in action or detail.get("result") == "failed"
        return _("Could not be delivered: %(channel)s", channel=channel) if failed else str(channel)
    if kind == "access":
        return _("The child's data was read")
    return str(_ACTIONS.get(action, wording.STATUS.get(str(entry.get("to_status")), action.replace("_", " "))))


def _who(actor: Mapping[str, Any] | None) -> str:
    if actor is None:
        return _("The system")
    name = actor.get("agency_name") or _("Another agency")
    role = wording.ROLES.get(str(actor.get("role")))
    return f"{name} ({role})" if role else str(name)


def _facts(entry: Mapping[str, Any], detail: Mapping[str, Any]) -> list[str]:
    facts: list[Any] = []
    if entry.get("reason_code"):
        facts.append(wording.REASONS.get(str(entry["reason_code"]), entry["reason_code"]))
    if entry.get("outcome_code"):
        facts.append(wording.OUTCOMES.get(str(entry["outcome_code"]), entry["outcome_code"]))
    if detail.get("purpose"):
        facts.append(wording.PURPOSES.get(str(detail["purpose"]), detail["purpose"]))
    if entry["action"] == "set_appointment" and detail.get("status"):
        facts.append(wording.APPOINTMENT.get(str(detail["status"]), detail["status"]))
    return [str(fact) for fact in facts]
