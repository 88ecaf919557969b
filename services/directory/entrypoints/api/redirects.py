"""Sends whoever asks for a merged record by its old id to the one that it was merged into."""

from __future__ import annotations

import flask
from sqlalchemy import Connection, select

from chassis.problems import NOT_FOUND, Problem
from services.directory.adapters.document_tables import (
    published_document,
    published_organization,
    published_place,
)
from services.directory.adapters.merges import led_to

_PUBLIC_IDS = {
    "services": published_document.c.listing_id,
    "organizations": published_organization.c.organization_id,
    "service_at_locations": published_place.c.id,
}


def redirect_or_not_found(connection: Connection, collection: str, old_id: str) -> flask.Response:
    """Return the way to the record's new id, for good; raise the 404 problem where the id was never merged.

    A way to what is not public would tell that there is such a thing: to others it leads nowhere.
    """
    new_id, public_id = led_to(connection, old_id), _PUBLIC_IDS[collection]
    if new_id is None or connection.scalar(select(public_id).where(public_id == new_id).limit(1)) is None:
        raise Problem(NOT_FOUND)
    query = flask.request.query_string.decode("ascii", "ignore")
    response = flask.Response(status=301)
    response.headers["Location"] = f"/{collection}/{new_id}" + (f"?{query}" if query else "")
    return response
