"""Keeps the search index in step with the listings, in the transaction that changes them."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from sqlalchemy import ColumnElement, Connection, delete, func, literal_column, select
from sqlalchemy.dialects.postgresql import insert

from services.directory.adapters import tables
from services.directory.adapters.geography import point
from services.directory.adapters.tables import (
    location,
    municipality,
    organization,
    search_entry,
    search_word,
    taxonomy_term,
)
from services.directory.domain.listing import Listing
from services.directory.domain.spelling import may_be_corrected, plain, plain_words, trigrams

# A service for a whole country is not a hit for each of its towns.
_MOST_AREAS_NAMED = 30


def index_listing(connection: Connection, listing: Listing) -> None:
    """Bring the listing's entry up to date; only a published listing has one.

    The place comes from the table of public locations, where a confidential one has no row: its address,
    town and coordinates cannot get into the index.
    """
    if not listing.is_published:
        connection.execute(delete(search_entry).where(search_entry.c.listing_id == listing.id))
        return
    owner = (
        connection.execute(select(organization).where(organization.c.id == listing.organization_id)).mappings().one()
    )
    place = connection.execute(select(location).where(location.c.listing_id == listing.id)).mappings().first()
    texts, path = _texts(connection, listing, owner, place)
    values = {**_filters(listing, owner, place), "terms": path}
    weighted = [_weighted(texts[weight], weight) for weight in "ABCD"]
    document = functools.reduce(lambda left, right: left.op("||")(right), weighted)
    statement = insert(search_entry).values(listing_id=listing.id, document=document, **values)
    changed = {name: statement.excluded[name] for name in ("document", *values)}
    connection.execute(statement.on_conflict_do_update(index_elements=["listing_id"], set_=changed))
    keep_words(connection, " ".join(texts.values()).split())


def _weighted(words: str, weight: str) -> ColumnElement[Any]:
    return func.setweight(func.to_tsvector("simple", words), literal_column(f"'{weight}'::\"char\""))


def _filters(listing: Listing, owner: Mapping[Any, Any], place: Mapping[Any, Any] | None) -> dict[str, Any]:
    content, capacity = listing.content, listing.capacity
    latitude, longitude = (place["latitude"], place["longitude"]) if place else (None, None)
    return {
        "organization_id": listing.organization_id,
        "tier": content.tier.value,
        "sort_name": plain(content.name),
        "languages": list(content.languages),
        "serves": list(content.serves),
        "municipality_code": place["municipality_code"] if place else None,
        "minimum_age": content.eligibility.minimum_age,
        "maximum_age": content.eligibility.maximum_age,
        "sex": content.eligibility.sex.value,
        "is_open_to_referrals": bool(
            owner["agency_id"] and content.accepts_referrals and not (capacity and capacity.is_full)
        ),
        "latitude": latitude,
        "longitude": longitude,
        "place": point(latitude, longitude),
        "last_modified": listing.last_modified,
    }


def _texts(
    connection: Connection, listing: Listing, owner: Mapping[Any, Any], place: Mapping[Any, Any] | None
) -> tuple[dict[str, str], list[str]]:
    """Return the words by weight, and the codes of the terms with those above them."""
    content = listing.content
    terms = connection.execute(select(taxonomy_term).where(taxonomy_term.c.code.in_(content.taxonomy_terms))).all()
    codes = set(content.serves) if len(content.serves) <= _MOST_AREAS_NAMED else set()
    if place and place["municipality_code"]:
        codes.add(place["municipality_code"])
    names = connection.scalars(select(municipality.c.spellings).where(municipality.c.code.in_(codes))).all()
    own_names = [content.name, content.alternate_name or "", *(entry.name for entry in content.translations)]
    described = [content.description, *(entry.description for entry in content.translations)]
    texts = {
        "A": _words(own_names),
        "B": " ".join([*(row.spellings for row in terms), *(spelling for found in names for spelling in found)]),
        "C": owner["spellings"],
        "D": _words([*described, content.eligibility.description or "", content.alert or ""]),
    }
    return texts, sorted({code for row in terms for code in row.path})


def _words(texts: Iterable[str]) -> str:
    return " ".join(plain_words(" ".join(texts)))


def keep_words(connection: Connection, words: Iterable[str]) -> None:
    """Add new words; sorted, so that two writers never wait for each other in a circle."""
    wanted = sorted({word for word in words if may_be_corrected(word)})
    if not wanted:
        return
    known = set(connection.scalars(select(search_word.c.word).where(search_word.c.word.in_(wanted))))
    rows = [{"word": word, "trigrams": trigrams(word)} for word in wanted if word not in known]
    if rows:
        connection.execute(insert(search_word).on_conflict_do_nothing(), rows)


def reindex(connection: Connection, load: Callable[[str], Listing | None]) -> int:
    """Build the index afresh, as after a change of spelling rules or of reference data; return how many listings."""
    connection.execute(delete(search_entry))
    connection.execute(delete(search_word))
    keep_words(connection, (word for found in connection.scalars(select(municipality.c.spellings)) for word in found))
    published = connection.scalars(select(tables.listing.c.id).where(tables.listing.c.status == "published")).all()
    for listing_id in published:
        found = load(listing_id)
        if found is not None:
            index_listing(connection, found)
    return len(published)
