"""Reads for signed-in agencies: services beyond the public ones, as far as each agency may know of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import flask
import orjson
from sqlalchemy import Connection

from chassis.auth import current_principal
from chassis.connexion_app import container
from chassis.problems import NOT_FOUND, Problem
from services.directory.adapters.hsds_shapes import places_in_full, service_in_full, service_in_list
from services.directory.adapters.search import search_services
from services.directory.adapters.service_rows import services_where
from services.directory.adapters.visibility import is_beyond_public
from services.directory.entrypoints.api.criteria import search_of
from services.directory.entrypoints.api.pages import json_of, page_of
from services.directory.entrypoints.api.reading_language import in_languages, read_by, reader


def list_network_services(*, page: int, per_page: int | None = None, full: bool = False, **given: Any) -> Any:
    """Search the services of the tiers network and named that the caller's agency may know of."""
    agency_id, wanted = current_principal().agency_id, reader()
    asked = search_of(given, agency_id=agency_id)

    def read(offset: int, limit: int) -> tuple[int, Sequence[str]]:
        with container().reading_one_state.connect() as connection:
            found = search_services(connection, asked, offset=offset, limit=limit)
            services = _services(connection, found.listing_ids, agency_id=agency_id, in_full=full)
            return found.total, read_by(wanted, connection, services)

    return _kept_nowhere(in_languages(page_of(read, page=page, per_page=per_page), wanted))


def get_network_service(id: str) -> Any:
    """Return one service of the tiers network and named in full."""
    wanted = reader()
    with container().engine.connect() as connection:
        found = _services(connection, [id], agency_id=current_principal().agency_id, in_full=True)
        if not found:
            raise Problem(NOT_FOUND)
        (text,) = read_by(wanted, connection, found)
    return _kept_nowhere(in_languages(json_of(text), wanted))


def _services(connection: Connection, listing_ids: Sequence[str], *, agency_id: str, in_full: bool) -> list[str]:
    """Return those of the services that are beyond the public ones and that the agency may know of, as JSON."""
    found = services_where(connection, listing_ids, is_beyond_public(agency_id).clause())
    shapes = [service_in_full(rows, places_in_full(rows)) if in_full else service_in_list(rows) for rows in found]
    return [orjson.dumps(shape).decode() for shape in shapes]


def _kept_nowhere(response: flask.Response) -> flask.Response:
    response.headers["Cache-Control"] = "no-store"
    return response
