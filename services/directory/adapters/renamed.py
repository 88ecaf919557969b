"""Carries new names of places and terms into the documents that show them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, cast, or_, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import Text

from services.directory.adapters.documents import publish_in_batches
from services.directory.adapters.tables import listing, location, municipality, taxonomy_term

# What documents show of a place and of a term, by code.
Shown = Mapping[tuple[str, str], Any]


def shown_names(connection: Connection) -> Shown:
    """Return what documents show of all places and terms; take it before the reference data are loaded."""
    place, term = municipality.c, taxonomy_term.c
    places = select(place.code, place.name, place.parent_code, place.country, place.latitude, place.longitude)
    terms = select(term.code, term.names, term.descriptions, term.parent_id)
    found: dict[tuple[str, str], Any] = {("place", row[0]): tuple(row[1:]) for row in connection.execute(places)}
    return found | {("term", row[0]): tuple(row[1:]) for row in connection.execute(terms)}


def publish_renamed(connection: Connection, before: Shown) -> int:
    """Bring the documents up to date that show something else than before; return how many listings those are."""
    now = shown_names(connection)
    changed = [key for key, value in now.items() if key in before and before[key] != value]
    places = {code for kind, code in changed if kind == "place"}
    # An address names what its place lies in, or what the city of its place lies in.
    inside: set[str] = set()
    for _ in range(2):
        within = select(municipality.c.code).where(municipality.c.parent_code.in_(places | inside))
        inside |= set(connection.scalars(within))
    terms = [code for kind, code in changed if kind == "term"]
    there = select(location.c.listing_id).where(location.c.municipality_code.in_(places | inside))
    touched = or_(
        listing.c.id.in_(there),
        listing.c.serves.overlap(cast(sorted(places), ARRAY(Text))),
        listing.c.taxonomy_terms.overlap(cast(terms, ARRAY(Text))),
    )
    ids = list(connection.scalars(select(listing.c.id).where(touched).order_by(listing.c.id))) if changed else []
    publish_in_batches(connection, ids)
    return len(ids)
