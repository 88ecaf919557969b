"""Public reads of taxonomies: our own, small enough to be read whole, and those that imports brought."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import flask
import orjson
from sqlalchemy import Connection, Select

from chassis.connexion_app import container
from chassis.problems import NOT_FOUND, Problem
from services.directory.adapters import hsds_shapes, kept_taxonomies, queries
from services.directory.adapters.reference_cache import reference_of
from services.directory.adapters.tables import taxonomy_term
from services.directory.domain.lexicon import Word
from services.directory.domain.spelling import plain_words, spellings
from services.directory.entrypoints.api.criteria import with_body
from services.directory.entrypoints.api.lines import lines_of, rows_of
from services.directory.entrypoints.api.pages import json_of, page_of
from services.directory.entrypoints.api.presentation import Presentation, presentation_of

_TAXONOMY, _TERM = "taxonomy", "taxonomy_term"


def query_taxonomies(body: dict[str, Any] | None = None, **given: Any) -> flask.Response:
    """Search the taxonomies by criteria that stand in no address."""
    return list_taxonomies(**with_body(given, body))


def list_taxonomies(**given: Any) -> flask.Response:
    """Return the taxonomies."""
    with container().engine.connect() as connection:
        rows = queries.taxonomies(connection)
    words = spellings(given.get("search") or "")
    fitting = [row for row in rows if _begin(words, _words_of(row))]
    shown = presentation_of(_TAXONOMY, given["profile"])
    return _list([_described(row, shown) for row in fitting], shown, given)


def get_taxonomy(id: str, profile: str) -> flask.Response:
    """Return one taxonomy."""
    shown = presentation_of(_TAXONOMY, profile)
    with container().engine.connect() as connection:
        found = [_described(row, shown) for row in queries.taxonomies(connection) if row["id"] == id]
        found = found or _kept(connection, _TAXONOMY, id)
    return _one(found, shown)


def query_taxonomy_terms(body: dict[str, Any] | None = None, **given: Any) -> flask.Response:
    """Search terms by criteria that stand in no address."""
    return list_taxonomy_terms(**with_body(given, body))


def list_taxonomy_terms(**given: Any) -> flask.Response:
    """Return terms; searching looks at their names and synonyms in all languages, and forgives typing errors."""
    conditions = []
    if given.get("taxonomy_id"):
        conditions.append(taxonomy_term.c.taxonomy_id == given["taxonomy_id"])
    if given["top_only"]:
        conditions.append(taxonomy_term.c.parent_id.is_(None))
    if given.get("parent_id"):
        conditions.append(taxonomy_term.c.parent_id == given["parent_id"])
    with container().engine.connect() as connection:
        rows = queries.taxonomy_terms(connection, *conditions)
        names = reference_of(connection).term_names
    words = spellings(given.get("search") or "")
    fitting = [row for row in rows if _begin(words, row["spellings"])]
    if not fitting:
        meant = [set(names.codes_of(word, is_known=False)) for word in words]
        fitting = [row for row in rows if all(row["code"] in codes for codes in meant)]
    shown = presentation_of(_TERM, given["profile"])
    return _list([_named(row, shown) for row in fitting], shown, given)


def get_taxonomy_term(id: str, profile: str) -> flask.Response:
    """Return one term."""
    shown = presentation_of(_TERM, profile)
    with container().engine.connect() as connection:
        found = [_named(row, shown) for row in queries.taxonomy_terms(connection, taxonomy_term.c.id == id)]
        found = found or _kept(connection, _TERM, id)
    return _one(found, shown)


def _kept(connection: Connection, kind: str, id: str) -> list[dict[str, Any]]:
    found = kept_taxonomies.kept_by_id(connection, kind, id)
    return [] if found is None else [hsds_shapes.as_it_came(found)]


def _begin(words: Sequence[Word], spelled: str) -> bool:
    """Say whether each of the words, in one of its spellings, begins a word of a spelled text."""
    return all(any(f" {spelling}" in f" {spelled}" for spelling in word) for word in words)


def _words_of(row: Mapping[Any, Any]) -> str:
    texts = (row["name"], row["description"], *row["names"].values(), *row["descriptions"].values())
    return " ".join(plain_words(" ".join(texts)))


def _described(row: Mapping[Any, Any], shown: Presentation) -> dict[str, Any]:
    taxonomy = hsds_shapes.taxonomy(row)
    if shown.reader is not None:
        shown.reader.name_taxonomy(taxonomy, row["names"], row["descriptions"])
    return taxonomy


def _named(row: Mapping[Any, Any], shown: Presentation) -> dict[str, Any]:
    term = hsds_shapes.taxonomy_term(row)
    if shown.reader is not None:
        shown.reader.name_term(term, row["names"], row["descriptions"])
    return term


def _one(found: Sequence[dict[str, Any]], shown: Presentation) -> flask.Response:
    if not found:
        raise Problem(NOT_FOUND)
    return shown.finish(json_of(shown.reduce(orjson.dumps(found[0]).decode())))


def _list(entries: Sequence[dict[str, Any]], shown: Presentation, given: Mapping[str, Any]) -> flask.Response:
    """Return our own, and after them what imports brought."""
    texts = [shown.reduce(orjson.dumps(entry).decode()) for entry in entries]
    wanted = kept_taxonomies.kept_select(shown.kind, given)
    if given["format"] == "ndjson":
        return shown.finish(lines_of(container().engine, lambda connection: _all(connection, texts, wanted, shown)))

    def read(offset: int, limit: int) -> tuple[int, Sequence[str]]:
        own = texts[offset : offset + limit]
        with container().engine.connect() as connection:
            total, kept = kept_taxonomies.kept_page(
                connection, wanted, offset=max(0, offset - len(texts)), limit=limit - len(own)
            )
        return len(texts) + total, [*own, *(_text(document, shown) for document in kept)]

    return shown.finish(page_of(read, page=given["page"], per_page=given.get("per_page")))


def _all(
    connection: Connection, texts: Sequence[str], wanted: Select[Any], shown: Presentation
) -> Iterator[Sequence[str]]:
    yield texts
    for rows in rows_of(connection, wanted):
        yield [_text(row.document, shown) for row in rows]


def _text(document: Mapping[str, Any], shown: Presentation) -> str:
    return shown.reduce(orjson.dumps(hsds_shapes.as_it_came(document)).decode())
