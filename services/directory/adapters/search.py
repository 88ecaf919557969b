"""Finds published services: words in any script with one typing error forgiven, filters, distance, stable order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Float, Row, cast, func, literal, or_, select
from sqlalchemy.dialects.postgresql import ARRAY, REAL, array
from sqlalchemy.types import Text

from services.directory.adapters.geography import distance_km, is_in_box
from services.directory.adapters.places import covering_codes, place_of, places_within
from services.directory.adapters.tables import location, search_entry, search_word, taxonomy_term
from services.directory.domain.spelling import is_one_error_away, may_be_corrected, spellings, trigrams

_MOST_WORDS = 10
_MOST_CORRECTIONS = 8
_DEFAULT_KM = 50.0
# Weights of D, C, B, A: description, organization, terms and places, the service's own name.
_WEIGHTS = cast(array([0.1, 0.3, 0.7, 1.0]), ARRAY(REAL))


@dataclass(frozen=True, kw_only=True)
class ServiceSearch:
    """What is asked; absent fields ask for nothing. ``tiers`` is set by the caller's right, never by a request."""

    tiers: tuple[str, ...] = ("public",)
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
    within_km: float | None = None
    serves: str | None = None
    accepts: bool | None = None
    sex: str | None = None
    has_place: bool = False


@dataclass(frozen=True)
class Found:
    """One page of ids in order, and how many there are in all."""

    total: int
    listing_ids: list[str]


def search_services(connection: Connection, asked: ServiceSearch, *, offset: int, limit: int) -> Found:
    """Return a page of the matching services.

    Words that begin no known word are corrected at once; if nothing is found, also those that are none in whole.
    A word that is known stays as it is: who asks for Šabac is not sent to Šamac.
    """
    if not asked.words or not spellings(asked.words):
        return _find(connection, asked, query=None, offset=offset, limit=limit)
    typed = spellings(asked.words)[:_MOST_WORDS]
    found = _find(connection, asked, query=_text_query(connection, typed), offset=offset, limit=limit)
    if found.total == 0:
        corrected = _text_query(connection, typed, correct_all=True)
        found = _find(connection, asked, query=corrected, offset=offset, limit=limit)
    return found


def _find(connection: Connection, asked: ServiceSearch, *, query: str | None, offset: int, limit: int) -> Found:
    conditions = _filters(connection, asked)
    order: list[ColumnElement[Any]] = []
    if query is not None:
        text_query = func.to_tsquery("simple", query)
        conditions.append(search_entry.c.document.bool_op("@@")(text_query))
        order.append(func.ts_rank(_WEIGHTS, search_entry.c.document, text_query).desc())
    around, km = _circle(connection, asked)
    if around is not None:
        far = distance_km(search_entry.c.latitude, search_entry.c.longitude, from_place=around)
        conditions += [is_in_box(search_entry.c.place, around=around, km=km), far <= km]
        if asked.near is not None:
            order.insert(0, far)
    total = connection.scalar(select(func.count()).select_from(search_entry).where(*conditions)) or 0
    if offset >= total:
        return Found(total, [])
    page = (
        select(search_entry.c.listing_id)
        .where(*conditions)
        .order_by(*order, search_entry.c.sort_name, search_entry.c.listing_id)
        .offset(offset)
        .limit(limit)
    )
    return Found(total, list(connection.scalars(page)))


def _circle(connection: Connection, asked: ServiceSearch) -> tuple[tuple[float, float] | None, float]:
    if asked.near is not None:
        return asked.near, asked.within_km or _DEFAULT_KM
    if asked.municipality and asked.within_km:
        # An unknown place is near nothing.
        return place_of(connection, asked.municipality) or (-90.0, 0.0), asked.within_km
    return None, 0.0


