"""Loads what is known of published services, before it is put into any shape.

Everything here goes through ``search_entry``, by default with the public tier, and through the table of public
locations; a draft or a confidential place cannot be reached from it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import ColumnElement, Connection, Engine, Select, TextClause, select

from services.directory.adapters.bulk_rows import is_among
from services.directory.adapters.shown_organizations import organizations_as_shown
from services.directory.adapters.tables import (
    listing,
    location,
    municipality,
    organization,
    search_entry,
    taxonomy,
    taxonomy_term,
)
from services.directory.adapters.wording import english_country
from services.directory.domain.place_levels import is_lived_in

PUBLIC = ("public",)
Row = Mapping[Any, Any]
_names_of_version: WeakKeyDictionary[Engine, tuple[int, Names]] = WeakKeyDictionary()


@dataclass(frozen=True, kw_only=True)
class ServiceRows:
    """What is known of one published service, before it is put into any shape."""

    service: Mapping[Any, Any]
    organization: Mapping[Any, Any]
    location: Mapping[Any, Any] | None
    terms: Sequence[Mapping[Any, Any]]
    areas: Sequence[Mapping[Any, Any]]
    place: Mapping[Any, Any] | None
    region: Mapping[Any, Any] | None


@dataclass(frozen=True)
class Names:
    """The rows of terms and of places by code: what documents call them."""

    terms: Mapping[str, Row]
    places: Mapping[str, Row]


def names_of(connection: Connection, version: int) -> Names:
    """Return all names of this version of the reference data; they are read when they are asked for first."""
    kept = _names_of_version.get(connection.engine)
    if kept is None or kept[0] != version:
        names = Names(_by(connection, term_select(), "code"), _by(connection, select(municipality), "code"))
        kept = _names_of_version[connection.engine] = (version, names)
    return kept[1]


def public_services(connection: Connection, listing_ids: Sequence[str]) -> list[ServiceRows]:
    """Return the public services of these ids in this order; ids of others are passed over."""
    return services_where(connection, listing_ids, search_entry.c.tier.in_(PUBLIC))


def services_where(
    connection: Connection, listing_ids: Sequence[str], may_be_seen: ColumnElement[bool] | TextClause
) -> list[ServiceRows]:
    """Return those of the services that may be seen, in this order."""
    statement = select(listing).join(search_entry).where(may_be_seen, is_among(listing.c.id, listing_ids))
    return rows_of_services(connection, statement, listing_ids)


def rows_of_services(connection: Connection, statement: Select[Any], listing_ids: Sequence[str]) -> list[ServiceRows]:
    """Return the services that a statement finds, for those who may see them whatever their state, in this order."""
    rows = _by(connection, statement, "id")
    keepers = is_among(organization.c.id, {row["organization_id"] for row in rows.values()})
    owners = organizations_as_shown(connection, keepers)
    locations = _by(connection, select(location).where(is_among(location.c.listing_id, rows)), "listing_id")
    terms = _terms(connection, {code for row in rows.values() for code in row["taxonomy_terms"]})
    places = _places(connection, rows.values(), locations.values())
    names = Names(terms, places)
    return [
        put_together(row, owners[row["organization_id"]], locations.get(listing_id), names)
        for listing_id in listing_ids
        if (row := rows.get(listing_id)) is not None
    ]


def put_together(row: Row, owner: Row, where: Row | None, names: Names) -> ServiceRows:
    """Return what is known of one service by its row, that of its organization as shown, and that of its public place.

    Of terms and places whose names are not known, terms are left out, and areas are called by their codes; countries
    by their English names.
    """
    terms, places = names.terms, names.places
    place = places.get(where["municipality_code"] or "") if where else None
    return ServiceRows(
        service=row,
        organization=owner,
        location=where,
        terms=[terms[code] for code in row["taxonomy_terms"] if code in terms],
        areas=[places.get(code) or {"code": code, "name": english_country(code)} for code in row["serves"]],
        place=place,
        region=_region_of(place, places) if place else None,
    )


def _region_of(place: Row, places: Mapping[str, Row]) -> Row | None:
    """Return the area that a place lies in; a city over municipalities is none, for people live in it."""
    above = places.get(place["parent_code"] or "")
    if above is not None and is_lived_in(above["rank"]):
        return places.get(above["parent_code"] or "", above)
    return above


def _by(connection: Connection, statement: Select[Any], key: str) -> dict[str, Row]:
    # As dictionaries: each column is looked up many times.
    return {row[key]: dict(row) for row in connection.execute(statement).mappings().all()}


def _terms(connection: Connection, codes: Iterable[str]) -> dict[str, Mapping[Any, Any]]:
    rows = connection.execute(term_select().where(is_among(taxonomy_term.c.code, set(codes)))).mappings().all()
    return {row["code"]: dict(row) for row in rows}


def _places(connection: Connection, services: Iterable[Row], locations: Iterable[Row]) -> dict[str, Row]:
    codes = {code for row in services for code in row["serves"]} | {row["municipality_code"] for row in locations}
    found = _by(connection, select(municipality).where(is_among(municipality.c.code, codes - {None})), "code")
    # Above a municipality may come a city, and an area above that.
    for _ in range(2):
        above = {row["parent_code"] for row in found.values()} - {None} - set(found)
        found |= _by(connection, select(municipality).where(is_among(municipality.c.code, above)), "code")
    return found


def term_select() -> Select[Any]:
    """Return the statement of terms with the name of their taxonomy."""
    return select(taxonomy_term, taxonomy.c.name.label("taxonomy_name")).join(taxonomy)
