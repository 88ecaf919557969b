"""Writes and asks for many rows at once: with COPY, and with one array where a list would name each value."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
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


def insert_rows(connection: Connection, table: TableClause, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write rows that all have the columns of the first one, in their order, in the caller's transaction."""
    if len(rows) >= _FEWEST_COPIED:
        _copy(connection, table, rows)
    elif rows:
        connection.execute(insert(table), rows)


def is_among(column: ColumnElement[Any], values: Iterable[Any]) -> ColumnElement[bool]:
    """Return the condition that a column has one of many values; unlike ``IN`` it is one text whatever their number.

    As a set, and not as an array that PostgreSQL may look through anew for each row.
    """
    return column.in_(select(func.unnest(cast(literal(as_array(values), Text), ARRAY(column.type)))))


def _copy(connection: Connection, table: TableClause, rows: Sequence[Mapping[str, Any]]) -> None:
    names = list(rows[0])
    columns = [_written(table.c[name].type, [row[name] for row in rows]) for name in names]
    driver: psycopg.Connection = connection.connection.dbapi_connection  # type: ignore[assignment]
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(table.name), sql.SQL(", ").join(map(sql.Identifier, names))
    )
    written = "\n".join(map("\t".join, zip(*columns, strict=True))) + "\n"

    def put_in() -> None:
        try:
            with driver.cursor() as cursor, cursor.copy(statement) as piece:
                piece.write(written)
        except psycopg.Error as error:
            # As every other statement says it: whoever waits for a lost database waits for this, too.
            told = DBAPIError.instance(f"COPY {table.name}", None, error, psycopg.Error, hide_parameters=True)
            raise told from error

    copy(connection, put_in)


def _written(kind: TypeEngine[Any], values: Sequence[Any]) -> list[str]:
    """Return the values of a column as COPY reads them. The driver would do it value by value, in twice the time."""
    if isinstance(kind, JSON):
        # In JSON, ends of lines and tabs are written as escapes already.
        return [as_json(value).replace("\\", "\\\\") for value in values]
    write = _writer(kind)
    return [_NULL if value is None else write(value) for value in values]


def _writer(kind: TypeEngine[Any]) -> Callable[[Any], str]:
    if isinstance(kind, ARRAY):
        return lambda value: _escaped(as_array(value))
    if isinstance(kind, AbstractMultiRange):
        return lambda value: f"{{{','.join(f'[{each.lower},{each.upper})' for each in value)}}}"
    if isinstance(kind, Boolean):
        return lambda value: "t" if value else "f"
    is_plain = isinstance(kind, Uuid | Integer | Float | Date | DateTime)
    return str if is_plain else _escaped


def _escaped(text: str) -> str:
    text = text.replace("\\", "\\\\")
    return text.replace("\n", "\\n").replace("\r", "\\r").replace("\t", "\\t")


def as_json(value: Any) -> str:
    """Return JSON text; numbers of any size are written in full."""
    try:
        return orjson.dumps(value).decode()
    except TypeError:
        return json.dumps(value)


def as_array(values: Iterable[Any]) -> str:
    """Return PostgreSQL's text of a list; one parameter, where the driver looks at each of its values first."""
    return f"{{{','.join(map(_element, values))}}}"


def _element(value: Any) -> str:
    if not isinstance(value, str):
        return "NULL" if value is None else str(value)
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
