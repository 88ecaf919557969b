"""Reads for the public tier: ready-made documents of services, places and organizations, and the taxonomy.

All but the taxonomy comes from the tables of published documents; a draft, a network listing or a confidential place
cannot be reached from them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, RowMapping, select

from services.directory.adapters.document_tables import published_document
from services.directory.adapters.kept_taxonomies import keys_of_taxonomy, keys_of_term
from services.directory.adapters.search import all_services
from services.directory.adapters.search_plans import Plan
from services.directory.adapters.service_rows import PUBLIC, term_select
from services.directory.adapters.sql import Sql
from services.directory.adapters.tables import search_entry, taxonomy, taxonomy_term
from services.directory.domain.told_terms import anywhere


def service_documents(connection: Connection, listing_ids: Sequence[str], *, in_full: bool) -> list[str]:
    """Return the public services of these ids as JSON in this order; ids of others are passed over."""
    text = published_document.c.in_full if in_full else published_document.c.in_list
    statement = select(published_document.c.listing_id, text).where(published_document.c.listing_id.in_(listing_ids))
    found: dict[str, str] = {row[0]: row[1] for row in connection.execute(statement)}
    return [found[listing_id] for listing_id in listing_ids if listing_id in found]


def service_select(plan: Plan, *, in_full: bool) -> Sql:
    """Return the statement that reads all services that match as JSON."""
    joins = "JOIN published_document ON published_document.listing_id = search_entry.listing_id"
    return all_services(plan, f"published_document.{'in_full' if in_full else 'in_list'}", joins=joins)


def minimal_select(plan: Plan) -> Sql:
    """Return the statement that reads id and time of change of all services that match."""
    return all_services(plan, "search_entry.listing_id::text, search_entry.last_modified")


def minimal_services(connection: Connection, listing_ids: Sequence[str]) -> list[Mapping[Any, Any]]:
    """Return id and time of change of public services in this order."""
    statement = select(search_entry.c.listing_id.label("id"), search_entry.c.last_modified).where(
        search_entry.c.tier.in_(PUBLIC), search_entry.c.listing_id.in_(listing_ids)
    )
    rows = {row["id"]: row for row in connection.execute(statement).mappings()}
    return [rows[listing_id] for listing_id in listing_ids if listing_id in rows]


def services_of_organizations(
    connection: Connection, organization_ids: Sequence[str], *, in_full: bool
) -> dict[str, list[str]]:
    """Return the public services of each organization as JSON, in order of their names."""
    text = published_document.c.in_full if in_full else published_document.c.in_list
    statement = (
        select(search_entry.c.organization_id, text)
        .join(published_document, published_document.c.listing_id == search_entry.c.listing_id)
        .where(published_document.c.organization_id.in_(organization_ids))
        .order_by(search_entry.c.sort_name, search_entry.c.listing_id)
    )
    found: dict[str, list[str]] = defaultdict(list)
    for row in connection.execute(statement):
        found[row[0]].append(row[1])
    return found


def taxonomies(connection: Connection) -> Sequence[RowMapping]:
    """Return all taxonomies by name."""
    return connection.execute(select(taxonomy).order_by(taxonomy.c.name)).mappings().all()


def taxonomy_terms(connection: Connection, *conditions: ColumnElement[bool]) -> Sequence[RowMapping]:
    """Return the terms that fit, in the order of the taxonomy: parents before their children."""
    statement = term_select().where(*conditions).order_by(taxonomy_term.c.position)
    return connection.execute(statement).mappings().all()


def term_conditions(
    connection: Connection, *, term_id: str | None, taxonomy_id: str | None
) -> list[ColumnElement[bool]]:
    """Return, for each filter given, the condition on an entry; terms are our own, or such as feeds attached."""
    wanted: list[ColumnElement[bool]] = []
    for value, column, told in (
        (term_id, taxonomy_term.c.id, keys_of_term),
        (taxonomy_id, taxonomy_term.c.taxonomy_id, keys_of_taxonomy),
    ):
        if value:
            codes = list(connection.scalars(select(taxonomy_term.c.code).where(column == value)))
            keys = [] if codes else told(connection, value)
            either = search_entry.c.terms.overlap(codes) if codes else search_entry.c.told_terms.overlap(anywhere(keys))
            wanted.append(either)
    return wanted
