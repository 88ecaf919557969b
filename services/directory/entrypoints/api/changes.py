"""The public feed of changes, withdrawals included."""

from __future__ import annotations

from typing import Any

import flask
from sqlalchemy import RowMapping

from chassis.clock import to_rfc3339
from chassis.connexion_app import container
from services.directory.adapters.changes import read_changes


def list_changes(*, after: int, limit: int) -> flask.Response:
    """Return the changes after a cursor."""
    with container().engine.begin() as connection:
        rows = read_changes(connection, after=after, limit=limit)
    shown = [_shown(row) for row in rows]
    return flask.jsonify({"changes": shown, "next": shown[-1]["cursor"] if shown else after})


def _shown(row: RowMapping) -> dict[str, Any]:
    change = {"cursor": row["number"], "kind": row["kind"], "id": row["id"], "change": row["change"]}
    if row["replaced_by"]:
        change["replaced_by"] = row["replaced_by"]
    return {**change, "last_modified": to_rfc3339(row["last_modified"])}
