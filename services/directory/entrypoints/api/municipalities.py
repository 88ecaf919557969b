"""Finds places by their spelling."""

from __future__ import annotations

from typing import Any

import flask

from chassis.connexion_app import container
from services.directory.adapters.places import find_municipalities
from services.directory.entrypoints.api.hsds import present

_FIELDS = ("code", "country", "level", "parent_code", "name", "names", "latitude", "longitude")


def list_municipalities(
    *, limit: int, search: str | None = None, country: str | None = None, code: str | None = None
) -> Any:
    """Return places, best match first."""
    with container().engine.connect() as connection:
        rows = find_municipalities(connection, search=search, country=country, code=code, limit=limit)
    return flask.jsonify({"items": [present({name: row[name] for name in _FIELDS}) for row in rows]})
