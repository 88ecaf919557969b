"""Public reads of services at their public places."""

from __future__ import annotations

from typing import Any

import flask

from chassis.connexion_app import container
from chassis.problems import NOT_FOUND, Problem
from services.directory.adapters import queries
from services.directory.adapters.search import search_services
from services.directory.entrypoints.api import hsds
from services.directory.entrypoints.api.pages import lines_of, page_of
from services.directory.entrypoints.api.services import search_of


def list_service_at_locations(**given: Any) -> Any:
    """Search the public services that have a public place; hotlines count, their place is virtual."""
    asked = search_of(given, has_place=True)
    full = given.get("full", False)

    # Lines are written after the request's context is gone.
    engine = container().engine

    def read(offset: int, limit: int) -> tuple[int, list[dict[str, Any]]]:
        with engine.connect() as connection:
            found = search_services(connection, asked, offset=offset, limit=limit)
            services = queries.public_services(connection, found.listing_ids)
            return found.total, [hsds.service_at_location(rows, with_service=True, in_full=full) for rows in services]

    if given.get("format") == "ndjson":
        return lines_of(read)
    return page_of(read, page=given["page"], per_page=given["per_page"])


def get_service_at_location(id: str) -> Any:
    """Return one pair of service and place."""
    with container().engine.connect() as connection:
        listing_id = queries.public_service_of_place(connection, id)
        found = queries.public_services(connection, [listing_id]) if listing_id else []
    if not found:
        raise Problem(NOT_FOUND)
    return flask.jsonify(hsds.service_at_location(found[0], with_service=True))
