"""Confirming that listings still hold: one with a click, or many at once."""

from __future__ import annotations

from typing import Any

import flask

from chassis.auth import current_principal
from chassis.connexion_app import container
from services.directory.application import confirm_listing as confirming
from services.directory.entrypoints.api.listing_answers import change_of, listing_answer


def confirm_listing(id: str) -> Any:
    """Confirm one published listing of the caller's agency."""
    directory = container()
    listing = confirming.confirm_listing(change_of(id), unit_of_work=directory.unit_of_work, clock=directory.clock)
    return listing_answer(listing)


def confirm_listings(body: dict[str, Any]) -> Any:
    """Confirm many; the answer says of each that was not confirmed why."""
    directory = container()
    seen: dict[str, int | None] = {listing_id.lower(): None for listing_id in body.get("listing_ids", ())}
    seen |= {entry["id"].lower(): entry["version"] for entry in body.get("listings", ())}
    done = confirming.confirm_listings(
        current_principal(),
        seen,
        unit_of_work=directory.unit_of_work,
        clock=directory.clock,
    )
    refused = [{"listing_id": listing_id, "reason": reason} for listing_id, reason in done.refused.items()]
    return flask.jsonify({"confirmed": done.confirmed, "refused": refused}), 200, {"Cache-Control": "no-store"}
