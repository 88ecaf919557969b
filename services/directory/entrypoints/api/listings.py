"""An agency's own listings: draft, revise, publish, withdraw, report capacity."""

from __future__ import annotations

import base64
import binascii
import uuid
from datetime import datetime
from typing import Any

import flask

from chassis.auth import current_principal
from chassis.clock import from_rfc3339
from chassis.concurrency import etag, expected_version
from chassis.connexion_app import container
from chassis.idempotency import idempotent
from chassis.problems import INVALID_REQUEST, Problem
from services.directory.adapters.own_listings import own_listings
from services.directory.adapters.rows import listing_of_rows
from services.directory.application import draft_listing as drafting
from services.directory.application import publish_listing as publishing
from services.directory.application import report_capacity as reporting
from services.directory.application.read_listing import read_listing
from services.directory.domain.listing import Listing
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
    return _answer(listing, status=201, with_confidential=False)


def get_listing(id: str) -> Any:
    """Return one listing of the caller's agency; reading a confidential address is recorded."""
    return _answer(read_listing(current_principal(), id, unit_of_work=container().unit_of_work))


def revise_listing(id: str, body: dict[str, Any]) -> Any:
    """Replace what a listing says."""
    directory = container()
    command = drafting.ReviseListing(
        principal=current_principal(),
        listing_id=id,
        expected_version=expected_version(required=True),
        content=content_from(body),
    )
    return _answer(drafting.revise_listing(command, unit_of_work=directory.unit_of_work, clock=directory.clock))


def publish_listing(id: str) -> Any:
    """Put a listing into the directory."""
    directory = container()
    return _answer(publishing.publish_listing(_change(id), unit_of_work=directory.unit_of_work, clock=directory.clock))


def withdraw_listing(id: str) -> Any:
    """Take a listing out of the directory."""
    directory = container()
    return _answer(publishing.withdraw_listing(_change(id), unit_of_work=directory.unit_of_work, clock=directory.clock))


def report_capacity(id: str, body: dict[str, Any]) -> Any:
    """Take the provider's word on free places."""
    directory = container()
    command = reporting.ReportCapacity(
        principal=current_principal(),
        listing_id=id,
        expected_version=expected_version(required=True),
        capacity=capacity_from(body, directory.clock.now()),
    )
    return _answer(reporting.report_capacity(command, unit_of_work=directory.unit_of_work))


def list_listings(*, limit: int, status: str | None = None, cursor: str | None = None) -> Any:
    """Return a page of the agency's listings; confidential addresses are for the single read."""
    with container().engine.connect() as connection:
        rows = own_listings(
            connection, current_principal().agency_id, status=status, before=_read_cursor(cursor), limit=limit + 1
        )
    items = [
        listing_view(
            listing_of_rows(row, row if row["location_kind"] == "physical" else None),
            organization_name=row["organization_name"],
            with_confidential=False,
        )
        for row in rows[:limit]
    ]
    last = rows[limit - 1] if len(rows) > limit else None
    return flask.jsonify({"items": items, "next_cursor": _write_cursor(last) if last else None})


def _change(listing_id: str) -> publishing.ChangeListing:
    return publishing.ChangeListing(
        principal=current_principal(), listing_id=listing_id, expected_version=expected_version(required=False)
    )


def _answer(listing: Listing, *, status: int = 200, with_confidential: bool = True) -> Any:
    name = container().organization_name(listing.organization_id)
    view = listing_view(listing, organization_name=name, with_confidential=with_confidential)
    headers = {"ETag": etag(listing.version), "Cache-Control": "no-store"}
    if status == 201:
        headers["Location"] = f"/listings/{listing.id}"
    return flask.jsonify(view), status, headers


def _write_cursor(row: Any) -> str:
    return base64.urlsafe_b64encode(f"{row['last_modified'].isoformat()}|{row['id']}".encode()).decode()


def _read_cursor(cursor: str | None) -> tuple[datetime, str] | None:
    if cursor is None:
        return None
    try:
        moment, _, listing_id = base64.urlsafe_b64decode(cursor.encode()).decode().partition("|")
        return from_rfc3339(moment), str(uuid.UUID(listing_id))
    except (ValueError, binascii.Error):
        raise Problem(INVALID_REQUEST, "Pass next_cursor as it was given.", errors=[]) from None
