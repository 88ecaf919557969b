"""Public reads of services at their public places."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any

import flask
from sqlalchemy import Connection

from chassis.connexion_app import container
from services.directory.adapters import place_queries
from services.directory.adapters.facets import count_facets
from services.directory.adapters.search import plan_search, search_places
from services.directory.adapters.search_filters import ServiceSearch
from services.directory.entrypoints.api.criteria import search_of, with_body
from services.directory.entrypoints.api.lines import lines_of, rows_of
from services.directory.entrypoints.api.pages import json_of, page_size, page_text
from services.directory.entrypoints.api.presentation import Presentation, presentation_of
from services.directory.entrypoints.api.redirects import redirect_or_not_found
from services.directory.entrypoints.api.services import minimal_text, with_facets

_KIND = "service_at_location"


def query_service_at_locations(body: dict[str, Any] | None = None, **given: Any) -> flask.Response:
    """Search services at their places by criteria that stand in no address."""
    return list_service_at_locations(**with_body(given, body))


def list_service_at_locations(**given: Any) -> flask.Response:
    """Search the public services that have a public place, one entry for each place; a hotline's is virtual."""
    asked, minimal, shown = search_of(given), given["minimal"], presentation_of(_KIND, given["profile"])
    if given["format"] == "ndjson":
        return shown.finish(lines_of(container().engine, partial(_all, asked, shown, given)))

    page, size = given["page"], page_size(given.get("per_page"), minimal=minimal)
    with container().reading_one_state.connect() as connection:
        found = search_places(connection, asked, offset=(page - 1) * size, limit=size)
        if minimal:
            rows = place_queries.minimal_places(connection, found.keys)
            contents: Sequence[str] = [minimal_text(*row) for row in rows]
        else:
            texts = place_queries.place_documents(connection, found.keys, in_full=given["full"])
            contents = shown.show(connection, texts)
        facets = count_facets(connection, asked, found.plan, given.get("facets") or ())
    return shown.finish(json_of(page_text(found.total, contents, page=page, size=size, **with_facets(facets))))


def _all(
    asked: ServiceSearch, shown: Presentation, given: Mapping[str, Any], connection: Connection
) -> Iterator[Sequence[str]]:
    plan = plan_search(connection, asked, of_places=True)
    if given["minimal"]:
        for rows in rows_of(connection, place_queries.minimal_select(plan)):
            yield [minimal_text(row[0], row[1]) for row in rows]
        return
    for rows in rows_of(connection, place_queries.place_select(plan, in_full=given["full"])):
        texts = [place_queries.with_service(row[0], row[1], in_full=given["full"]) for row in rows]
        yield shown.show(connection, texts)


def get_service_at_location(id: str, profile: str) -> flask.Response:
    """Return one pair of service and place."""
    shown = presentation_of(_KIND, profile)
    with container().engine.connect() as connection:
        found = place_queries.place_by_id(connection, id)
        if found is None:
            return redirect_or_not_found(connection, "service_at_locations", id)
        (text,) = shown.show(connection, [found])
    return shown.finish(json_of(text))
