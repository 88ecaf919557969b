"""An agency's own listings: draft, revise, publish, withdraw, report capacity."""

from __future__ import annotations

from datetime import timedelta
from operator import itemgetter
from typing import Any

import flask

from chassis.auth import current_principal
from chassis.concurrency import expected_version
from chassis.connexion_app import container
from chassis.idempotency import idempotent
from services.directory.adapters.own_listings import own_listings
from services.directory.adapters.rows import listing_of_rows
from services.directory.application import draft_listing as drafting
from services.directory.application import edit_listing as editing
from services.directory.application import publish_listing as publishing
from services.directory.application import report_capacity as reporting
from services.directory.application.delete_draft import delete_draft
from services.directory.application.read_listing import read_listing
from services.directory.domain.errors import MergedInto
from services.directory.entrypoints.api.cursors import page_of, read_cursor
from services.directory.entrypoints.api.listing_answers import change_of, listing_answer, stage_of_row
from services.directory.entrypoints.api.wire import capacity_from, content_from, listing_view


@idempotent(operation="draftListing")
def draft_listing(body: dict[str, Any]) -> Any:
    """Write a draft; the answer is kept for repeats, so it never holds a confidential address."""
    directory = container()
    capacity = body.get("capacity")
    command = drafting.DraftListing(
        principal=current_principal(),
        organization_id=body["organization_id"].lower(),
        content=content_from(body),
        capacity=capacity_from(capacity, directory.clock.now()) if capacity else None,
    )
    listing = drafting.draft_listing(command, unit_of_work=directory.unit_of_work, clock=directory.clock)
    return listing_answer(listing, status=201)


def get_listing(id: str) -> Any:
    """Return one listing of the caller's agency; reading a confidential address is recorded."""
    try:
        found = read_listing(current_principal(), id, unit_of_work=container().unit_of_work)
        return listing_answer(found, with_confidential=True)
    except MergedInto as gone:
        return "", 301, {"Location": f"/listings/{gone.members['merged_into']}"}


def revise_listing(id: str, body: dict[str, Any]) -> Any:
    """Replace what a listing says."""
    directory = container()
    command = editing.ReviseListing(
        principal=current_principal(),
        listing_id=id,
        expected_version=expected_version(required=True),
        content=content_from(body),
    )
    return listing_answer(editing.revise_listing(command, unit_of_work=directory.unit_of_work, clock=directory.clock))


def delete_listing(id: str) -> Any:
    """Delete a draft that was never published."""
    directory = container()
    delete_draft(change_of(id, required=True), unit_of_work=directory.unit_of_work, clock=directory.clock)
    return "", 204


def publish_listing(id: str) -> Any:
    """Put a listing into the directory."""
    directory = container()
    return listing_answer(
        publishing.publish_listing(change_of(id), unit_of_work=directory.unit_of_work, clock=directory.clock)
    )


def withdraw_listing(id: str) -> Any:
    """Take a listing out of the directory."""
    directory = container()
    return listing_answer(
        publishing.withdraw_listing(change_of(id), unit_of_work=directory.unit_of_work, clock=directory.clock)
    )


def report_capacity(id: str, body: dict[str, Any]) -> Any:
    """Take the provider's word on free places."""
    directory = container()
    command = reporting.ReportCapacity(
        principal=current_principal(),
        listing_id=id,
        expected_version=expected_version(required=True),
        capacity=capacity_from(body, directory.clock.now()),
    )
    return listing_answer(reporting.report_capacity(command, unit_of_work=directory.unit_of_work))


def list_listings(
    *,
    limit: int,
    status: str | None = None,
    confirm_within_days: int | None = None,
    search: str | None = None,
    id: list[str] | None = None,
    cursor: str | None = None,
) -> Any:
    """Return a page of the agency's listings; confidential addresses are for the single read."""
    today = container().clock.now().date()
    principal = current_principal()
    until = None if confirm_within_days is None else today + timedelta(days=confirm_within_days)
    with container().engine.connect() as connection:
        rows = own_listings(
            connection,
            principal.agency_id,
            principal.account_id,
            status=status,
            confirm_until=until,
            search=search,
            ids=id,
            before=read_cursor(cursor),
            limit=limit + 1,
        )
    return flask.jsonify(page_of(rows, limit, view=_listed, place=itemgetter("last_modified", "id")))


def _listed(row: Any) -> dict[str, Any]:
    listing = listing_of_rows(row, row if row["location_kind"] == "physical" else None)
    view = listing_view(listing, organization_name=row["organization_name"], with_confidential=False)
    return view | stage_of_row(row)
