"""Finds municipalities by spelling, and says which codes lie in which."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, RowMapping, func, literal, or_, select

from services.directory.adapters.tables import municipality
from services.directory.domain.spelling import is_one_error_away, may_be_corrected, spellings


def find_municipalities(
    connection: Connection, *, search: str | None, country: str | None, code: str | None, limit: int
) -> Sequence[RowMapping]:
    """Return places whose name, in any language or script, has all the words as beginnings; the biggest first.

    Where there is none, one typing error per word is forgiven.
    """
    statement = select(municipality)
    if country:
        statement = statement.where(municipality.c.country == country)
    if code:
        statement = statement.where(municipality.c.code == code)
    is_county = municipality.c.level != "municipality"
    if not search or not spellings(search):
        ordered = statement.order_by(municipality.c.country, municipality.c.name, municipality.c.code)
        return connection.execute(ordered.limit(limit)).mappings().all()
    words = spellings(search)[:6]
    for word in words:
        statement = statement.where(or_(*(_has_word_beginning(spelling) for spelling in word)))
    exact = municipality.c.spellings.contains([words[0][0]])
    ordered = statement.order_by(exact.desc(), is_county, municipality.c.population.desc(), municipality.c.code)
    rows = connection.execute(ordered.limit(limit)).mappings().all()
    return rows or _forgiving(connection, words, country=country, code=code, limit=limit)


def _has_word_beginning(spelling: str) -> Any:
    word = func.unnest(municipality.c.spellings).column_valued("word")
    return select(literal(1)).where(word.like(f"{spelling}%")).correlate(municipality).exists()


def _forgiving(
    connection: Connection, words: Sequence[tuple[str, ...]], *, country: str | None, code: str | None, limit: int
) -> Sequence[RowMapping]:
    """Compare with every place: there are some hundreds, and this runs only where nothing else was found."""
    rows = find_municipalities(connection, search=None, country=country, code=code, limit=5000)
    fitting = [row for row in rows if all(_is_near(word, row["spellings"]) for word in words)]
    fitting.sort(key=lambda row: (row["level"] != "municipality", -row["population"], row["code"]))
    return fitting[:limit]


def _is_near(word: tuple[str, ...], known: Sequence[str]) -> bool:
    return any(
        known_word.startswith(spelling) or (may_be_corrected(spelling) and is_one_error_away(spelling, known_word))
        for spelling in word
        for known_word in known
    )


def place_of(connection: Connection, code: str) -> tuple[float, float] | None:
    """Return the latitude and longitude of a municipality's centre, or None for an unknown code."""
    row = connection.execute(
        select(municipality.c.latitude, municipality.c.longitude).where(municipality.c.code == code)
    ).first()
    return (row.latitude, row.longitude) if row else None


def covering_codes(connection: Connection, code: str) -> list[str]:
    """Return the code and those of all areas that it lies in, its country included."""
    chain = (
        select(municipality.c.code, municipality.c.parent_code).where(municipality.c.code == code).cte(recursive=True)
    )
    above = select(municipality.c.code, municipality.c.parent_code).join(
        chain, municipality.c.code == chain.c.parent_code
    )
    codes = list(connection.scalars(select(chain.union(above).c.code)))
    return sorted({code, *codes, code[:2]})


def places_within(connection: Connection, code: str) -> list[str]:
    """Return the code and those of all areas that lie in it."""
    chosen = municipality.c.country == code if len(code) == 2 else municipality.c.code == code
    start = select(municipality.c.code).where(chosen).cte(recursive=True)
    below = select(municipality.c.code).join(start, municipality.c.parent_code == start.c.code)
    return [code, *connection.scalars(select(start.union(below).c.code))]
