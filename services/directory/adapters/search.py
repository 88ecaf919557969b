"""Finds published services: what was typed in any script, filters, distance, stable order."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection

from services.directory.adapters.search_area import Circle
from services.directory.adapters.search_filters import IN_BOX, WITHIN, ServiceSearch, circles_of, home_of, wishes
from services.directory.adapters.search_room import by_room
from services.directory.adapters.search_wishes import Wish, met_by_places, met_by_services, of_fitting_places
from services.directory.adapters.sql import FALSE, Sql, all_of, execute, joined, sql, values_of
from services.directory.adapters.text_query import TextQuery, readings

# Of more services than this only the best by name and standing are weighed word by word; the others come after them.
_MOST_WEIGHED = 1000
_AT_PLACES = "search_entry JOIN published_place ON published_place.listing_id = search_entry.listing_id"
# What its owner has not confirmed for long comes after all that is nearer to being true.
_STANDING = Sql("search_entry.standing DESC")
_STALE_LAST = Sql("(search_entry.standing = 0)")
_NAME = Sql("search_entry.sort_name")
_BY_NAME = "ORDER BY named DESC, standing DESC, listing_id"
_ORDERS = {
    "freshness": [Sql("search_entry.last_modified DESC")],
    "name": [_NAME],
}


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
class FoundPlaces:
    """One page of places of services: how many in all, their listings and positions in order, and how it was read."""

    total: int
    keys: list[tuple[str, int]]
    plan: Plan


@dataclass(frozen=True)
class Plan:
    """What a search has come to: its wishes, its circles, how the words were read, and the order.

    ``centre`` is the circle from whose middle distances are measured, whether something must lie in it or not.
    """

    wishes: tuple[Wish, ...]
    circles: tuple[Circle, ...]
    centre: Circle | None
    reading: TextQuery | None
    sort: str
    # Since when a number of free places must have been said to count.
    said_since: datetime
    # What the words ask for, asked around the first circle alone.
    local: Sql | None = None
    # Whether public places are found, one by one, or services.
    of_places: bool = False

    @property
    def found_in(self) -> str:
        """The tables that are looked into."""
        return _AT_PLACES if self.of_places else "search_entry"

    def condition(self, *, without: Collection[str] = ()) -> Sql:
        """Return what an entry, or a place together with its entry, must meet, ``without`` wishes of these names."""
        words = [] if self.reading is None else [self.reading.condition]
        if self.of_places:
            inside = [condition for circle in self.circles for condition in circle.holds_place]
            return all_of([*met_by_places(self.asked(*without, IN_BOX, WITHIN)), *inside, *words])
        if self.local is not None:
            return all_of([*met_by_services(self.asked(*without, IN_BOX)), self.local])
        return all_of([*met_by_services(self.asked(*without)), *words])

    def asked(self, *without: str) -> list[Wish]:
        """Return what is asked, without the wishes of these names."""
        return [wish for wish in self.wishes if wish.name not in without]

    @property
    def distance(self) -> Sql | None:
        """The distance that is ordered by: of the place, or of the service's nearest place that fits."""
        centre = self.centre
        if centre is None:
            return None
        if self.of_places:
            return centre.place_distance
        judged = [wish for wish in self.wishes if wish.at_place is not None]
        if len(judged) < 2:
            return centre.distance
        fits, far = of_fitting_places(judged, is_shown=False), centre.distance_of_judged
        nearest = f"(SELECT min({far.text}) FROM search_place WHERE {fits.text})"
        either = f"CASE WHEN search_entry.has_places THEN {nearest} ELSE {centre.distance.text} END"
        return Sql(either, values_of([fits, far, centre.distance]))

    def order(self) -> list[Sql]:
        """Return the order that was asked for; whatever it leaves open goes by the words, and then by name."""
        first = [*by_room(self.said_since), _STANDING] if self.sort == "capacity" else _ORDERS.get(self.sort, [])
        if self.sort == "distance":
            far = self.distance
            first = [_STALE_LAST, *([Sql(f"{far.text} NULLS LAST", far.values)] if far else [])]
        if self.reading is None:
            return [*first, _STANDING, _NAME] if self.sort != "name" else [_NAME]
        return [*first, Sql(f"{self.reading.rank.text} DESC", self.reading.rank.values), _NAME]

    @property
    def weighs_words(self) -> bool:
        """Say whether nothing goes before what the words weigh."""
        return self.reading is not None and (self.sort == "relevance" or (self.sort == "distance" and not self.centre))


