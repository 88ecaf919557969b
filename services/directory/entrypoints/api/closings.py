"""Closing a service for a time or until further notice, and opening it again."""

from __future__ import annotations

from typing import Any

from chassis.clock import from_rfc3339
from chassis.connexion_app import container
from chassis.idempotency import idempotent
from services.directory.application import close_listing as closing
from services.directory.domain.closing import ClosingKind, kind_unless_said
from services.directory.entrypoints.api.listing_answers import change_of, listing_answer


@idempotent(operation="closeListing")
def close_listing(id: str, body: dict[str, Any]) -> Any:
    """Close now, or at a moment to come."""
    directory = container()
    reopens_at = from_rfc3339(body["reopens_at"]) if "reopens_at" in body else None
    wish = closing.Close(
        kind=ClosingKind(body["kind"]) if "kind" in body else kind_unless_said(body["reason"], reopens_at),
        reason=body["reason"],
        closes_at=from_rfc3339(body["closes_at"]) if "closes_at" in body else None,
        reopens_at=reopens_at,
        notice=body.get("alert"),
        notice_translations=tuple((entry["language"], entry["text"]) for entry in body.get("alert_translations", ())),
    )
    change = change_of(id)
    done = closing.close_listing(change, wish, unit_of_work=directory.unit_of_work, clock=directory.clock)
    return listing_answer(done)


@idempotent(operation="reopenListing")
def reopen_listing(id: str) -> Any:
    """Open again now, or give up the plan to close."""
    directory = container()
    done = closing.reopen_listing(change_of(id), unit_of_work=directory.unit_of_work, clock=directory.clock)
    return listing_answer(done)
