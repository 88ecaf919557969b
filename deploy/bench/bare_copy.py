"""What an import could be at best: COPY of the very rows into empty tables, then their indexes and foreign keys."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

import psycopg
from psycopg import sql

from deploy.bench.measure import Round

# All that an import writes rows of, each after those that it refers to.
TABLES = (
    "organization", "listing", "location", "listing_version", "listing_review", "search_entry", "search_place",
    "search_word", "opening_span", "place_span", "published_document", "published_place", "published_hours",
    "published_organization", "organization_entry", "public_change", "likeness_record", "likeness_key", "last_word",
    "outbox", "import_job", "import_row",
)  # fmt: skip
_INDEXES = "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' AND tablename = %s ORDER BY indexname"
_FOREIGN_KEYS = """
    SELECT pg_get_constraintdef(oid) FROM pg_constraint
    WHERE contype = 'f' AND conrelid = ('public.' || %s)::regclass ORDER BY conname
"""
_READ_BYTES = 1024 * 1024


class BareCopy:
    """The rows of one import, in files, and how fast they go into tables that are nothing but tables."""

    def __init__(self, url: str, folder: Path) -> None:
        self._url = url
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        with self._connect() as connection:
            for table in TABLES:
                self._take_out(connection, table)
            self._services = services_in(connection)

    def run(self) -> Round:
        """Copy everything once and return the rate."""
        with self._connect() as connection:
            connection.execute("DROP SCHEMA IF EXISTS bare CASCADE")
            connection.execute("CREATE SCHEMA bare")
            later = {table: self._empty_copy(connection, table) for table in TABLES}
            connection.execute("SET search_path = bare, public")
            started = time.perf_counter()
            for table in TABLES:
                self._put_in(connection, table)
            for table in TABLES:
                for statement in later[table]:
                    connection.execute(statement.encode())
            seconds = time.perf_counter() - started
            connection.execute("DROP SCHEMA bare CASCADE")
        return {"per_second": self._services / seconds}

    def _connect(self) -> psycopg.Connection:
        return psycopg.connect(self._url, autocommit=True)

    def _take_out(self, connection: psycopg.Connection, table: str) -> None:
        statement = sql.SQL("COPY {} TO STDOUT (FORMAT binary)").format(sql.Identifier(table))
        with (self._folder / table).open("wb") as file, connection.cursor().copy(statement) as copy:
            for piece in copy:
                file.write(piece)

    def _put_in(self, connection: psycopg.Connection, table: str) -> None:
        statement = sql.SQL("COPY {} FROM STDIN (FORMAT binary)").format(sql.Identifier("bare", table))
        with (self._folder / table).open("rb") as file, connection.cursor().copy(statement) as copy:
            while piece := file.read(_READ_BYTES):
                copy.write(piece)

    def _empty_copy(self, connection: psycopg.Connection, table: str) -> Sequence[str]:
        """Make the table without indexes, and return the statements that add those and the foreign keys."""
        names = {"own": sql.Identifier("bare", table), "like": sql.Identifier("public", table)}
        connection.execute(sql.SQL("CREATE TABLE {own} (LIKE {like} INCLUDING IDENTITY)").format(**names))
        indexes = [definition for (definition,) in connection.execute(_INDEXES, (table,)).fetchall()]
        keys = [definition for (definition,) in connection.execute(_FOREIGN_KEYS, (table,)).fetchall()]
        return [
            *(definition.replace(f" ON public.{table} ", f" ON bare.{table} ") for definition in indexes),
            *(f"ALTER TABLE bare.{table} ADD {definition}" for definition in keys),
        ]


def services_in(connection: psycopg.Connection) -> int:
    """Return how many services the directory holds that is connected to."""
    row = connection.execute("SELECT count(*) FROM listing").fetchone()
    return int(row[0]) if row else 0
