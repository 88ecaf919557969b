"""Public reads of the taxonomy."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import flask

from chassis.connexion_app import container
from chassis.problems import NOT_FOUND, Problem
from services.directory.adapters import queries
from services.directory.adapters.tables import taxonomy_term
from services.directory.domain.spelling import plain
from services.directory.entrypoints.api import hsds
from services.directory.entrypoints.api.pages import page_of


def list_taxonomies(*, page: int, per_page: int, search: str | None = None) -> Any:
    """Return the taxonomies."""
    with container().engine.connect() as connection:
        rows = queries.taxonomies(connection)
    wanted = plain(search or "")
    fitting = [hsds.taxonomy(row) for row in rows if wanted in plain(f"{row['name']} {row['description']}")]
    return _page(fitting, page=page, per_page=per_page)


def get_taxonomy(id: str) -> Any:
    """Return one taxonomy."""
    with container().engine.connect() as connection:
        rows = queries.taxonomies(connection)
    return _one([hsds.taxonomy(row) for row in rows if row["id"] == id])


def list_taxonomy_terms(
    *,
    page: int,
    per_page: int,
    search: str | None = None,
    taxonomy_id: str | None = None,
    top_only: bool = False,
    parent_id: str | None = None,
) -> Any:
    """Return terms; searching looks at their names and synonyms in all languages."""
    conditions = []
    if taxonomy_id:
        conditions.append(taxonomy_term.c.taxonomy_id == taxonomy_id)
    if top_only:
        conditions.append(taxonomy_term.c.parent_id.is_(None))
    if parent_id:
        conditions.append(taxonomy_term.c.parent_id == parent_id)
    with container().engine.connect() as connection:
        rows = queries.taxonomy_terms(connection, *conditions)
    words = plain(search or "").split()
    fitting = [row for row in rows if all(f" {word}" in f" {row['spellings']}" for word in words)]
    return _page([hsds.taxonomy_term(row) for row in fitting], page=page, per_page=per_page)


def get_taxonomy_term(id: str) -> Any:
    """Return one term."""
    with container().engine.connect() as connection:
        rows = queries.taxonomy_terms(connection, taxonomy_term.c.id == id)
    return _one([hsds.taxonomy_term(row) for row in rows])


def _one(found: Sequence[dict[str, Any]]) -> flask.Response:
    if not found:
        raise Problem(NOT_FOUND)
    return flask.jsonify(found[0])


def _page(entries: Sequence[dict[str, Any]], *, page: int, per_page: int) -> flask.Response:
    return page_of(lambda offset, limit: (len(entries), entries[offset : offset + limit]), page=page, per_page=per_page)
