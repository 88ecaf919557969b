"""Answers with an organization as its keepers see it: what it says, where its texts are in review, what may be done."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import flask

from chassis.auth import current_principal
from chassis.clock import to_rfc3339
from chassis.concurrency import etag, expected_tag
from chassis.connexion_app import container
from services.directory.adapters.hsds_values import present
from services.directory.application.organization_steps import ChangeOrganization, actions_open
from services.directory.domain.merging import version_of
from services.directory.domain.organization import SAID, Organization, ReviewRule
from services.directory.domain.review import Review, Stage
from services.directory.domain.review_rule import may_confirm, without_lapsed_waiver
from services.directory.entrypoints.api.wire import translation_view

_AGENCY_FIELDS = ("agency_id", "maintaining_agency_id")


def change_of_organization(organization_id: str, *, required: bool = False) -> ChangeOrganization:
    """Read who wants to change which state of an organization."""
    return ChangeOrganization(
        principal=current_principal(),
        organization_id=organization_id,
        expected_version=expected_tag(required=required),
    )


def organization_answer(organization: Organization) -> Any:
    """Answer with the organization and the tag of its state."""
    headers = {"ETag": etag(version_of(organization)), "Cache-Control": "no-store"}
    return flask.jsonify(own_view(organization)), 200, headers


def own_view(organization: Organization) -> dict[str, Any]:
    """Return the organization for who may keep its listings; that something waits beside it, for its keepers alone."""
    principal = current_principal()
    agencies = {name: getattr(organization, name) for name in _AGENCY_FIELDS}
    is_kept = organization.may_be_kept_by(principal.agency_id)
    view = {
        "id": organization.id,
        "country": organization.country,
        **said_view(organization),
        **agencies,
        **rule_view(organization if is_kept else replace(organization, waiver=None)),
        "stage": (organization.stage if is_kept else Stage.PUBLISHED).value,
        "allowed_actions": actions_open(principal, organization),
        "version": version_of(organization),
    }
    if organization.revision is not None and is_kept:
        view["revision"] = _review_view(organization.revision.review)
    return view


def rule_view(organization: Organization) -> dict[str, Any]:
    """Return the rule of review, what follows from it, and what was asked for until a second person agrees."""
    waiver = without_lapsed_waiver(organization, container().clock.now()).waiver
    view = {"review": _name_of(organization.review), "review_required": organization.is_review_required}
    if waiver is None:
        return view
    asked = {
        "review": _name_of(waiver.rule),
        "asked_at": to_rfc3339(waiver.asked_at),
        "expires_at": to_rfc3339(waiver.expires_at),
        "may_confirm": may_confirm(waiver, current_principal().account_id),
    }
    return view | {"waiver": asked}


def _name_of(rule: ReviewRule | None) -> str:
    return rule.value if rule else "automatic"


def said_view(organization: Organization) -> dict[str, Any]:
    """Return what the organization says of itself, in the shape in which it is written."""
    translations = [translation_view(entry) for entry in organization.translations]
    return present({name: getattr(organization, name) for name in SAID} | {"translations": translations})


def _review_view(review: Review) -> dict[str, Any]:
    submitted_at = to_rfc3339(review.submitted_at) if review.submitted_at else None
    return present({"submitted_at": submitted_at, "rejected_for": review.rejected_for, "note": review.note})
