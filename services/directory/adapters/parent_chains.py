"""Reads what stands above organizations and terms that were taken in, all the way up in one question."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import ARRAY, ColumnElement, Connection, FromClause, any_, case, cast, func, literal, select
from sqlalchemy.dialects.postgresql import UUID

from services.directory.adapters.import_tables import kept_object
from services.directory.adapters.tables import organization

_AN_ID = "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"
_ID = UUID(as_uuid=False)


def parents_above(
    connection: Connection, kind: str, ids: Collection[str], agency_id: str, *, most: int
) -> dict[str, str]:
    """Return the parent of each that has one, and of what stands above it, ``most`` levels up.

    Organizations are everybody's; of terms the agency has its own.
    """
    table = organization if kind == "organization" else kept_object
    first = table.alias()
    conditions = _of(first, kind, agency_id)
    above = (
        select(first.c.id, _parent(first, kind).label("parent"), literal(1).label("level"))
        .where(first.c.id == any_(cast(list(ids), ARRAY(_ID))), *conditions)
        .cte("above", recursive=True)
    )
    following = table.alias()
    parent_id = case((above.c.parent.regexp_match(_AN_ID), cast(above.c.parent, _ID)))
    further = (
        select(following.c.id, _parent(following, kind), above.c.level + 1)
        .select_from(above.join(following, following.c.id == parent_id))
        .where(above.c.level < most, *_of(following, kind, agency_id))
    )
    above = above.union(further)
    rows = connection.execute(select(above.c.id, above.c.parent).where(above.c.parent.is_not(None)).distinct())
    return {row.id: row.parent for row in rows}


def _parent(table: FromClause, kind: str) -> ColumnElement[Any]:
    if kind == "organization":
        return func.lower(table.c.hsds["parent_organization_id"].astext)
    return func.lower(table.c.document["parent_id"].astext)


def _of(table: FromClause, kind: str, agency_id: str) -> list[ColumnElement[bool]]:
    return [] if kind == "organization" else [table.c.kind == kind, table.c.agency_id == agency_id]