def _filters(connection: Connection, asked: ServiceSearch) -> list[ColumnElement[bool]]:
    entry = search_entry.c
    conditions: list[ColumnElement[bool]] = [entry.tier.in_(asked.tiers), *_person(asked)]
    for codes in _term_codes(connection, asked):
        conditions.append(entry.terms.overlap(cast(codes, ARRAY(Text))))
    if asked.organization_id:
        conditions.append(entry.organization_id == asked.organization_id)
    if asked.modified_after:
        conditions.append(entry.last_modified >= asked.modified_after)
    if asked.municipality and not asked.within_km:
        conditions.append(entry.municipality_code.in_(places_within(connection, asked.municipality)))
    if asked.serves:
        covering = covering_codes(connection, asked.serves)
        conditions.append(entry.serves.overlap(cast(covering, ARRAY(Text))))
    if asked.accepts is not None:
        conditions.append(entry.is_open_to_referrals.is_(asked.accepts))
    if asked.has_place:
        conditions.append(entry.listing_id.in_(select(location.c.listing_id)))
    return conditions


def _person(asked: ServiceSearch) -> list[ColumnElement[bool]]:
    entry = search_entry.c
    conditions: list[ColumnElement[bool]] = []
    if asked.minimum_age is not None:
        conditions.append(entry.minimum_age >= asked.minimum_age)
    if asked.maximum_age is not None:
        conditions.append(entry.maximum_age <= asked.maximum_age)
    if asked.age is not None:
        conditions.append(or_(entry.minimum_age.is_(None), entry.minimum_age <= asked.age))
        conditions.append(or_(entry.maximum_age.is_(None), entry.maximum_age >= asked.age))
    if asked.language:
        conditions.append(entry.languages.contains(cast([asked.language], ARRAY(Text))))
    if asked.sex:
        conditions.append(entry.sex.in_(["any", asked.sex]))
    return conditions


def _term_codes(connection: Connection, asked: ServiceSearch) -> list[list[str]]:
    """Return, for each filter on terms, the codes of which a service must have one."""
    wanted = []
    if asked.term_code:
        wanted.append([asked.term_code])
    if asked.term_id:
        wanted.append(_codes(connection, taxonomy_term.c.id == asked.term_id))
    if asked.taxonomy_id:
        wanted.append(_codes(connection, taxonomy_term.c.taxonomy_id == asked.taxonomy_id))
    return wanted


def _codes(connection: Connection, condition: ColumnElement[bool]) -> list[str]:
    return list(connection.scalars(select(taxonomy_term.c.code).where(condition)))


def _text_query(connection: Connection, typed: Sequence[tuple[str, ...]], *, correct_all: bool = False) -> str:
    """Return the query in PostgreSQL's syntax: every word, in one of its spellings or corrections, as a beginning."""
    parts = []
    for word in typed:
        found = list(word)
        if not _is_known(connection, word, whole=correct_all):
            found += _corrections(connection, word)
        parts.append("(" + " | ".join(f"'{spelling}':*" for spelling in dict.fromkeys(found)) + ")")
    return " & ".join(parts)


def _is_known(connection: Connection, word: Sequence[str], *, whole: bool) -> bool:
    """Say whether the index, or the list of places, has a word that is this one or, unless whole, begins with it."""
    end = "" if whole else "%"
    known = [search_word.c.word.like(f"{spelling}{end}") for spelling in word]
    return connection.execute(select(literal(1)).where(or_(*known)).limit(1)).first() is not None


def _corrections(connection: Connection, word: Sequence[str]) -> list[str]:
    return [
        candidate.word
        for spelling in word
        if may_be_corrected(spelling)
        for candidate in _similar(connection, spelling)
        if is_one_error_away(spelling, candidate.word)
    ][:_MOST_CORRECTIONS]


def _similar(connection: Connection, spelling: str) -> Sequence[Row[Any]]:
    """Return the index's words that share most three-letter pieces with the given one."""
    pieces = cast(trigrams(spelling), ARRAY(Text))
    piece = func.unnest(search_word.c.trigrams).column_valued("piece")
    shared = select(func.count()).where(piece == func.any(pieces)).correlate(search_word).scalar_subquery()
    nearness = cast(shared, Float) - 0.1 * func.length(search_word.c.word)
    statement = (
        select(search_word.c.word)
        .where(search_word.c.trigrams.overlap(pieces))
        .order_by(nearness.desc(), search_word.c.word)
    )
    return connection.execute(statement.limit(60)).all()
