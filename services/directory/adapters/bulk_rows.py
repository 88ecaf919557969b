"""Writes and asks for many rows at once: with COPY, and with one array where a list would name each value."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import orjson
import psycopg
from psycopg import sql
from sqlalchemy import ColumnElement, Connection, TableClause, Text, cast, func, insert, literal, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql.ranges import AbstractMultiRange
from sqlalchemy.exc import DBAPIError
from sqlalchemy.types import JSON, Boolean, Date, DateTime, Float, Integer, TypeEngine, Uuid

from services.directory.adapters.write_behind import copy

# COPY goes back and forth three times; fewer rows than this are there sooner with INSERT.
_FEWEST_COPIED = 10
_NULL = "\\N"
# The first of them must not touch what the others have written.
_ESCAPES = {"\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}


def insert_rows(connection: Connection, table: TableClause, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write rows that all have the columns of the first one, in their order, in the caller's transaction."""
    if len(rows) >= _FEWEST_COPIED:
        insert_prepared(connection, prepared(table, rows))
    elif rows:
        connection.execute(insert(table), rows)


def is_among(column: ColumnElement[Any], values: Iterable[Any]) -> ColumnElement[bool]:
    """Return the condition that a column has one of many values; unlike ``IN`` it is one text whatever their number.

    As a set, and not as an array that PostgreSQL may look through anew for each row.
    """
    return column.in_(select(func.unnest(cast(literal(as_array(values), Text), ARRAY(column.type)))))


@dataclass(frozen=True)
class Prepared:
    """Rows of one table as COPY reads them."""

    table: str
    columns: Sequence[str]
    text: bytes


def prepared(table: TableClause, rows: Sequence[Mapping[str, Any]]) -> Prepared:
    """Return rows, of which there is one at least, ready for COPY; it needs no connection."""
    names = list(rows[0])
    columns = [_written(table.c[name].type, [row[name] for row in rows]) for name in names]
    lines = "\n".join(map("\t".join, zip(*columns, strict=True)))
    return Prepared(table.name, names, f"{lines}\n".encode())


def insert_prepared(connection: Connection, rows: Prepared) -> None:
    """Write what was prepared, in the caller's transaction."""
    driver: psycopg.Connection = connection.connection.dbapi_connection  # type: ignore[assignment]
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(rows.table), sql.SQL(", ").join(map(sql.Identifier, rows.columns))
    )

    def put_in() -> None:
        try:
            with driver.cursor() as cursor, cursor.copy(statement) as piece:
                piece.write(rows.text)
        except psycopg.Error as error:
            # As every other statement says it: whoever waits for a lost database waits for this, too.
            told = DBAPIError.instance(f"COPY {rows.table}", None, error, psycopg.Error, hide_parameters=True)
            raise told from error

    copy(connection, put_in)


def _written(kind: TypeEngine[Any], values: Sequence[Any]) -> list[str]:
    """Return the values of a column as COPY reads them. The driver would do it value by value, in twice the time."""
    if isinstance(kind, JSON):
        # In JSON, ends of lines and tabs are written as escapes already.
        return [as_json(value).replace("\\", "\\\\") for value in values]
    write = _writer(kind)
    if None not in values:
        return write(values)
    there = iter(write([value for value in values if value is not None]))
    return [_NULL if value is None else next(there) for value in values]


def _writer(kind: TypeEngine[Any]) -> Callable[[Sequence[Any]], list[str]]:
    """Return what writes the values of a column, of which none is null."""
    if isinstance(kind, ARRAY):
        return lambda values: _escaped([as_array(value) for value in values])
    if isinstance(kind, AbstractMultiRange):
        return lambda values: [f"{{{','.join(f'[{each.lower},{each.upper})' for each in value)}}}" for value in values]
    if isinstance(kind, Boolean):
        return lambda values: ["t" if value else "f" for value in values]
    is_plain = isinstance(kind, Uuid | Integer | Float | Date | DateTime)
    return (lambda values: list(map(str, values))) if is_plain else _escaped


def _escaped(texts: Sequence[str]) -> list[str]:
    """Return texts with escapes for what means something to COPY; looked for in all at once, for few have any."""
    written = list(texts)
    together = "".join(written)
    for sign, escape in _ESCAPES.items():
        if sign in together:
            written = [text.replace(sign, escape) for text in written]
    return written


def as_json(value: Any) -> str:
    """Return JSON text; numbers of any size are written in full."""
    try:
        return orjson.dumps(value).decode()
    except TypeError:
        return json.dumps(value)


def as_array(values: Iterable[Any]) -> str:
    """Return PostgreSQL's text of a list; one parameter, where the driver looks at each of its values first."""
    listed = list(values)
    with suppress(TypeError):
        # Texts are looked at all at once, for few have anything in them that would have to be escaped.
        together = "".join(listed)
        if "\\" not in together and '"' not in together:
            joined = '","'.join(listed)
            return f'{{"{joined}"}}' if listed else "{}"
    return f"{{{','.join(map(_element, listed))}}}"


def _element(value: Any) -> str:
    if not isinstance(value, str):
        return "NULL" if value is None else str(value)
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
