"""Answers with an organization as its keepers see it: what it says, where its texts are in review, what may be done."""

from __future__ import annotations

from typing import Any

import flask

from chassis.auth import current_principal
from chassis.clock import to_rfc3339
from chassis.concurrency import etag, expected_tag
from services.directory.adapters.hsds_values import present
from services.directory.application.organization_steps import ChangeOrganization, actions_open
from services.directory.domain.merging import version_of
from services.directory.domain.organization import SAID, Organization
from services.directory.domain.review import Review, Stage
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
    rule = organization.review.value if organization.review else "automatic"
    is_kept = organization.may_be_kept_by(principal.agency_id)
    view = {
        "id": organization.id,
        "country": organization.country,
        **said_view(organization),
        **agencies,
        "review": rule,
        "review_required": organization.is_review_required,
        "stage": (organization.stage if is_kept else Stage.PUBLISHED).value,
        "allowed_actions": actions_open(principal, organization),
        "version": version_of(organization),
    }
    if organization.revision is not None and is_kept:
        view["revision"] = _review_view(organization.revision.review)
    return view


def said_view(organization: Organization) -> dict[str, Any]:
    """Return what the organization says of itself, in the shape in which it is written."""
    translations = [translation_view(entry) for entry in organization.translations]
    return present({name: getattr(organization, name) for name in SAID} | {"translations": translations})


def _review_view(review: Review) -> dict[str, Any]:
    submitted_at = to_rfc3339(review.submitted_at) if review.submitted_at else None
    return present({"submitted_at": submitted_at, "rejected_for": review.rejected_for, "note": review.note})
