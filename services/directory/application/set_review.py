"""Says for an organization whether what is published is looked at by a second person first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from chassis.clock import Clock
from services.directory.application.announcements import announce_rule_of_review
from services.directory.application.kept_organization import kept_organization
from services.directory.application.own_listing import change_by
from services.directory.application.ports import Caller, UnitOfWorkFactory
from services.directory.domain.organization import Organization, ReviewRule
from services.directory.domain.review_rule import with_rule, without_lapsed_waiver


@dataclass(frozen=True, kw_only=True)
class SetReview:
    """Which rule a person of the agency wants, None for the one that follows from who keeps the listings."""

    principal: Caller
    account_id: str
    organization_id: str
    rule: ReviewRule | None
    expected_version: str | None


def set_review(
    command: SetReview, *, waiting: timedelta, unit_of_work: UnitOfWorkFactory, clock: Clock
) -> Organization:
    """Keep the rule, or that it was asked for until a second person agrees; who asked for what stays in the record.

    Where no second person has agreed after ``waiting``, it lapses.

    Raises what :func:`kept_organization` raises, and TransitionNotAllowed where another agency is to ask for it.
    """
    by, now = command.principal, clock.now()
    with unit_of_work() as uow:
        before = kept_organization(uow, by, command.organization_id, command.expected_version)
        after = with_rule(
            before, command.rule, agency_id=by.agency_id, account_id=command.account_id, at=now, waiting=waiting
        )
        if after == without_lapsed_waiver(before, now):
            return before
        step = "ask_waiver" if after.waiver else "set_review"
        number = uow.organizations.set_review(after, change_by(by, step, at=now))
        announce_rule_of_review(uow, after, number, by=command.account_id, at=now)
        uow.record(
            principal=by,
            action=f"organization.{step}",
            object_type="organization",
            object_id=after.id,
            purpose=f"review_{command.rule.value if command.rule else 'automatic'}",
        )
        uow.commit()
    return after
