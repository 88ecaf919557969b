"""Loads organizations as others may see them: one that keeps a hidden place tells of no place at all."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import ColumnElement, Connection, select

from services.directory.adapters.bulk_rows import is_among
from services.directory.adapters.tables import listing, organization
from services.directory.domain.hsds_detail import without_places


def organizations_as_shown(connection: Connection, wanted: ColumnElement[bool]) -> dict[str, Mapping[Any, Any]]:
    """Return the rows of the organizations by id, as ``rows_as_shown`` does."""
    rows = connection.execute(select(organization).where(wanted)).mappings().all()
    return rows_as_shown(connection, {row["id"]: dict(row) for row in rows})


def rows_as_shown(
    connection: Connection, rows: Mapping[str, Mapping[Any, Any]], *, hiding: Collection[str] = ()
) -> dict[str, Mapping[Any, Any]]:
    """Return rows of organizations as others may see them; ``hiding`` are those that are about to keep a hidden place.

    What a feed told of an organization's places may be the address of the very service that is hidden today, whatever
    its status, and nobody can tell which of them it is: so none of them is shown.
    """
    shown = dict(rows)
    telling = {key: bare for key, row in rows.items() if (bare := without_places(row["hsds"])) != row["hsds"]}
    if telling:
        hidden = (is_among(listing.c.organization_id, telling), listing.c.location_kind == "confidential")
        found = connection.scalars(select(listing.c.organization_id).where(*hidden).distinct())
        shown |= {key: {**rows[key], "hsds": telling[key]} for key in {*found, *hiding} & telling.keys()}
    return shown
