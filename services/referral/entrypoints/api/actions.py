"""Moving a referral through its life over HTTP, one function per action."""

from __future__ import annotations

from typing import Any

from chassis.concurrency import expected_version
from services.referral.application.progress_referral import Move
from services.referral.application.send_referral import send_referral
from services.referral.domain.status import Action
from services.referral.entrypoints.api.edge import Answer, acting, answer_with, container, idempotent_if_asked
from services.referral.entrypoints.api.schemas import AppointmentSchema, MoveSchema, read_body


@idempotent_if_asked("sendReferral")
def send(referral_id: str) -> Answer:
    """Send a draft to the agency behind its service."""
    actor, uow = acting()
    built = container()
    send_referral(
        referral_id,
        expected_version=expected_version(required=False),
        uow=uow,
        actor=actor,
        clock=built.clock,
        rules=built.rules,
    )
    return answer_with(referral_id)


@idempotent_if_asked("acknowledgeReferral")
def acknowledge(referral_id: str) -> Answer:
    """Say that it has arrived and was read."""
    return _move(referral_id, Move(Action.ACKNOWLEDGE))


@idempotent_if_asked("acceptReferral")
def accept(referral_id: str) -> Answer:
    """Take it on."""
    return _move(referral_id, Move(Action.ACCEPT))


@idempotent_if_asked("rejectReferral")
def reject(referral_id: str, body: dict[str, Any]) -> Answer:
    """Turn it down."""
    return _move(referral_id, _coded(Action.REJECT, body))


@idempotent_if_asked("startReferral")
def start(referral_id: str) -> Answer:
    """Say that the first contact with the child has taken place."""
    return _move(referral_id, Move(Action.START))


@idempotent_if_asked("holdReferral")
def hold(referral_id: str, body: dict[str, Any]) -> Answer:
    """Put it on hold."""
    return _move(referral_id, _coded(Action.HOLD, body))


@idempotent_if_asked("resumeReferral")
def resume(referral_id: str) -> Answer:
    """Go on with it."""
    return _move(referral_id, Move(Action.RESUME))


@idempotent_if_asked("completeReferral")
def complete(referral_id: str, body: dict[str, Any]) -> Answer:
    """Finish it, with its outcome."""
    return _move(referral_id, _coded(Action.COMPLETE, body))


@idempotent_if_asked("giveFeedback")
def give_feedback(referral_id: str, body: dict[str, Any]) -> Answer:
    """Report back to the referring agency."""
    return _move(referral_id, Move(Action.GIVE_FEEDBACK, feedback=body))


@idempotent_if_asked("failReferral")
def fail(referral_id: str, body: dict[str, Any]) -> Answer:
    """Say that it could not be carried through."""
    return _move(referral_id, _coded(Action.FAIL, body))


@idempotent_if_asked("cancelReferral")
def cancel(referral_id: str, body: dict[str, Any]) -> Answer:
    """Call it off."""
    return _move(referral_id, _coded(Action.CANCEL, body))


@idempotent_if_asked("withdrawConsent")
def withdraw_consent(referral_id: str) -> Answer:
    """Record that the consent was withdrawn."""
    return _move(referral_id, Move(Action.WITHDRAW_CONSENT))


@idempotent_if_asked("markEnteredInError")
def mark_entered_in_error(referral_id: str) -> Answer:
    """Mark it as entered in error."""
    return _move(referral_id, Move(Action.MARK_ENTERED_IN_ERROR))


@idempotent_if_asked("setAppointment")
def set_appointment(referral_id: str, body: dict[str, Any]) -> Answer:
    """Say when the child is expected, or whether it came."""
    return _move(referral_id, Move(Action.SET_APPOINTMENT, appointment=read_body(AppointmentSchema(), body)))


def _coded(action: Action, body: dict[str, Any]) -> Move:
    return Move(action, **read_body(MoveSchema(), body))


def _move(referral_id: str, move: Move) -> Answer:
    version = expected_version(required=False)
    actor, uow = acting()
    container().progress.move(referral_id, move, expected_version=version, uow=uow, actor=actor)
    return answer_with(referral_id)
