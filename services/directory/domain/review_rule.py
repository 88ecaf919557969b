"""Who changes whether a second person looks: one person to ask for it, two people to do without."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from services.directory.domain.errors import TransitionNotAllowed
from services.directory.domain.organization import Organization, ReviewRule, Waiver


def with_rule(
    organization: Organization,
    rule: ReviewRule | None,
    *,
    agency_id: str,
    account_id: str,
    at: datetime,
    waiting: timedelta,
) -> Organization:
    """Return it with the rule, None for the one that follows from who keeps the listings, or with the wish for it.

    Whoever of the agencies concerned asks for a second pair of eyes, or stays with the rule, has his way at once, and
    turns down what was asked for. To do without is asked for by the agency that keeps the listings, and takes effect
    when another person of either agency says the same within the time of ``waiting``; later it is asked for anew.
    """
    organization = without_lapsed_waiver(organization, at)
    if not _loosens(organization, rule):
        return replace(organization, review=rule, waiver=None)
    waiver = organization.waiver
    if waiver is not None and waiver.rule is rule:
        if waiver.asked_by == account_id:
            return organization
        return replace(organization, review=rule, waiver=None)
    if agency_id != (organization.maintaining_agency_id or organization.agency_id):
        raise TransitionNotAllowed("The agency that keeps the listings asks for this.", allowed_actions=[])
    return replace(organization, waiver=Waiver(rule=rule, asked_by=account_id, asked_at=at, expires_at=at + waiting))


def without_lapsed_waiver(organization: Organization, at: datetime) -> Organization:
    """Return it as it counts at that moment: what nobody agreed to in time was never asked for."""
    waiver = organization.waiver
    return organization if waiver is None or at < waiver.expires_at else replace(organization, waiver=None)


def may_confirm(waiver: Waiver, account_id: str | None) -> bool:
    """Say whether the account may agree to what was asked for: a person, and not the one who asked."""
    return account_id is not None and account_id != waiver.asked_by


def _loosens(organization: Organization, rule: ReviewRule | None) -> bool:
    """Say whether listings could be published unseen by it that cannot be now, or once a second agency keeps them."""
    if rule is ReviewRule.WAIVED:
        return organization.review is not ReviewRule.WAIVED
    return organization.is_review_required and not replace(organization, review=rule).is_review_required
