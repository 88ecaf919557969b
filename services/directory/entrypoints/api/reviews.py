"""The way of a listing through review: submit, recall, comment, approve, reject, and the revision beside it."""

from __future__ import annotations

from functools import partial
from operator import itemgetter
from typing import Any

import flask

from chassis.auth import current_principal, for_persons_alone
from chassis.clock import to_rfc3339
from chassis.concurrency import etag, expected_tag
from chassis.connexion_app import container
from chassis.idempotency import idempotent
from services.directory.adapters.own_listings import waiting_for_review
from services.directory.application import review_listing as reviewing
from services.directory.application.read_listing import read_proposal
from services.directory.application.set_review import SetReview, set_review
from services.directory.domain.merging import version_of
from services.directory.domain.organization import ReviewRule
from services.directory.domain.review import Review
from services.directory.entrypoints.api.cursors import page_of, read_cursor
from services.directory.entrypoints.api.listing_answers import change_of, listing_answer
from services.directory.entrypoints.api.organization_answers import rule_view
from services.directory.entrypoints.api.wire import content_view


def list_reviews(*, limit: int, cursor: str | None = None) -> Any:
    """Return a page of what waits for a decision of the caller's agency."""
    principal = current_principal()
    after = read_cursor(cursor)
    with container().engine.connect() as connection:
        rows = waiting_for_review(connection, principal.agency_id, after=after, limit=limit + 1)
    view = partial(_review_view, principal.account_id)
    return flask.jsonify(page_of(rows, limit, view=view, place=itemgetter("submitted_at", "id")))


@idempotent(operation="submitListing")
def submit_listing(id: str) -> Any:
    """Ask for a decision."""
    return _done(reviewing.submit_listing, id)


@idempotent(operation="recallListing")
def recall_listing(id: str) -> Any:
    """Take it back from review."""
    return _done(reviewing.recall_listing, id)


@idempotent(operation="commentOnListing")
def comment_on_listing(id: str, body: dict[str, Any]) -> Any:
    """Say something without deciding."""
    return _done(reviewing.comment_on_listing, id, body["text"].strip())


@for_persons_alone
@idempotent(operation="approveListing")
def approve_listing(id: str) -> Any:
    """Put into the directory exactly what the caller has seen."""
    return _done(reviewing.approve_listing, id, required=True)


@for_persons_alone
@idempotent(operation="rejectListing")
def reject_listing(id: str, body: dict[str, Any]) -> Any:
    """Send it back with a reason."""
    return _done(reviewing.reject_listing, id, body["reason"], body.get("note"), required=True)


def get_proposal(id: str) -> Any:
    """Return the revision that waits beside a published listing; reading a confidential address is recorded."""
    listing, content = read_proposal(current_principal(), id, unit_of_work=container().unit_of_work)
    view = {"listing_id": listing.id, "version": listing.version, "stage": listing.stage.value}
    view["content"] = content_view(content, with_confidential=True)
    return flask.jsonify(view), 200, {"ETag": etag(listing.version), "Cache-Control": "no-store"}


def discard_proposal(id: str) -> Any:
    """Give up the revision."""
    return _done(reviewing.discard_revision, id, required=True)


@for_persons_alone
def set_organization_review(id: str, body: dict[str, Any]) -> Any:
    """Say whether a second pair of eyes is asked for."""
    principal, directory = current_principal(), container()
    command = SetReview(
        principal=principal,
        account_id=principal.subject,
        organization_id=id,
        rule=None if body["review"] == "automatic" else ReviewRule(body["review"]),
        expected_version=expected_tag(required=True),
    )
    organization = set_review(
        command, waiting=directory.waiver_waits, unit_of_work=directory.unit_of_work, clock=directory.clock
    )
    headers = {"ETag": etag(version_of(organization))}
    view = {"organization_id": organization.id, **rule_view(organization)}
    return flask.jsonify(view), 202 if "waiver" in view else 200, headers


def _done(use_case: Any, listing_id: str, *given: Any, required: bool = False) -> Any:
    directory = container()
    change = change_of(listing_id, required=required)
    return listing_answer(use_case(change, *given, unit_of_work=directory.unit_of_work, clock=directory.clock))


def _review_view(account_id: str | None, row: Any) -> dict[str, Any]:
    review = Review(edited_by=row["edited_by"], submitted_by=row["submitted_by"])
    return {
        "listing_id": row["id"],
        "name": row["name"],
        "organization_id": row["organization_id"],
        "organization_name": row["organization_name"],
        "stage": "in_review" if row["proposal"] is None else "revision_in_review",
        "version": row["version"],
        "submitted_at": to_rfc3339(row["submitted_at"]),
        "may_decide": review.leaves_to_decide(account_id),
    }