def search_services(
    connection: Connection, asked: ServiceSearch, *, offset: int, limit: int, document: str | None = None
) -> Found:
    """Return a page of the matching services, with the public documents of this kind, ``in_list`` or ``in_full``."""
    found: Found | None = None
    for plan in _plans(connection, asked):
        if found is None or plan.reading is None or found.total < plan.reading.unless_found:
            total, ids, texts = execute(connection, _page_of(plan, offset, limit, document)).one()
            found = Found(total, list(map(str, ids)), texts.split("\n") if texts else [], plan)
    assert found is not None, "every search has a plan"
    return found


def search_places(connection: Connection, asked: ServiceSearch, *, offset: int, limit: int) -> FoundPlaces:
    """Return a page of the public places of matching services."""
    found: FoundPlaces | None = None
    for plan in _plans(connection, asked, of_places=True):
        if found is None or plan.reading is None or found.total < plan.reading.unless_found:
            condition = plan.condition()
            counted = Sql(f"SELECT count(*) FROM {_AT_PLACES} WHERE {condition.text}", condition.values)
            total = execute(connection, counted).scalar_one()
            columns = "published_place.listing_id, published_place.position"
            page = _limited(matching_places(plan, columns), offset, limit)
            rows = execute(connection, page).all() if offset < total else []
            found = FoundPlaces(total, [(str(row[0]), row[1]) for row in rows], plan)
    assert found is not None, "every search has a plan"
    return found


def plan_search(connection: Connection, asked: ServiceSearch, *, of_places: bool = False) -> Plan:
    """Return the plan that a page would follow; for reading or counting all there is."""
    plans = _plans(connection, asked, of_places=of_places)
    chosen, total = next(plans), 0
    for plan in [chosen, *plans]:
        if plan.reading is None or total < plan.reading.unless_found:
            chosen = plan
            condition = plan.condition()
            few = f"SELECT FROM {plan.found_in} WHERE {condition.text} LIMIT {_MOST_WEIGHED}"
            total = execute(connection, Sql(f"SELECT count(*) FROM ({few}) AS few", condition.values)).scalar_one()
    return chosen


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
    chosen = Sql(f"SELECT {columns} FROM {_AT_PLACES} {joins} WHERE {condition.text}", condition.values)
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
    columns = f"search_entry.listing_id, search_entry.sort_name, {rank.text} AS rank"
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


def _plans(connection: Connection, asked: ServiceSearch, *, of_places: bool = False) -> Iterator[Plan]:
    """Yield a plan for each reading of the words; one alone where there are none."""
    circles = tuple(circles_of(connection, asked))
    centre = circles[0] if circles else home_of(connection, asked)
    wanted = tuple(wishes(connection, asked, circles, of_places=of_places))
    read = readings(connection, asked.words)
    first = next(read, None)
    if first is None and (asked.words or "").strip():
        # What holds no word is in no service.
        wanted = (*wanted, Wish("words", FALSE))
    # Who names a point asks how far it is; who names a town as well as words may mean the words more.
    is_measured = asked.near is not None or asked.postcode is not None or first is None
    sort = asked.sort or ("distance" if centre and is_measured else "relevance")
    plan = Plan(wanted, circles, centre, first, sort, asked.said_since, of_places=of_places)
    yield _with_local_words(plan)
    for reading in read:
        yield _with_local_words(replace(plan, reading=reading))


def _with_local_words(plan: Plan) -> Plan:
    if plan.reading is None or not plan.circles:
        return plan
    return replace(plan, local=plan.circles[0].holds_words(plan.reading.condition))
