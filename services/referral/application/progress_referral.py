"""Moves a sent referral on: every action of either agency after sending."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from chassis.clock import Clock
from services.referral.application.open_referral import open_for_change
from services.referral.application.ports import FEEDBACK, UnitOfWork
from services.referral.application.tell import keep
from services.referral.domain.appointment import Appointment
from services.referral.domain.deadlines import DeadlineRules, Terms
from services.referral.domain.facts import Actor
from services.referral.domain.referral import Referral
from services.referral.domain.status import Action


@dataclass(frozen=True, slots=True)
class Move:
    """An action with what it needs; codes not on the action's list raise ReasonNotKnown."""

    action: Action
    reason_code: str = ""
    outcome_code: str = ""
    until: datetime | None = None
    appointment: Appointment | None = None
    feedback: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Progress:
    """Carries out moves, by the deadlines and the retention time of this installation."""

    clock: Clock
    rules: DeadlineRules
    retention: timedelta

    def move(
        self, referral_id: str, move: Move, *, expected_version: int | None, uow: UnitOfWork, actor: Actor
    ) -> Referral:
        """Carry out one move and return the referral; raises TransitionNotAllowed where the table has no row for it."""
        now = self.clock.now()
        with uow:
            referral = open_for_change(uow, referral_id, actor=actor, expected_version=expected_version)
            loaded_version = referral.version
            country = uow.agencies.country_of(referral.receiving_agency_id or "")
            terms = self.rules.terms_for(country, referral.urgency)
            self._steps(referral, move, actor=actor, now=now, terms=terms)[move.action]()
            if move.feedback is not None:
                uow.parts.write(referral.id, {FEEDBACK: move.feedback})
            keep(uow, referral, loaded_version=loaded_version)
            uow.audit(action=move.action.value, referral_id=referral.id)
            uow.commit()
        return referral

    def _steps(
        self, referral: Referral, move: Move, *, actor: Actor, now: datetime, terms: Terms
    ) -> Mapping[Action, Callable[[], None]]:
        appointment, reason, keep_for = move.appointment, move.reason_code, self.retention
        return {
            Action.ACKNOWLEDGE: lambda: referral.acknowledge(actor=actor, now=now),
            Action.ACCEPT: lambda: referral.accept(terms=terms, actor=actor, now=now),
            Action.REJECT: lambda: referral.reject(reason_code=reason, actor=actor, now=now),
            Action.START: lambda: referral.start(actor=actor, now=now),
            Action.HOLD: lambda: referral.hold(reason_code=reason, until=move.until, actor=actor, now=now),
            Action.RESUME: lambda: referral.resume(actor=actor, now=now),
            Action.SET_APPOINTMENT: lambda: referral.set_appointment(appointment=appointment, actor=actor, now=now),
            Action.COMPLETE: lambda: referral.complete(
                outcome_code=move.outcome_code, terms=terms, retention=keep_for, actor=actor, now=now
            ),
            Action.GIVE_FEEDBACK: lambda: referral.give_feedback(actor=actor, now=now),
            Action.FAIL: lambda: referral.fail(reason_code=reason, retention=keep_for, actor=actor, now=now),
            Action.CANCEL: lambda: referral.cancel(reason_code=reason, actor=actor, now=now),
            Action.WITHDRAW_CONSENT: lambda: referral.withdraw_consent(actor=actor, now=now),
            Action.MARK_ENTERED_IN_ERROR: lambda: referral.mark_entered_in_error(actor=actor, now=now),
        }
