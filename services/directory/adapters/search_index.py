"""Keeps the search index in step with the listings, in the transaction that changes them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, delete, func, select
from sqlalchemy.dialects.postgresql import insert

from chassis.clock import SystemClock
from services.directory.adapters.bulk_rows import is_among
from services.directory.adapters.documents import hold_organizations, publish_documents, publish_organizations
from services.directory.adapters.gazetteer import gazetteer_of
from services.directory.adapters.opening_index import keep_spans
from services.directory.adapters.organization_search import forget_entries
from services.directory.adapters.place_entries import says_areas, told_places
from services.directory.adapters.place_index import keep_places
from services.directory.adapters.reference_cache import reference_of
from services.directory.adapters.rows import listing_of_rows
from services.directory.adapters.search_entries import Entry, entry_of
from services.directory.adapters.search_words import keep_words
from services.directory.adapters.tables import listing as listing_table
from services.directory.adapters.tables import location, municipality, organization, search_entry
from services.directory.adapters.word_tables import search_word
from services.directory.domain.listing import Listing

_BATCH = 500
Rows = Mapping[str, Mapping[Any, Any]]


def index_listings(connection: Connection, listings: Sequence[Listing]) -> set[str]:
    """Bring the entries of many listings up to date and return their words; far cheaper than one by one."""
    absent = [listing.id for listing in listings if not listing.is_published]
    if absent:
        connection.execute(delete(search_entry).where(search_entry.c.listing_id.in_(absent)))
    now = SystemClock().now()
    entries = list(_entries(connection, [listing for listing in listings if listing.is_published]))
    words = {word for entry in entries for word in entry.words}
    keep_words(connection, words)
    rows = [entry.row for entry in entries]
    if rows:
        statement = insert(search_entry)
        changed = {name: statement.excluded[name] for name in rows[0] if name != "listing_id"}
        connection.execute(statement.on_conflict_do_update(index_elements=["listing_id"], set_=changed), rows)
    hours = {entry.row["listing_id"]: entry.hours for entry in entries}
    keep_spans(connection, hours, now, gone=absent)
    keep_places(connection, {entry.row["listing_id"]: entry.places for entry in entries}, now)
    return words


def _entries(connection: Connection, listings: Sequence[Listing]) -> Iterator[Entry]:
    owners = _by(connection, organization, "id", {listing.organization_id for listing in listings})
    places = _by(connection, location, "listing_id", {listing.id for listing in listings})
    return entries_of(connection, listings, owners, places, SystemClock().now())


def entries_of(
    connection: Connection, listings: Sequence[Listing], owners: Rows, places: Rows, now: datetime
) -> Iterator[Entry]:
    """Yield the entries of published listings; all that is looked up for them are names of places and terms.

    ``owners`` are the rows of organizations by their ids, ``places`` those of public places by their listings; a
    confidential one has none.
    """
    terms = {term for listing in listings for term in listing.content.taxonomy_terms}
    towns = {place["municipality_code"] for place in places.values() if place["municipality_code"]}
    reference = reference_of(connection, knowing=terms | towns)
    for listing in listings:
        # Where the others are, and what they serve, must be looked up; few services have more than one.
        told = told_places(listing.content)
        is_simple = len(told) <= 1 and not any(map(says_areas, told))
        names = None if is_simple else gazetteer_of(connection, reference.version)
        owner, place = owners[listing.organization_id], places.get(listing.id)
        yield entry_of(listing, owner, place, reference, now, towns=names)


def _by(connection: Connection, table: Any, key: str, ids: set[str]) -> Mapping[str, Mapping[Any, Any]]:
    rows = connection.execute(select(table).where(is_among(table.c[key], ids))).mappings().all()
    return {row[key]: row for row in rows}


def reindex(engine: Engine, *, progress: Callable[[int], None] = lambda _: None) -> int:
    """Build index and documents afresh, as after a change of spelling rules or of reference data; return how many.

    It goes on batch by batch, each a transaction, so that memory stays small and the directory can be searched and
    changed meanwhile. ``progress`` is told how many are done.
    """
    done = 0
    with engine.begin() as connection:
        words = {word for found in connection.scalars(select(municipality.c.spellings)) for word in found}
        keep_words(connection, words)
    for batch in _batches(engine, organization):
        with engine.begin() as connection:
            forget_entries(connection, batch)
            publish_organizations(connection, batch)
    for batch in _batches(engine, listing_table):
        with engine.begin() as connection:
            hold_organizations(connection, batch)
            rows = connection.execute(select(listing_table).where(listing_table.c.id.in_(batch))).mappings()
            # Where a confidential place is does not matter here, and is not read.
            places = _by(connection, location, "listing_id", set(batch))
            words |= index_listings(connection, [listing_of_rows(row, places.get(row["id"])) for row in rows])
            publish_documents(connection, batch, anew=True)
        done += len(batch)
        progress(done)
    with engine.begin() as connection:
        connection.execute(delete(search_word).where(search_word.c.word != func.all(sorted(words))))
    return done


def _batches(engine: Engine, table: Any) -> Iterator[list[str]]:
    """Yield the ids of a table in order, some at a time."""
    last: str | None = None
    while True:
        statement = select(table.c.id).order_by(table.c.id).limit(_BATCH)
        with engine.connect() as connection:
            found = list(connection.scalars(statement.where(table.c.id > last) if last else statement))
        if not found:
            return
        yield found
        last = found[-1]
