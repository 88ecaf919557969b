"""What may be asked of a search, and each wish as a named condition on the index, so that facets can leave one out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from services.directory.adapters.kept_taxonomies import keys_of_taxonomy, keys_of_term
from services.directory.adapters.opening_index import IS_ACTIVE
from services.directory.adapters.place_filters import (
    covers_postcode,
    has_schedule,
    has_told_term,
    is_available_to,
    is_open,
    lies_in,
    lies_within,
    offers,
    serves_one_of,
)
from services.directory.adapters.places import covering_codes, place_of
from services.directory.adapters.reference_cache import reference_of
from services.directory.adapters.search_area import Circle, centre_of_postcode
from services.directory.adapters.search_room import has_room
from services.directory.adapters.search_wishes import Wish
from services.directory.adapters.sql import Sql, sql
from services.directory.adapters.visibility import is_beyond_public

_DEFAULT_KM = 50.0
_PUBLIC = Sql("search_entry.tier = 'public'")
# The name of the wishes that services, and not their single places, lie in a circle.
WITHIN = "within"
# Those that they lie in the box around it, which only help an index.
IN_BOX = "in_box"
# Those that facets can choose, one by one.
CHOICES = ("need", "language", "accessibility", "municipality", "accepts", "sex", "term_of_id", "told_term")


@dataclass(frozen=True, kw_only=True)
class ServiceSearch:
    """What is asked; absent fields ask for nothing.

    ``agency_id`` is set by a token, never by a request: with it the services are those beyond the public tier that
    the agency may know of, without it the public ones.

    ``day``, ``start_time`` and ``end_time`` ask for one schedule that has all of them, as Open Referral UK does.
    ``available_to`` is the code of a place or a country where somebody lives: a service serves it, or names no area and
    is there; distances are measured from a municipality. ``postcode`` is compared plain. ``within_km`` is measured
    from ``near``, or else from the ``postcode``, or else from the ``municipality``; the others are asked of the places
    as they are without it. ``said_since`` is the moment since which a number of free places must have been said to
    count.
    """

    said_since: datetime

    agency_id: str | None = None
    words: str | None = None
    term_id: str | None = None
    term_code: str | None = None
    taxonomy_id: str | None = None
    organization_id: str | None = None
    modified_after: datetime | None = None
    minimum_age: int | None = None
    maximum_age: int | None = None
    age: int | None = None
    language: str | None = None
    municipality: str | None = None
    near: tuple[float, float] | None = None
    postcode: str | None = None
    within_km: float | None = None
    serves: str | None = None
    available_to: str | None = None
    accepts: bool | None = None
    sex: str | None = None
    open_at: datetime | None = None
    day: str | None = None
    start_time: str | None = None
    end_time: str | None = None
    accessibility: tuple[str, ...] = ()
    # relevance, distance, capacity, freshness or name; None is distance from a point, else relevance.
    sort: str | None = None

    @property
    def is_postcode_centre(self) -> bool:
        """Say whether the distance is measured from the postal code, and nothing need have it."""
        return self.within_km is not None and self.near is None and self.postcode is not None

    @property
    def is_municipality_centre(self) -> bool:
        """Say whether the distance is measured from the municipality, and nothing need lie in it."""
        return self.within_km is not None and self.near is None and self.postcode is None


def circle_of(connection: Connection, asked: ServiceSearch) -> Circle | None:
    """Return the circle that a service must lie in, if one is asked for."""
    if asked.near is not None:
        return Circle(asked.near, asked.within_km or _DEFAULT_KM)
    if asked.within_km is None:
        return None
    if asked.postcode is not None:
        return Circle(centre_of_postcode(connection, asked.postcode), asked.within_km)
    return Circle(place_of(connection, asked.municipality), asked.within_km) if asked.municipality else None


def home_of(connection: Connection, asked: ServiceSearch) -> Circle | None:
    """Return where somebody lives, to measure from alone; None where no single municipality is said."""
    around = place_of(connection, asked.available_to) if asked.available_to else None
    return None if around is None else Circle(around, 0)


def wishes(
    connection: Connection, asked: ServiceSearch, circle: Circle | None, *, of_places: bool = False
) -> list[Wish]:
    """Return all that is asked but for the words: of services, or ``of_places`` one by one, together with theirs."""
    tier = _PUBLIC if asked.agency_id is None else is_beyond_public(asked.agency_id)
    return [
        Wish("tier", tier),
        *((Wish(IN_BOX, circle.box), lies_within(WITHIN, circle)) if circle else ()),
        *_of_terms(connection, asked),
        *(Wish(name, condition) for name, condition in _of_person(asked)),
        *_of_place(connection, asked, of_places=of_places),
        *_of_service(asked),
    ]


def _of_terms(connection: Connection, asked: ServiceSearch) -> Iterator[Wish]:
    """Yield one wish for each that is asked: of these terms a service must have one."""
    if asked.term_code:
        yield Wish("need", _has_term("term_code", [asked.term_code]))
    reference = reference_of(connection)
    if asked.term_id and asked.term_id in reference.terms_by_id:
        yield Wish("term_of_id", _has_term("term_of_id", [reference.terms_by_id[asked.term_id]]))
    elif asked.term_id:
        yield has_told_term("told_term", "told_of_id", keys_of_term(connection, asked.term_id))
    if asked.taxonomy_id and asked.taxonomy_id in reference.terms_of_taxonomy:
        yield Wish("taxonomy", _has_term("terms_of_taxonomy", list(reference.terms_of_taxonomy[asked.taxonomy_id])))
    elif asked.taxonomy_id:
        yield has_told_term("taxonomy", "told_of_taxonomy", keys_of_taxonomy(connection, asked.taxonomy_id))


def _has_term(name: str, codes: list[str]) -> Sql:
    return sql(f"search_entry.terms && %({name})s::text[]", **{name: codes})


def _of_person(asked: ServiceSearch) -> Iterator[tuple[str, Sql]]:
    if asked.minimum_age is not None:
        yield "age", sql("search_entry.minimum_age >= %(minimum_age)s", minimum_age=asked.minimum_age)
    if asked.maximum_age is not None:
        yield "age", sql("search_entry.maximum_age <= %(maximum_age)s", maximum_age=asked.maximum_age)
    if asked.age is not None:
        yield "age", sql("(search_entry.minimum_age IS NULL OR search_entry.minimum_age <= %(age)s)", age=asked.age)
        yield "age", sql("(search_entry.maximum_age IS NULL OR search_entry.maximum_age >= %(age)s)", age=asked.age)
    if asked.language:
        yield "language", sql("search_entry.languages @> %(languages)s::text[]", languages=[asked.language])
    if asked.sex:
        yield "sex", sql("search_entry.sex IN ('any', %(sex)s)", sex=asked.sex)


def _of_place(connection: Connection, asked: ServiceSearch, *, of_places: bool) -> Iterator[Wish]:
    if asked.municipality and not asked.is_municipality_centre:
        yield lies_in(connection, asked.municipality)
    if asked.postcode is not None and not asked.is_postcode_centre:
        yield covers_postcode(connection, asked.postcode, of_places=of_places)
    if asked.serves:
        yield serves_one_of(covering_codes(connection, asked.serves))
    if asked.available_to:
        yield is_available_to(connection, asked.available_to)
    if asked.open_at is not None:
        yield Wish("open", IS_ACTIVE)
        yield is_open(asked.open_at)
    if asked.accessibility:
        yield offers(asked.accessibility)
    if asked.day or asked.start_time or asked.end_time:
        yield has_schedule(asked.day, asked.start_time, asked.end_time)


def _of_service(asked: ServiceSearch) -> Iterator[Wish]:
    if asked.organization_id:
        owner = sql("search_entry.organization_id = %(organization)s::uuid", organization=asked.organization_id)
        yield Wish("organization", owner)
    if asked.modified_after:
        yield Wish("modified", sql("search_entry.last_modified >= %(after)s::timestamptz", after=asked.modified_after))
    if asked.accepts is not None:
        room = has_room(asked.said_since)
        yield Wish("accepts", Sql(("" if asked.accepts else "NOT ") + room.text, room.values))
