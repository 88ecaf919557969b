"""Keeps ready what the public sees of services, places and organizations, in the transaction that changes them.

Each is stored as the JSON text that is sent, so that a read only puts texts together. What is written here comes from
``service_rows``, which knows the public tier alone, and each difference is noted for the feed of changes.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

import orjson
from sqlalchemy import Connection, Table, and_, delete, func, select
from sqlalchemy.dialects.postgresql import insert as upsert

from services.directory.adapters import hsds_shapes
from services.directory.adapters.bulk_rows import insert_rows, is_among
from services.directory.adapters.changes import note_changes
from services.directory.adapters.document_tables import (
    published_document,
    published_hours,
    published_organization,
    published_place,
)
from services.directory.adapters.field_history import field_histories, organization_histories
from services.directory.adapters.geography import point
from services.directory.adapters.organization_search import index_organizations
from services.directory.adapters.place_claims import note_place_changes
from services.directory.adapters.place_index import points_of_places
from services.directory.adapters.published_places import coordinates_of, hours_of, postcode_of
from services.directory.adapters.service_rows import ServiceRows, public_services
from services.directory.adapters.shown_organizations import organizations_as_shown
from services.directory.adapters.tables import listing, organization

_BATCH = 500


def publish_documents(connection: Connection, listing_ids: Sequence[str], *, anew: bool = False) -> None:
    """Bring what the public sees of these listings up to date; call it after their search entries are.

    Of a listing that is not public, or no longer, nothing stays. Many at once cost far less than one by one. With
    ``anew`` also that is written again by which places and hours are found, where nothing that is shown has changed.
    """
    owners = hold_organizations(connection, listing_ids)
    found = {rows.service["id"]: rows for rows in public_services(connection, listing_ids)}
    before = _texts(connection, published_document, "listing_id", listing_ids)
    documents, places, hours = document_rows(found.values(), field_histories(connection, list(found.values())))
    changed = {
        document["listing_id"]
        for document in documents
        if before.get(document["listing_id"]) != (document["in_list"], document["in_full"])
    }
    gone = set(before) - set(found)
    replaced = set(found) | gone if anew else changed | gone
    _replace_parts(connection, replaced, places, hours, changed=changed)
    written = [row for row in documents if row["listing_id"] in changed]
    _write(connection, published_document, "listing_id", written, known=before)
    if gone:
        connection.execute(delete(published_document).where(published_document.c.listing_id.in_(gone)))
    note_changes(connection, "service", before=before, written=changed, gone=gone)
    _publish_siblings(connection, publish_organizations(connection, owners), listing_ids)


def note_new_documents(
    connection: Connection, owners: Sequence[str], published: Sequence[str], places: Collection[str]
) -> None:
    """Tell of what was written of new listings of these organizations, which are held; ``places`` are theirs.

    The organizations are brought up to date, for a service makes one public, or takes its places out of sight.
    """
    note_place_changes(connection, published, before=(), written=places, gone=())
    note_changes(connection, "service", before=(), written=published, gone=())
    _publish_siblings(connection, publish_organizations(connection, owners), published)


def _publish_siblings(connection: Connection, owners: Iterable[str], published: Sequence[str]) -> None:
    """Bring the other services of organizations that changed up to date, for each tells of its organization.

    An organization changes with a service of its own when that one hides its place, or no longer does.
    """
    owners = list(owners)
    if not owners:
        return
    documents = published_document.c
    others = documents.organization_id.in_(owners), documents.listing_id.not_in(published)
    publish_in_batches(connection, connection.scalars(select(documents.listing_id).where(*others)).all())


def hold_organizations(connection: Connection, listing_ids: Sequence[str]) -> list[str]:
    """Hold the organizations of these listings until the transaction ends, and return their ids.

    Whoever indexes or publishes a listing, or changes an organization, holds the organization first: so nobody writes
    a name that has just changed, and the last service to go takes the organization with it.
    """
    theirs = select(listing.c.organization_id).where(is_among(listing.c.id, listing_ids))
    held = select(organization.c.id).where(organization.c.id.in_(theirs)).order_by(organization.c.id)
    return list(connection.scalars(held.with_for_update(key_share=True)))


def document_rows(
    found: Iterable[ServiceRows], histories: Mapping[str, Sequence[dict[str, Any]]]
) -> tuple[list[dict[str, Any]], list[dict[str, Any]], list[dict[str, Any]]]:
    """Return the rows of documents, of places and of opening hours."""
    documents, places, hours = [], [], []
    for rows in found:
        listing_id, told = rows.service["id"], hsds_shapes.places_in_full(rows)
        in_full = hsds_shapes.service_in_full(rows, told, history=histories.get(listing_id, ()))
        documents.append(
            {
                "listing_id": listing_id,
                "organization_id": rows.service["organization_id"],
                "in_list": _text(hsds_shapes.service_in_list(rows)),
                "in_full": _text(in_full),
            }
        )
        places += [_place_row(listing_id, number, place) for number, place in enumerate(told)]
        hours += [{"listing_id": listing_id, "position": n, **row} for n, row in enumerate(hours_of(in_full))]
    return documents, places, hours


def _text(document: Mapping[str, Any]) -> str:
    return orjson.dumps(document).decode()


def _place_row(listing_id: str, number: int, place: Mapping[str, Any]) -> dict[str, Any]:
    latitude, longitude = coordinates_of(place) or (None, None)
    return {
        "listing_id": listing_id,
        "position": number,
        "id": place["id"].lower(),
        "postal_code": postcode_of(place),
        "latitude": latitude,
        "longitude": longitude,
        "place": point(latitude, longitude),
        "in_list": _text(hsds_shapes.place_in_list(place)),
        "in_full": _text(place),
    }


def _replace_parts(
    connection: Connection,
    listing_ids: set[str],
    places: list[dict[str, Any]],
    hours: list[dict[str, Any]],
    *,
    changed: set[str],
) -> None:
    """Write the places and the hours of these listings afresh; ``changed`` are those told otherwise than before."""
    if not listing_ids:
        return
    of_these = is_among(published_place.c.listing_id, listing_ids)
    before = set(connection.scalars(select(published_place.c.id).where(of_these)))
    connection.execute(delete(published_place).where(of_these))
    connection.execute(delete(published_hours).where(is_among(published_hours.c.listing_id, listing_ids)))
    places = [row for row in places if row["listing_id"] in listing_ids]
    points = points_of_places(connection, [row["listing_id"] for row in places if row["place"] is None])
    for row in places:
        key = (row["listing_id"], row["position"])
        if row["place"] is None and key in points:
            row["latitude"], row["longitude"] = points[key]
            row["place"] = point(*points[key])
    insert_rows(connection, published_place, places)
    insert_rows(connection, published_hours, [row for row in hours if row["listing_id"] in listing_ids])
    # What is told of a place by itself holds its service, and that has changed.
    written = {row["id"] for row in places if row["listing_id"] in changed}
    gone = before - {row["id"] for row in places}
    note_place_changes(connection, listing_ids, before=before, written=written, gone=gone)


def publish_organizations(connection: Connection, organization_ids: Sequence[str]) -> set[str]:
    """Bring what the public sees of these organizations up to date; return those that are shown otherwise than before.

    Seen is one that was published as such, as a feed that others publish does, or that has a public service.
    """
    if not organization_ids:
        return set()
    has_service = (
        select(published_document.c.listing_id)
        .where(published_document.c.organization_id == organization.c.id)
        .exists()
    )
    of_these = is_among(organization.c.id, organization_ids)
    # Held until the transaction ends, so that nobody else writes what is missing now.
    these = select(organization.c.id).where(of_these).order_by(organization.c.id)
    connection.execute(these.with_for_update(key_share=True))
    rows = organizations_as_shown(connection, and_(of_these, organization.c.is_public | has_service))
    histories = organization_histories(connection, rows)
    before = _texts(connection, published_organization, "organization_id", organization_ids)
    documents = [
        {
            "organization_id": row["id"],
            "in_list": _text(hsds_shapes.organization(row)),
            "in_full": _text(hsds_shapes.organization_in_full(row, histories.get(row["id"], ()))),
        }
        for row in rows.values()
    ]
    written = [row for row in documents if before.get(row["organization_id"]) != (row["in_list"], row["in_full"])]
    changed = {row["organization_id"] for row in written}
    gone = set(before) - {row["organization_id"] for row in documents}
    if written:
        now = connection.scalar(select(func.now()))
        dated = [{**row, "last_modified": now} for row in written]
        _write(connection, published_organization, "organization_id", dated, known=before)
    if gone:
        connection.execute(delete(published_organization).where(published_organization.c.organization_id.in_(gone)))
    index_organizations(connection, rows, changed)
    note_changes(connection, "organization", before=before, written=changed, gone=gone)
    return changed


def publish_in_batches(connection: Connection, listing_ids: Sequence[str]) -> None:
    """Bring what the public sees of very many listings up to date."""
    for start in range(0, len(listing_ids), _BATCH):
        publish_documents(connection, listing_ids[start : start + _BATCH])


def _texts(connection: Connection, table: Table, key: str, ids: Iterable[str]) -> dict[str, tuple[str, str]]:
    statement = select(table.c[key], table.c.in_list, table.c.in_full).where(is_among(table.c[key], ids))
    return {row[0]: (row.in_list, row.in_full) for row in connection.execute(statement).all()}


def _write(
    connection: Connection, table: Table, key: str, rows: list[dict[str, Any]], *, known: Collection[str]
) -> None:
    insert_rows(connection, table, [row for row in rows if row[key] not in known])
    rows = [row for row in rows if row[key] in known]
    if rows:
        statement = upsert(table)
        changed = {name: statement.excluded[name] for name in rows[0] if name != key}
        connection.execute(statement.on_conflict_do_update(index_elements=[key], set_=changed), rows)
