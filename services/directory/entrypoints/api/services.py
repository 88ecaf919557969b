"""Public reads of services."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import flask

from chassis.clock import to_rfc3339
from chassis.connexion_app import container
from chassis.problems import INVALID_REQUEST, NOT_FOUND, Problem
from services.directory.adapters import queries
from services.directory.adapters.search import ServiceSearch, search_services
from services.directory.entrypoints.api import hsds
from services.directory.entrypoints.api.pages import LARGEST_MINIMAL_PAGE, LARGEST_PAGE, lines_of, page_of

_SAME_NAME = (
    "taxonomy_id", "organization_id", "minimum_age", "maximum_age", "age", "language", "municipality",
    "within_km", "serves", "accepts", "sex",
)  # fmt: skip


def list_services(**given: Any) -> Any:
    """Search the public services."""
    asked = search_of(given)
    minimal, full = given.get("minimal", False), given.get("full", False)

    # Lines are written after the request's context is gone.
    engine = container().engine

    def read(offset: int, limit: int) -> tuple[int, list[dict[str, Any]]]:
        with engine.connect() as connection:
            found = search_services(connection, asked, offset=offset, limit=limit)
            if minimal:
                rows = queries.minimal_services(connection, found.listing_ids)
                return found.total, [_minimal(row) for row in rows]
            shape = hsds.service_in_full if full else hsds.service_in_list
            return found.total, [shape(rows) for rows in queries.public_services(connection, found.listing_ids)]

    if given.get("format") == "ndjson":
        return lines_of(read)
    largest = LARGEST_MINIMAL_PAGE if minimal else LARGEST_PAGE
    return page_of(read, page=given["page"], per_page=given["per_page"], largest=largest)


def get_service(id: str) -> Any:
    """Return one public service in full."""
    with container().engine.connect() as connection:
        found = queries.public_services(connection, [id])
    if not found:
        raise Problem(NOT_FOUND)
    return flask.jsonify(hsds.service_in_full(found[0]))


def search_of(given: dict[str, Any], *, has_place: bool = False) -> ServiceSearch:
    """Read the query parameters; raise a 400 problem for what no pattern can check."""
    same: dict[str, Any] = {name: given.get(name) for name in _SAME_NAME}
    return ServiceSearch(
        words=given.get("search"),
        term_id=given.get("taxonomy_term_id"),
        term_code=given.get("need"),
        modified_after=_moment(given.get("modified_after")),
        near=_coordinates(given.get("near")),
        has_place=has_place,
        **same,
    )


def _minimal(row: Any) -> dict[str, Any]:
    # The specification's text says modified_date, its schema says last_modified.
    changed = to_rfc3339(row["last_modified"])
    return {"id": row["listing_id"], "last_modified": changed, "modified_date": changed}


def _moment(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        # A plus sign that was not escaped arrives as a blank.
        moment = datetime.fromisoformat(
            text[:10] + text[10:].replace(" ", "T", 1 if text[10:11] == " " else 0).replace(" ", "+")
        )
    except ValueError:
        raise _unfit("modified_after", "must be an RFC 3339 moment or a date") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _coordinates(text: str | None) -> tuple[float, float] | None:
    if text is None:
        return None
    latitude, longitude = (float(part) for part in text.split(","))
    if abs(latitude) > 90 or abs(longitude) > 180:
        raise _unfit("near", "must be a latitude and a longitude in degrees")
    return latitude, longitude


def _unfit(parameter: str, detail: str) -> Problem:
    errors = [{"parameter": parameter, "in": "query", "detail": detail}]
    return Problem(INVALID_REQUEST, f"The query parameter {parameter} {detail}.", errors=errors)
