"""Answers with a listing as its keepers see it: what it says, where it is in review, and what may be done with it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import flask

from chassis.auth import current_principal
from chassis.clock import to_rfc3339
from chassis.concurrency import etag, expected_version
from chassis.connexion_app import container
from services.directory.adapters.hsds_values import present
from services.directory.application.listing_steps import ChangeListing, actions_open
from services.directory.domain.closing import ACTIVE
from services.directory.domain.listing import Listing
from services.directory.domain.review import Stage
from services.directory.entrypoints.api.wire import listing_view


def change_of(listing_id: str, *, required: bool = False) -> ChangeListing:
    """Read who wants to change which version of a listing."""
    return ChangeListing(
        principal=current_principal(), listing_id=listing_id, expected_version=expected_version(required=required)
    )


def listing_answer(listing: Listing, *, status: int = 200, with_confidential: bool = False) -> Any:
    """Answer with the listing; the address of a confidential place only where reading it was recorded."""
    directory = container()
    organization = directory.organization(listing.organization_id)
    view = listing_view(listing, organization_name=organization.name, with_confidential=with_confidential)
    view |= _closing_view(listing)
    view["stage"] = listing.stage.value
    view["review"] = {"required": organization.is_review_required, **_review_view(listing)}
    with directory.unit_of_work() as uow:
        view["allowed_actions"] = actions_open(uow, current_principal(), listing, organization)
    headers = {"ETag": etag(listing.version), "Cache-Control": "no-store"}
    if status == 201:
        headers["Location"] = f"/listings/{listing.id}"
    return flask.jsonify(view), status, headers


def _review_view(listing: Listing) -> dict[str, Any]:
    review = listing.review
    view = {
        "submitted_at": to_rfc3339(review.submitted_at) if review.submitted_at else None,
        "rejected_for": review.rejected_for,
        "note": review.note,
    }
    return present(view)


def _closing_view(listing: Listing) -> dict[str, Any]:
    view: dict[str, Any] = {"service_status": listing.service_status}
    if listing.closing is not None:
        closing = listing.closing
        reopens_at = to_rfc3339(closing.reopens_at) if closing.reopens_at else None
        planned = {"kind": closing.kind.value, "reason": closing.reason, "closes_at": to_rfc3339(closing.closes_at)}
        translations = [{"language": language, "text": text} for language, text in closing.notice_translations]
        said = present({"alert": closing.notice, "alert_translations": translations})
        view["closing"] = {**planned, "reopens_at": reopens_at, **said}
    return view


def stage_of_row(row: Mapping[Any, Any]) -> dict[str, Any]:
    """Return what a list says of review and closing, from a row of :func:`own_listings`."""
    stage = Stage(row["status"])
    if stage is Stage.PUBLISHED and row["proposal"] is not None:
        stage = Stage.REVISED if row["submitted_at"] is None else Stage.REVISION_IN_REVIEW
    return {"stage": stage.value, "service_status": row["service_status"] or ACTIVE}
