"""Finds municipalities by spelling, and says which codes lie in which."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, RowMapping, Select, and_, or_, select, tuple_

from services.directory.adapters.reference_cache import reference_of
from services.directory.adapters.tables import municipality
from services.directory.adapters.word_tables import municipality_word
from services.directory.domain.place_levels import LOCAL_RANK
from services.directory.domain.spelling import may_be_corrected, may_mean, spellings

_MOST_WORDS = 6
_word = municipality_word.c.word


_ORDER = (municipality.c.country, municipality.c.name, municipality.c.code)
_COUNTRY_LETTERS = 2


@dataclass(frozen=True, kw_only=True)
class PlacesAsked:
    """Which places are asked for; ``parent`` is the unit right above them, or a country for what stands highest in it.

    ``after`` is the last place of the page before, by its code.
    """

    search: str | None = None
    country: str | None = None
    code: str | None = None
    parent: str | None = None
    level: str | None = None
    after: str | None = None


@dataclass(frozen=True, kw_only=True)
class PlacesFound:
    """Rows of places, whether they are guessed by forgiving an error, and the country that the words name instead."""

    rows: Sequence[RowMapping]
    is_guess: bool = False
    country: str | None = None


def find_municipalities(connection: Connection, asked: PlacesAsked, *, limit: int) -> PlacesFound:
    """Return places whose name, in any language or script, has all the words as beginnings; the biggest first.

    Where there is none, those of which it is another case; then one typing error per word is forgiven, but not of what
    names a country. A name in whole goes before a beginning, what its own country calls so before what others do, and
    places that people live in before areas; what is retired is found by its code alone. Each row names the unit above
    it, to tell places of one name apart. Without words they come by name; raises LookupError for an ``after`` that
    names no place.
    """
    statement = _places(asked)
    words = spellings(asked.search)[:_MOST_WORDS] if asked.search else []
    if not words:
        if asked.after is not None:
            statement = statement.where(_comes_after(connection, asked.after))
        return PlacesFound(rows=connection.execute(statement.order_by(*_ORDER).limit(limit)).mappings().all())
    names = reference_of(connection).place_names
    named = names.named(words) or names.bent(words)
    country = next((code for code in named if len(code) == _COUNTRY_LETTERS), None)
    begins = [or_(*(_word.like(f"{spelling}%") for spelling in word)) for word in words]
    rows = _best(connection, statement, begins, words, limit)
    if not rows and named:
        larger_first = (municipality.c.rank < LOCAL_RANK, municipality.c.population.desc(), municipality.c.code)
        in_case = statement.where(municipality.c.code.in_(named)).order_by(*larger_first)
        rows = connection.execute(in_case.limit(limit)).mappings().all()
    if rows or country:
        return PlacesFound(rows=rows, country=country)
    near = [_word.in_(_near_words(connection, word)) for word in words]
    return PlacesFound(rows=_best(connection, statement, near, words, limit), is_guess=True)


def _comes_after(connection: Connection, code: str) -> ColumnElement[bool]:
    last = connection.execute(select(*_ORDER).where(municipality.c.code == code)).first()
    if last is None:
        raise LookupError("there is no such place")
    return tuple_(*_ORDER) > tuple_(*last)


def _places(asked: PlacesAsked) -> Select[Any]:
    above = municipality.alias("above")
    named = (above.c.name.label("parent_name"), above.c.names.label("parent_names"))
    statement = select(municipality, *named).outerjoin(above, above.c.code == municipality.c.parent_code)
    if asked.country:
        statement = statement.where(municipality.c.country == asked.country)
    if asked.level:
        statement = statement.where(municipality.c.level == asked.level)
    if asked.parent and len(asked.parent) == _COUNTRY_LETTERS:
        is_highest = municipality.c.parent_code.is_(None)
        statement = statement.where(municipality.c.country == asked.parent, is_highest)
    elif asked.parent:
        statement = statement.where(municipality.c.parent_code == asked.parent)
    if asked.code:
        return statement.where(municipality.c.code == asked.code)
    return statement.where(~municipality.c.is_retired)


def _have(conditions: Sequence[ColumnElement[bool]], *further: ColumnElement[bool]) -> ColumnElement[bool]:
    """Return the condition that for each of these a place has a word for which it holds, and the further ones too."""
    words = (select(municipality_word.c.code).where(each, *further) for each in conditions)
    return and_(*(municipality.c.code.in_(codes) for codes in words))


def _best(
    connection: Connection,
    statement: Select[Any],
    conditions: Sequence[ColumnElement[bool]],
    words: Sequence[tuple[str, ...]],
    limit: int,
) -> Sequence[RowMapping]:
    exact = municipality.c.spellings.contains([word[0] for word in words])
    is_area = municipality.c.rank < LOCAL_RANK
    is_own = _have(conditions, ~municipality_word.c.is_foreign)
    size = municipality.c.population.desc()
    ordered = statement.where(_have(conditions)).order_by(
        exact.desc(), is_own.desc(), is_area, size, municipality.c.code
    )
    return connection.execute(ordered.limit(limit)).mappings().all()


def _near_words(connection: Connection, word: tuple[str, ...]) -> list[str]:
    """Return the words that the typed one begins, or would but for one error.

    One error leaves one of three pieces of the typed word whole; that keeps the words to compare with few.
    """
    pieces = {piece for spelling in word if may_be_corrected(spelling) for piece in _thirds(spelling)}
    possible = or_(*(_word.like(f"{spelling}%") for spelling in word), *(_word.contains(piece) for piece in pieces))
    known = connection.scalars(select(_word).distinct().where(possible))
    return [each for each in known if any(_is_near(spelling, each) for spelling in word)]


def _thirds(spelling: str) -> tuple[str, str, str]:
    third = len(spelling) // 3
    return spelling[:third], spelling[third:-third], spelling[-third:]


def _is_near(spelling: str, known: str) -> bool:
    return known.startswith(spelling) or (may_be_corrected(spelling) and may_mean(spelling, known))


def place_of(connection: Connection, code: str) -> tuple[float, float] | None:
    """Return the latitude and longitude of a municipality's centre, or None for an unknown code."""
    return reference_of(connection).centres.get(code)


def covering_codes(connection: Connection, code: str) -> list[str]:
    """Return the code and those of all areas that it lies in, its country included."""
    return reference_of(connection).covering(code)


def places_within(connection: Connection, code: str) -> list[str]:
    """Return the code and those of all areas that lie in it."""
    return reference_of(connection).within(code)
