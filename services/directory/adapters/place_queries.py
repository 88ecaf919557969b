"""Reads of services at their public places: the texts of place and service, put together."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import ColumnElement, Connection, Select, select, tuple_

from services.directory.adapters.document_tables import published_document, published_place
from services.directory.adapters.search import matching_places
from services.directory.adapters.search_plans import Plan
from services.directory.adapters.sql import Sql
from services.directory.adapters.tables import listing, search_entry

_KEY = (published_place.c.listing_id, published_place.c.position)


def place_documents(connection: Connection, keys: Sequence[tuple[str, int]], *, in_full: bool) -> list[str]:
    """Return the places of these keys, listing and position, as JSON with their services, in this order."""
    statement = _with_document(select(*_KEY, *_texts(in_full=in_full)).select_from(published_place))
    rows = connection.execute(statement.where(tuple_(*_KEY).in_(keys)))
    found = {(row[0], row[1]): with_service(row[2], row[3], in_full=in_full) for row in rows}
    return [found[key] for key in keys if key in found]


def place_select(plan: Plan, *, in_full: bool) -> Sql:
    """Return the statement that reads the texts of all places that match and of their services."""
    text = "in_full" if in_full else "in_list"
    joins = "JOIN published_document ON published_document.listing_id = published_place.listing_id"
    return matching_places(plan, f"published_place.{text}, published_document.{text}", joins=joins)


def minimal_places(connection: Connection, keys: Sequence[tuple[str, int]]) -> list[tuple[str, datetime]]:
    """Return id and time of change of the places of these keys, in this order."""
    both = published_place.join(search_entry, search_entry.c.listing_id == published_place.c.listing_id)
    statement = select(*_KEY, published_place.c.id, search_entry.c.last_modified).select_from(both)
    found = {(row[0], row[1]): (row[2], row[3]) for row in connection.execute(statement.where(tuple_(*_KEY).in_(keys)))}
    return [found[key] for key in keys if key in found]


def minimal_select(plan: Plan) -> Sql:
    """Return the statement that reads id and time of change of all places that match."""
    return matching_places(plan, "published_place.id::text, search_entry.last_modified")


def place_by_id(connection: Connection, id_: str) -> str | None:
    """Return one place in full with its service, or None; of two that say the same id, the one known longer."""
    columns: tuple[ColumnElement[Any], ...] = _texts(in_full=True)
    known = published_place.join(listing, listing.c.id == published_place.c.listing_id)
    statement = _with_document(select(*columns).select_from(known)).where(published_place.c.id == id_)
    row = connection.execute(statement.order_by(listing.c.created_at, *_KEY).limit(1)).first()
    return with_service(row[0], row[1], in_full=True) if row else None


def _texts(*, in_full: bool) -> tuple[ColumnElement[str], ColumnElement[str]]:
    place, service = published_place.c, published_document.c
    return (place.in_full, service.in_full) if in_full else (place.in_list, service.in_list)


def _with_document(statement: Select[Any]) -> Select[Any]:
    return statement.join(published_document, published_document.c.listing_id == published_place.c.listing_id)


def with_service(place: str, service: str, *, in_full: bool) -> str:
    """Put the service into the place's text; in full it comes without its places."""
    if in_full:
        shape = orjson.loads(service)
        shape.pop("service_at_locations", None)
        service = orjson.dumps(shape).decode()
    return f'{place[:-1]},"service":{service}}}'
