"""Finds places by their spelling."""

from __future__ import annotations

from typing import Any

import flask
from sqlalchemy import RowMapping

from chassis.connexion_app import container
from chassis.problems import INVALID_REQUEST, Problem
from services.directory.adapters.hsds_values import present
from services.directory.adapters.localization import Reader
from services.directory.adapters.places import PlacesAsked, find_municipalities
from services.directory.domain.place_levels import is_lived_in
from services.directory.entrypoints.api.reading_language import in_languages, reader

_FIELDS = (
    "code",
    "country",
    "level",
    "parent_code",
    "parent_name",
    "parent_names",
    "name",
    "names",
    "official_codes",
    "latitude",
    "longitude",
)


def list_municipalities(*, limit: int, cursor: str | None = None, **given: str) -> Any:
    """Return places, best match first; without a search page by page, so that the whole tree can be read."""
    asked = PlacesAsked(**given, after=cursor)
    if asked.search and cursor:
        raise _bad_cursor("A search has one page; ask for more with limit.")
    try:
        with container().engine.connect() as connection:
            found = find_municipalities(connection, asked, limit=limit + 1)
    except LookupError:
        raise _bad_cursor("Pass next_cursor as it was given.") from None
    wanted = reader()
    has_more = len(found.rows) > limit and not asked.search
    answer = {
        "items": [_presented(row, wanted) | {"is_guess": found.is_guess} for row in found.rows[:limit]],
        "country": found.country,
        "next_cursor": found.rows[limit - 1]["code"] if has_more else None,
    }
    response = in_languages(flask.jsonify(answer), wanted)
    response.headers["Cache-Control"] = "public, max-age=300"
    # Weak, because it is the same whether compressed or not.
    response.add_etag(weak=True)
    return response.make_conditional(flask.request)


def _bad_cursor(detail: str) -> Problem:
    return Problem(INVALID_REQUEST, detail, errors=[{"parameter": "cursor", "in": "query", "detail": detail}])


def _presented(row: RowMapping, wanted: Reader | None) -> dict[str, Any]:
    place = present({name: row[name] for name in _FIELDS}) | {"is_area": not is_lived_in(row["rank"])}
    if wanted is not None:
        wanted.name_place(place, row["names"])
    return place
