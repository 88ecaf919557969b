"""Works out what is written of new listings, out of memory: nothing is read back that was just written.

Of a confidential place the repository alone writes the row.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Table

from services.directory.adapters.bulk_rows import Prepared
from services.directory.adapters.document_tables import published_document, published_hours, published_place
from services.directory.adapters.documents import document_rows
from services.directory.adapters.duplicates import rows_of_new as rows_of_compared
from services.directory.adapters.geography import point
from services.directory.adapters.kept_json import as_kept
from services.directory.adapters.opening_index import span_rows
from services.directory.adapters.opening_tables import opening_span
from services.directory.adapters.organization_rows import organization_of_row
from services.directory.adapters.place_index import rows_of_places
from services.directory.adapters.place_rows import place_row
from services.directory.adapters.reference_cache import reference_of
from services.directory.adapters.rows import row_of_listing
from services.directory.adapters.search_entries import Entry
from services.directory.adapters.search_index import entries_of
from services.directory.adapters.service_rows import PUBLIC, Names, ServiceRows, names_of, put_together
from services.directory.adapters.tables import listing, location, search_entry
from services.directory.adapters.versions import rows_of_first
from services.directory.domain.compared_traits import traits_of_listing
from services.directory.domain.listing import Listing, ListingStatus
from services.directory.domain.location import ConfidentialLocation, PhysicalLocation
from services.directory.domain.versions import Change

Row = Mapping[Any, Any]
Rows = tuple[Table, Sequence[Mapping[str, Any]]]
_AS_JSON = ("hsds", "schedule", "translations")


@dataclass(frozen=True, kw_only=True)
class NewListings:
    """New listings, each with its first change, and what is known beside them when they are written.

    ``owners`` are the rows of their organizations by id, ``shown`` the same as the public may see them; ``version`` is
    that of the reference data.
    """

    entries: Sequence[tuple[Listing, Change]]
    owners: Mapping[str, Row]
    shown: Mapping[str, Row]
    version: int
    now: datetime


@dataclass(frozen=True, kw_only=True)
class NewRows:
    """The rows by table, in an order in which each finds what it refers to, and what is to be told of them.

    What was made elsewhere is ``prepared`` for COPY there.
    ``words`` are those of the search index, ``published`` the listings that the public sees, ``places`` their places.
    """

    tables: Sequence[Rows]
    prepared: Sequence[Prepared] = ()
    words: frozenset[str]
    published: Sequence[str]
    places: frozenset[str]


def rows_of_new(connection: Connection, new: NewListings) -> NewRows:
    """Return all that is written of new listings; the connection is asked for names of places and terms alone."""
    listings = [each for each, _ in new.entries]
    towns = {
        each.content.location.municipality
        for each in listings
        if isinstance(each.content.location, PhysicalLocation) and each.content.location.municipality
    }
    centres = reference_of(connection, knowing=towns).centres
    places = {
        each.id: place_row(each, centres)
        for each in listings
        if not isinstance(each.content.location, ConfidentialLocation)
    }
    indexed = [each for each in listings if each.is_published]
    entries = list(entries_of(connection, indexed, new.owners, places, new.now))
    of_listings = list(map(row_of_listing, listings))
    documents = list(_documents(new, of_listings, places, names_of(connection, new.version), entries))
    return NewRows(
        tables=[
            (listing, of_listings),
            (location, list(places.values())),
            *_of_search(entries, new.now),
            *rows_of_first(new.entries),
            *_compared(new),
            *documents,
        ],
        words=frozenset(word for entry in entries for word in entry.words),
        published=[row["listing_id"] for row in documents[0][1]],
        places=frozenset(row["id"] for row in documents[1][1]),
    )


def _of_search(entries: Sequence[Entry], now: datetime) -> Iterator[Rows]:
    yield search_entry, [entry.row for entry in entries]
    yield opening_span, span_rows({entry.row["listing_id"]: entry.hours for entry in entries}, now)
    yield from rows_of_places((entry.places for entry in entries), now)


def _compared(new: NewListings) -> Iterator[Rows]:
    owners = {key: organization_of_row(row) for key, row in new.owners.items()}
    listings = [each for each, _ in new.entries if each.status is not ListingStatus.WITHDRAWN]
    traits = {each.id: traits_of_listing(each.content, owners[each.organization_id]) for each in listings}
    yield from rows_of_compared("listing", traits)


def _documents(
    new: NewListings,
    rows: Sequence[Mapping[str, Any]],
    places: Mapping[str, Row],
    names: Names,
    entries: Sequence[Entry],
) -> Iterator[Rows]:
    """Yield what the public sees, as if it had been read from the tables; new listings have no history."""
    found = [
        _as_read(row, new.shown[row["organization_id"]], places.get(row["id"]), names)
        for row in rows
        if row["status"] == ListingStatus.PUBLISHED.value and row["tier"] in PUBLIC
    ]
    documents, shown_places, hours = document_rows(found, {})
    points = _points(entries)
    for place in shown_places:
        where = points.get((place["listing_id"], place["position"]))
        if place["place"] is None and where is not None:
            place |= {"latitude": where[0], "longitude": where[1], "place": point(*where)}
    yield published_document, documents
    yield published_place, shown_places
    yield published_hours, hours


def _as_read(row: Mapping[str, Any], owner: Row, place: Row | None, names: Names) -> ServiceRows:
    service = {**row, **{name: as_kept(row[name]) for name in _AS_JSON}}
    if row["confirmed_at"] is not None:
        service["confirmed_at"] = row["confirmed_at"].astimezone(UTC)
    if place is not None and place["latitude"] is not None:
        place = {**place, "latitude": float(place["latitude"]), "longitude": float(place["longitude"])}
    return put_together(service, owner, place, names)


def _points(entries: Sequence[Entry]) -> dict[tuple[str, int], tuple[float, float]]:
    """Return where the places of services are searched at, by listing and position, as far as that is known."""
    rows = [place.row for entry in entries for place in entry.places]
    rows += [{**entry.row, "position": 0} for entry in entries if not entry.places]
    return {
        (row["listing_id"], row["position"]): (float(row["latitude"]), float(row["longitude"]))
        for row in rows
        if row["latitude"] is not None
    }
