"""Public reads of services."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any

import flask
import orjson
from sqlalchemy import Connection

from chassis.clock import to_rfc3339
from chassis.connexion_app import container
from services.directory.adapters import queries
from services.directory.adapters.facets import count_facets
from services.directory.adapters.hsds_values import present
from services.directory.adapters.search import plan_search, search_services
from services.directory.adapters.search_filters import ServiceSearch
from services.directory.adapters.told_choices import Choice
from services.directory.entrypoints.api.criteria import search_of, with_body
from services.directory.entrypoints.api.lines import lines_of, rows_of
from services.directory.entrypoints.api.pages import json_of, page_size, page_text
from services.directory.entrypoints.api.presentation import Presentation, presentation_of
from services.directory.entrypoints.api.redirects import redirect_or_not_found

_KIND = "service"


def query_services(body: dict[str, Any] | None = None, **given: Any) -> flask.Response:
    """Search the public services by criteria that stand in no address."""
    return list_services(**with_body(given, body))


def list_services(**given: Any) -> flask.Response:
    """Search the public services."""
    asked, minimal, shown = search_of(given), given["minimal"], presentation_of(_KIND, given["profile"])
    if given["format"] == "ndjson":
        return shown.finish(lines_of(container().engine, partial(_all, asked, shown, given)))

    page, size = given["page"], page_size(given.get("per_page"), minimal=minimal)
    document = None if minimal else "in_full" if given["full"] else "in_list"
    is_one_statement = not minimal and not given.get("facets")
    with (container().reading if is_one_statement else container().reading_one_state).connect() as connection:
        found = search_services(connection, asked, offset=(page - 1) * size, limit=size, document=document)
        if minimal:
            rows = queries.minimal_services(connection, found.listing_ids)
            contents: Sequence[str] = [minimal_text(row["id"], row["last_modified"]) for row in rows]
        else:
            contents = shown.show(connection, found.documents)
        facets = count_facets(connection, asked, found.plan, given.get("facets") or ())
    return shown.finish(json_of(page_text(found.total, contents, page=page, size=size, **with_facets(facets))))


def with_facets(facets: Mapping[str, Sequence[Choice]]) -> dict[str, Any]:
    """Return what facets add to a page; nothing where none were asked for."""
    counts = {name: [present(vars(choice)) for choice in found] for name, found in facets.items()}
    return {"facets": counts} if counts else {}


def _all(
    asked: ServiceSearch, shown: Presentation, given: Mapping[str, Any], connection: Connection
) -> Iterator[Sequence[str]]:
    plan = plan_search(connection, asked)
    if given["minimal"]:
        for rows in rows_of(connection, queries.minimal_select(plan)):
            yield [minimal_text(row[0], row[1]) for row in rows]
        return
    for rows in rows_of(connection, queries.service_select(plan, in_full=given["full"])):
        yield shown.show(connection, [row[0] for row in rows])


def get_service(id: str, profile: str) -> flask.Response:
    """Return one public service in full."""
    shown = presentation_of(_KIND, profile)
    with container().engine.connect() as connection:
        found = queries.service_documents(connection, [id], in_full=True)
        if not found:
            return redirect_or_not_found(connection, "services", id)
        (text,) = shown.show(connection, found)
    return shown.finish(json_of(text))


def minimal_text(id_: str, last_modified: datetime) -> str:
    """Return an entry of a minimal list: the specification's text says modified_date, its schema last_modified."""
    changed = to_rfc3339(last_modified)
    return orjson.dumps({"id": id_, "last_modified": changed, "modified_date": changed}).decode()
