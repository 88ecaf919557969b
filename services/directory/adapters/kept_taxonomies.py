"""Reads taxonomies and terms that imports brought: everybody's business, shown as they came, beside our own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, Table, func, or_, select
from sqlalchemy.dialects.postgresql import distinct_on

from services.directory.adapters.import_tables import kept_object
from services.directory.adapters.sql import execute, sql
from services.directory.adapters.tables import taxonomy, taxonomy_term
from services.directory.domain.spelling import plain, plain_words
from services.directory.domain.told_terms import TAXONOMY

_OWN: Mapping[str, Table] = {"taxonomy": taxonomy, "taxonomy_term": taxonomy_term}
_LONGEST_NAME = 1000
# What is kept first of a term is what counts.
IS_FIRST = (
    "kept.kind = 'taxonomy_term' AND NOT EXISTS (SELECT FROM kept_object AS earlier WHERE earlier.kind = kept.kind"
    " AND earlier.id = kept.id AND (earlier.kept_at, earlier.agency_id) < (kept.kept_at, kept.agency_id))"
)
_BELOW = (
    "WITH RECURSIVE below (id) AS (SELECT %(id)s::text UNION SELECT kept.id::text FROM below JOIN kept_object AS kept"
    f" ON lower(kept.document ->> 'parent_id') = below.id WHERE {IS_FIRST}) SELECT id FROM below"
)
_NAMES = (
    "SELECT kept.id::text, kept.document ->> 'name' FROM kept_object AS kept"
    f" WHERE kept.id = ANY(%(ids)s::uuid[]) AND kept.document ->> 'name' <> '' AND {IS_FIRST}"
)
_OF_TAXONOMY = (
    "SELECT kept.id::text FROM kept_object AS kept"
    " WHERE lower(coalesce(kept.document ->> 'taxonomy_id', kept.document -> 'taxonomy_detail' ->> 'id')) = %(id)s"
    f" AND {IS_FIRST}"
)


def kept_spellings(document: Mapping[str, Any]) -> str:
    """Return what an object is called, as search compares it."""
    return " ".join(plain_words(str(document.get("name") or "")[:_LONGEST_NAME]))


def kept_select(kind: str, given: Mapping[str, Any]) -> Select[Any]:
    """Return the statement of the documents that fit what a list was asked for, each id once, the first kept of it."""
    kept, own = kept_object.c, _OWN[kind].c
    first = (
        select(kept.id, kept.document, kept.spellings)
        .ext(distinct_on(kept.id))
        .where(kept.kind == kind, ~select(own.id).where(own.id == kept.id).exists())
        .order_by(kept.id, kept.kept_at, kept.agency_id)
        .subquery()
    )
    words = plain(given.get("search") or "").split()
    named = [(" " + first.c.spellings).contains(f" {word}", autoescape=True) for word in words]
    return select(first.c.document).where(*named, *_conditions(first.c.document, given)).order_by(first.c.id)


def _conditions(document: ColumnElement[Any], given: Mapping[str, Any]) -> list[ColumnElement[bool]]:
    parent, conditions = func.lower(document["parent_id"].astext), []
    if given.get("taxonomy_id"):
        said = (document["taxonomy_id"].astext, document["taxonomy_detail"]["id"].astext)
        conditions.append(or_(*(func.lower(column) == given["taxonomy_id"].lower() for column in said)))
    if given.get("top_only"):
        conditions.append(parent.is_(None))
    if given.get("parent_id"):
        conditions.append(parent == given["parent_id"].lower())
    return conditions


def keys_of_term(connection: Connection, id_: str) -> list[str]:
    """Return the keys by which search finds what feeds attached this term, or one below it, to."""
    return list(execute(connection, sql(_BELOW, id=id_.lower())).scalars())


def keys_of_taxonomy(connection: Connection, id_: str) -> list[str]:
    """Return the keys by which search finds what feeds attached any term of this taxonomy to."""
    found = execute(connection, sql(_OF_TAXONOMY, id=id_.lower())).scalars()
    return [TAXONOMY + id_.lower(), *found]


def kept_names(connection: Connection, ids: Sequence[str]) -> dict[str, str]:
    """Return what those of the terms are called that are kept, by their ids."""
    return {row[0]: row[1] for row in execute(connection, sql(_NAMES, ids=list(ids)))}


def kept_page(
    connection: Connection, statement: Select[Any], *, offset: int, limit: int
) -> tuple[int, Sequence[dict[str, Any]]]:
    """Return how many there are, and some of them."""
    total = connection.scalar(select(func.count()).select_from(statement.order_by(None).subquery())) or 0
    if offset >= total or not limit:
        return total, []
    return total, connection.scalars(statement.offset(offset).limit(limit)).all()


def kept_by_id(connection: Connection, kind: str, id_: str) -> dict[str, Any] | None:
    """Return one of them, as whoever kept it first tells it, or None."""
    kept = kept_object.c
    wanted = select(kept.document).where(kept.kind == kind, kept.id == id_).order_by(kept.kept_at, kept.agency_id)
    return connection.scalar(wanted.limit(1))
