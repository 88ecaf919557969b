"""Finds published services: what was typed in any script, filters, distance, stable order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from services.directory.adapters.search_filters import ServiceSearch
from services.directory.adapters.search_plans import AT_PLACES, Plan, first_enough, plans_of
from services.directory.adapters.sql import Sql, execute, joined, sql, values_of

# Of more services than this only the best by name and standing are weighed word by word; the others come after them.
_MOST_WEIGHED = 1000
# As many as any reading of the words asks for before it gives way to the next.
_MOST_COUNTED = 1000
_BY_NAME = "ORDER BY named DESC, standing DESC, listing_id"


@dataclass(frozen=True)
class Found:
    """One page of a search: how many there are in all, the ids in order, and how it was read.

    ``documents`` are those that were asked for, as JSON in the same order.
    """

    total: int
    listing_ids: list[str]
    documents: list[str]
    plan: Plan


@dataclass(frozen=True)
class _Counted:
    """How many a plan finds, as far as it matters."""

    total: int
    plan: Plan


@dataclass(frozen=True)
class FoundPlaces:
    """One page of places of services: how many in all, their listings and positions in order, and how it was read."""

    total: int
    keys: list[tuple[str, int]]
    plan: Plan


def search_services(
    connection: Connection, asked: ServiceSearch, *, offset: int, limit: int, document: str | None = None
) -> Found:
    """Return a page of the matching services, with the public documents of this kind, ``in_list`` or ``in_full``."""

    def find(plan: Plan) -> Found:
        total, ids, texts = execute(connection, _page_of(plan, offset, limit, document)).one()
        return Found(total, list(map(str, ids)), texts.split("\n") if texts else [], plan)

    return first_enough(connection, plans_of(connection, asked), find)


def search_places(connection: Connection, asked: ServiceSearch, *, offset: int, limit: int) -> FoundPlaces:
    """Return a page of the public places of matching services."""

    def find(plan: Plan) -> FoundPlaces:
        condition = plan.condition()
        counted = Sql(f"SELECT count(*) FROM {AT_PLACES} WHERE {condition.text}", condition.values)
        total = execute(connection, counted).scalar_one()
        columns = "published_place.listing_id, published_place.position"
        page = _limited(matching_places(plan, columns), offset, limit)
        rows = execute(connection, page).all() if offset < total else []
        return FoundPlaces(total, [(str(row[0]), row[1]) for row in rows], plan)

    return first_enough(connection, plans_of(connection, asked, of_places=True), find)


def plan_search(connection: Connection, asked: ServiceSearch, *, of_places: bool = False) -> Plan:
    """Return the plan that a page would follow; for reading or counting all there is."""

    def count(plan: Plan) -> _Counted:
        return _Counted(0 if plan.reading is None else plan.count(connection, most=_MOST_COUNTED), plan)

    return first_enough(connection, plans_of(connection, asked, of_places=of_places), count).plan


def matching_services(plan: Plan, columns: str, *, joins: str = "") -> Sql:
    """Return the statement that reads these columns of the services that match, in order."""
    condition = plan.condition()
    chosen = Sql(f"SELECT {columns} FROM search_entry {joins} WHERE {condition.text}", condition.values)
    return _sorted(chosen, plan.order(), "search_entry.listing_id")


def all_services(plan: Plan, columns: str, *, joins: str = "") -> Sql:
    """Return the statement that reads these columns of all services that match, in the order that pages have."""
    if not plan.weighs_words or plan.local is not None:
        return matching_services(plan, columns, joins=joins)
    matched = _matched_by_name(plan)
    ordered = _in_whole_order(plan, columns, joins)
    return Sql(f"WITH {matched.text} {ordered.text}", values_of([matched, ordered]))


def matching_places(plan: Plan, columns: str, *, joins: str = "") -> Sql:
    """Return the statement that reads these columns of the places of services that match, in order."""
    condition = plan.condition()
    chosen = Sql(f"SELECT {columns} FROM {AT_PLACES} {joins} WHERE {condition.text}", condition.values)
    return _sorted(chosen, plan.order(), "published_place.listing_id, published_place.position")


def _page_of(plan: Plan, offset: int, limit: int, document: str | None) -> Sql:
    """Return the one statement that counts all matches and gives the ids of a page in order, and their documents."""
    if not plan.weighs_words:
        matched, page = _in_order(plan, offset, limit)
    else:
        matched, page = (_by_all_words if plan.local else _by_words)(plan, offset, limit)
    texts = "NULL"
    if document is not None:
        # As one text, which is read faster than many; a line break in JSON is written otherwise.
        texts = (
            f"(SELECT string_agg(document.{document}, E'\\n' ORDER BY place.number)"
            " FROM unnest(page.ids) WITH ORDINALITY AS place (id, number)"
            " JOIN published_document AS document ON document.listing_id = place.id)"
        )
    text = (
        f"WITH {matched.text}, page AS MATERIALIZED (SELECT ARRAY({page.text}) AS ids)"
        f" SELECT (SELECT count(*) FROM matched), page.ids, {texts} FROM page"
    )
    return Sql(text, values_of([matched, page]))


def _in_order(plan: Plan, offset: int, limit: int) -> tuple[Sql, Sql]:
    condition = plan.condition()
    # Counted by an index alone where it can be: this statement names no column.
    matched = Sql(f"matched AS NOT MATERIALIZED (SELECT FROM search_entry WHERE {condition.text})", condition.values)
    return matched, _limited(matching_services(plan, "search_entry.listing_id"), offset, limit)


def _by_all_words(plan: Plan, offset: int, limit: int) -> tuple[Sql, Sql]:
    """Weigh every match: around a place there are never very many."""
    assert plan.reading is not None
    rank = plan.reading.rank
    # Names for sorting are folded; to compare their bytes is enough, and takes a fraction of the time.
    columns = f'search_entry.listing_id, search_entry.sort_name COLLATE "C" AS sort_name, {rank.text} AS rank'
    best = Sql("SELECT listing_id FROM matched ORDER BY rank DESC, sort_name, listing_id")
    return _matched(plan, Sql(columns, rank.values)), _limited(best, offset, limit)


def _by_words(plan: Plan, offset: int, limit: int) -> tuple[Sql, Sql]:
    """Weigh the best by name and standing; the others follow in that order, whatever the size of the pages."""
    matched = _matched_by_name(plan)
    if offset >= _MOST_WEIGHED:
        return matched, _limited(Sql(f"SELECT listing_id FROM matched {_BY_NAME}"), offset, limit)
    if offset + limit > _MOST_WEIGHED:
        return matched, _limited(_in_whole_order(plan, "search_entry.listing_id"), offset, limit)
    # Where a row lies does not change within a statement, and spares looking it up once more.
    chosen = Sql(
        f"SELECT search_entry.listing_id FROM (SELECT row FROM matched {_BY_NAME} LIMIT {_MOST_WEIGHED}) AS best"
        " JOIN search_entry ON search_entry.ctid = best.row"
    )
    return matched, _limited(_sorted(chosen, plan.order(), "search_entry.listing_id"), offset, limit)


def _matched_by_name(plan: Plan) -> Sql:
    assert plan.reading is not None
    named = plan.reading.named
    columns = f"search_entry.ctid AS row, search_entry.listing_id, {named.text} AS named, search_entry.standing"
    return _matched(plan, Sql(columns, named.values))


def _in_whole_order(plan: Plan, columns: str, joins: str = "") -> Sql:
    """Return the statement that reads columns of everything matched by name: the weighed ones, then the others."""
    assert plan.reading is not None
    rank, is_weighed = plan.reading.rank, f"place.number <= {_MOST_WEIGHED}"
    text = (
        f"SELECT {columns} FROM (SELECT row, row_number() OVER ({_BY_NAME}) AS number FROM matched) AS place"
        f" JOIN search_entry ON search_entry.ctid = place.row {joins}"
        f" ORDER BY {is_weighed} DESC, CASE WHEN {is_weighed} THEN {rank.text} END DESC,"
        f" CASE WHEN {is_weighed} THEN search_entry.sort_name END,"
        f" CASE WHEN {is_weighed} THEN search_entry.listing_id END, place.number"
    )
    return Sql(text, rank.values)


def _matched(plan: Plan, columns: Sql) -> Sql:
    condition = plan.condition()
    text = f"matched AS MATERIALIZED (SELECT {columns.text} FROM search_entry WHERE {condition.text})"
    return Sql(text, values_of([condition, columns]))


def _sorted(statement: Sql, order: Sequence[Sql], last: str) -> Sql:
    keys = joined(", ", [*order, Sql(last)])
    return Sql(f"{statement.text} ORDER BY {keys.text}", values_of([statement, keys]))


def _limited(statement: Sql, offset: int, limit: int) -> Sql:
    page = sql(" OFFSET %(offset)s LIMIT %(limit)s", offset=offset, limit=limit)
    return Sql(statement.text + page.text, values_of([statement, page]))
