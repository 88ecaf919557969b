"""What can be asked of a place: as a condition on the entries of services, and on the rows of their single places."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection

from services.directory.adapters.opening_index import hours_hold, hours_hold_at_place
from services.directory.adapters.places import covering_codes, places_within
from services.directory.adapters.search_area import Circle
from services.directory.adapters.search_wishes import Wish, unless_judged
from services.directory.adapters.sql import Sql, all_of, any_of, execute, sql, values_of
from services.directory.domain.told_terms import anywhere

_LENGTH_OF_COUNTRY = 2
# They have columns of the same names, for services and for single places.
_TABLES = ("search_entry", "search_place")
# The municipalities of the public places with a postal code.
_TOWNS_AT_POSTCODE = (
    "SELECT DISTINCT CASE WHEN search_entry.has_places"
    " THEN search_place.municipality_code ELSE search_entry.municipality_code END"
    " FROM published_place JOIN search_entry ON search_entry.listing_id = published_place.listing_id"
    " LEFT JOIN search_place ON search_place.listing_id = published_place.listing_id"
    " AND search_place.position = published_place.position"
    " WHERE published_place.postal_code = %(postcode)s"
)
_HOURS_OF_PLACE = (
    "EXISTS (SELECT FROM published_hours WHERE published_hours.listing_id = search_place.listing_id"
    " AND (published_hours.place = search_place.position"
    " OR (published_hours.place IS NULL AND NOT search_place.keeps_own_hours)) AND {})"
)


# What a place serves: what it says itself, or else what its service itself does.
SERVED_AT_PLACE = "coalesce(search_place.serves, search_entry.own_serves, search_entry.serves)"
# The conditions that a service names no area, or may have a place that names none; an index answers either.
NAMES_NO_AREA = (
    "search_entry.serves = '{}'::text[]",
    "(search_entry.has_places AND search_entry.own_serves = '{}'::text[])",
)


def serves_one_of(areas: Sequence[str]) -> Wish:
    """Return the wish for a place at which one of these areas is served."""
    service, place = (
        sql(f"{served} && %(serves)s::text[]", serves=list(areas))
        for served in ("search_entry.serves", SERVED_AT_PLACE)
    )
    return Wish("serves", service, place, is_enough=True)


def lies_within(name: str, circle: Circle) -> Wish:
    """Return the wish for a place inside the circle."""
    return Wish(name, circle.reaches_service, circle.reaches_place, is_enough=True)


def lies_in(connection: Connection, code: str) -> Wish:
    """Return the wish for a place in this municipality, area or country."""
    if len(code) == _LENGTH_OF_COUNTRY:
        service, place = (
            sql(f"starts_with({table}.municipality_code, %(country)s)", country=f"{code}-") for table in _TABLES
        )
    else:
        within = places_within(connection, code)
        service, place = (
            sql(f"{table}.municipality_code = ANY(%(lies_in)s::text[])", lies_in=within) for table in _TABLES
        )
    return Wish("municipality", unless_judged(service), place)


def is_available_to(connection: Connection, code: str) -> Wish:
    """Return the wish for what somebody who lives in the place, or somewhere in the area, can use.

    One that names no area is there for those around it: for the place that it lies in, and where nobody may know its
    place, or it has none, for its country.
    """
    within, country = places_within(connection, code), code[:_LENGTH_OF_COUNTRY]
    service, place = (_lies_there(table, code, country, within) for table in _TABLES)
    areas = None if code == country else sorted({*covering_codes(connection, code), *within})
    # Who has an area of service is found by it, wherever its places are; an index answers that and what names none.
    by_service = _serves_or_lies("search_entry.serves", areas, country, NAMES_NO_AREA, unless_judged(service))
    by_place = _serves_or_lies(SERVED_AT_PLACE, areas, country, (f"{SERVED_AT_PLACE} = '{{}}'::text[]",), place)
    return Wish("available_to", by_service, by_place)


def _serves_or_lies(
    served: str, areas: Sequence[str] | None, country: str, names_none: Sequence[str], there: Sql
) -> Sql:
    """Return the condition that an area is served, any of the country where none are given, or none is and it is there.

    A large country has thousands of places: to name them all takes longer than to answer.
    """
    if areas is None:
        serves = sql(f"served_countries({served}) && ARRAY[%(living_country)s::text]", living_country=country)
    else:
        serves = sql(f"{served} && %(areas)s::text[]", areas=list(areas))
    return any_of([serves, *(Sql(f"({none} AND {there.text})", there.values) for none in names_none)])


def _lies_there(table: str, code: str, country: str, within: Sequence[str]) -> Sql:
    is_there = sql(f"{table}.country = %(living_country)s", living_country=country)
    if code == country:
        return is_there
    town = f"{table}.municipality_code"
    in_town = sql(f"({town} IS NULL OR {town} = ANY(%(living_in)s::text[]))", living_in=list(within))
    return Sql(f"({is_there.text} AND {in_town.text})", values_of([is_there, in_town]))


def covers_postcode(connection: Connection, postcode: str, *, of_places: bool) -> Wish:
    """Return the wish for a place with this postal code, or a service that serves a municipality which has it.

    ``of_places`` asks which places those are: one that says another code of its own is none of them.
    """
    towns = execute(connection, sql(_TOWNS_AT_POSTCODE, postcode=postcode))
    areas = sorted({area for (town,) in towns if town for area in covering_codes(connection, town)})
    service, place = (
        _at_postcode(table, postcode, sql(f"{served} && %(postcode_areas)s::text[]", postcode_areas=areas), of_places)
        for table, served in zip(_TABLES, ("search_entry.serves", SERVED_AT_PLACE), strict=True)
    )
    return Wish("postcode", unless_judged(service), place)


def _at_postcode(table: str, postcode: str, serves: Sql, of_places: bool) -> Sql:
    code = f"{table}.postal_code"
    is_served = f"({code} IS NULL AND {serves.text})" if of_places else serves.text
    return Sql(f"({code} = %(postcode)s OR {is_served})", {"postcode": postcode, **serves.values})


def is_open(at: datetime) -> Wish:
    """Return the wish for a place whose hours hold at the moment; whether its service is closed is asked apart."""
    return Wish("open", unless_judged(hours_hold(at)), hours_hold_at_place(at))


def offers(accessibility: Sequence[str]) -> Wish:
    """Return the wish for a place that offers all of these."""
    wanted = " @> %(accessibility)s::text[]"
    service = sql(f"search_entry.accessibility{wanted}", accessibility=list(accessibility))
    place = Sql(f"coalesce(search_place.accessibility, search_entry.accessibility){wanted}", service.values)
    return Wish("accessibility", unless_judged(service), place)


def has_schedule(day: str | None, start_time: str | None, end_time: str | None) -> Wish:
    """Return the wish for a place with one schedule that has all of this."""
    asked = [sql("day = %(day)s", day=day)] if day else []
    asked += [sql("opens_at >= %(start_time)s", start_time=start_time)] if start_time else []
    asked += [sql("closes_at <= %(end_time)s", end_time=end_time)] if end_time else []
    meets = all_of(asked)
    listings = f"search_entry.listing_id IN (SELECT listing_id FROM published_hours WHERE {meets.text})"
    place = Sql(_HOURS_OF_PLACE.format(meets.text), meets.values)
    return Wish("hours", Sql(listings, meets.values), place, is_enough=True)


def has_told_term(name: str, value: str, keys: Sequence[str]) -> Wish:
    """Return the wish for a place that a feed attached one of these terms to, or to all of its service."""
    overlaps = "{}.told_terms && %({})s::text[]"
    service = sql(overlaps.format("search_entry", f"{value}_anywhere"), **{f"{value}_anywhere": anywhere(keys)})
    of_service, of_place = (sql(overlaps.format(table, value), **{value: list(keys)}) for table in _TABLES)
    place = Sql(f"({of_service.text} OR {of_place.text})", of_place.values)
    return Wish(name, service, place, is_enough=True)
