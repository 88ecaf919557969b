"""The way of an organization's texts through review: submit, recall, comment, approve, reject, and what waits."""

from __future__ import annotations

from functools import partial
from operator import itemgetter
from typing import Any

import flask

from chassis.auth import current_principal, for_persons_alone
from chassis.clock import to_rfc3339
from chassis.concurrency import etag
from chassis.connexion_app import container
from chassis.idempotency import idempotent
from services.directory.adapters.organization_reviews import waiting_organizations
from services.directory.adapters.organization_rows import organization_of_row
from services.directory.application import review_organization as reviewing
from services.directory.domain.merging import version_of
from services.directory.entrypoints.api.cursors import page_of, read_cursor
from services.directory.entrypoints.api.organization_answers import (
    change_of_organization,
    organization_answer,
    said_view,
)


def list_organization_reviews(*, limit: int, cursor: str | None = None) -> Any:
    """Return a page of the organizations whose texts wait for a decision of the caller's agency."""
    principal = current_principal()
    after = read_cursor(cursor)
    with container().engine.connect() as connection:
        rows = waiting_organizations(connection, principal.agency_id, after=after, limit=limit + 1)
    view = partial(_waiting_view, principal.account_id)
    return flask.jsonify(page_of(rows, limit, view=view, place=itemgetter("submitted_at", "id")))


@idempotent(operation="submitOrganization")
def submit_organization(id: str) -> Any:
    """Ask for a decision."""
    return _done(reviewing.submit_organization, id)


@idempotent(operation="recallOrganization")
def recall_organization(id: str) -> Any:
    """Take it back from review."""
    return _done(reviewing.recall_organization, id)


@idempotent(operation="commentOnOrganization")
def comment_on_organization(id: str, body: dict[str, Any]) -> Any:
    """Say something without deciding."""
    return _done(reviewing.comment_on_organization, id, body["text"].strip())


@for_persons_alone
@idempotent(operation="approveOrganization")
def approve_organization(id: str) -> Any:
    """Let the organization say exactly what the caller has seen."""
    return _done(reviewing.approve_organization, id, required=True)


@for_persons_alone
@idempotent(operation="rejectOrganization")
def reject_organization(id: str, body: dict[str, Any]) -> Any:
    """Send it back with a reason."""
    return _done(reviewing.reject_organization, id, body["reason"], body.get("note"), required=True)


@idempotent(operation="publishOrganization")
def publish_organization(id: str) -> Any:
    """Let it say what waits, without review."""
    return _done(reviewing.publish_organization, id)


def get_organization_proposal(id: str) -> Any:
    """Return what the organization would say if its revision were approved."""
    unit_of_work = container().unit_of_work
    found = reviewing.read_revision_of_organization(current_principal(), id, unit_of_work=unit_of_work)
    view = {"organization_id": found.id, "version": version_of(found), "stage": found.stage.value}
    headers = {"ETag": etag(version_of(found)), "Cache-Control": "no-store"}
    return flask.jsonify(view | {"content": said_view(found.proposed)}), 200, headers


def discard_organization_proposal(id: str) -> Any:
    """Give up the revision."""
    return _done(reviewing.discard_revision_of_organization, id, required=True)


def _done(use_case: Any, organization_id: str, *given: Any, required: bool = False) -> Any:
    directory = container()
    change = change_of_organization(organization_id, required=required)
    return organization_answer(use_case(change, *given, unit_of_work=directory.unit_of_work, clock=directory.clock))


def _waiting_view(account_id: str | None, row: Any) -> dict[str, Any]:
    waiting = organization_of_row(row)
    review = waiting.revision.review if waiting.revision else None
    return {
        "organization_id": waiting.id,
        "name": waiting.name,
        "version": version_of(waiting),
        "submitted_at": to_rfc3339(review.submitted_at) if review and review.submitted_at else None,
        "may_decide": review is not None and review.leaves_to_decide(account_id),
    }
