"""What an import could be if its own work took no time: COPY of ready rows, batch by batch, into tables in use.

Their indexes and foreign keys are there from the start, as they must be while people search. What is left between this
and a bare copy, no code of the import can win.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql

from deploy.bench.bare_copy import TABLES, services_in
from deploy.bench.measure import Round

# Written anew while the import goes on: each row as it is at the end, before all that refers to it.
_FIRST = ("organization", "published_organization", "organization_entry", "search_word", "import_job")
# Rows that one transaction wrote lie together.
_ROWS = "COPY (SELECT xmin::text, * FROM {table} ORDER BY xmin::text::bigint) TO STDOUT"
_WORDS_THERE = "SELECT word FROM search_word"


@dataclass(frozen=True)
class _Piece:
    """Where in a file the rows stand that one transaction wrote into one table."""

    table: str
    begin: int
    end: int


class LivingCopy:
    """The rows of one import by transaction, and how fast they go into the tables that an import writes."""

    def __init__(self, url: str, empty: Callable[[], str], folder: Path) -> None:
        """Take the rows out of the database at ``url``; ``empty`` makes a fresh one for them and returns its URL."""
        self._empty = empty
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self._batches: dict[int, list[_Piece]] = {}
        known = self._words_there()
        with psycopg.connect(url, autocommit=True) as connection:
            for table in sorted(TABLES, key=lambda name: name not in _FIRST):
                for transaction, piece in self._take_out(connection, table, known):
                    self._batches.setdefault(0 if table in _FIRST else transaction, []).append(piece)
            self._services = services_in(connection)

    def run(self) -> Round:
        """Copy everything once and return the rate."""
        with psycopg.connect(self._empty(), autocommit=True) as connection:
            started = time.perf_counter()
            for _, pieces in sorted(self._batches.items()):
                with connection.transaction():
                    for piece in pieces:
                        self._put_in(connection, piece)
            seconds = time.perf_counter() - started
        return {"per_second": self._services / seconds}

    def _words_there(self) -> set[str]:
        with psycopg.connect(self._empty()) as connection:
            return {word for (word,) in connection.execute(_WORDS_THERE)}

    def _take_out(self, connection: psycopg.Connection, table: str, known: set[str]) -> Iterator[tuple[int, _Piece]]:
        statement = sql.SQL(_ROWS).format(table=sql.Identifier(table))
        transaction, begin = 0, 0
        with (self._folder / table).open("wb") as file, connection.cursor().copy(statement) as rows:
            for row in rows:
                number, _, line = bytes(row).partition(b"\t")
                if table == "search_word" and line.partition(b"\t")[0].decode() in known:
                    continue
                if int(number) != transaction:
                    if file.tell() > begin:
                        yield transaction, _Piece(table, begin, file.tell())
                    transaction, begin = int(number), file.tell()
                file.write(line)
            if file.tell() > begin:
                yield transaction, _Piece(table, begin, file.tell())

    def _put_in(self, connection: psycopg.Connection, piece: _Piece) -> None:
        statement = sql.SQL("COPY {} FROM STDIN").format(sql.Identifier(piece.table))
        with (self._folder / piece.table).open("rb") as file, connection.cursor().copy(statement) as copy:
            file.seek(piece.begin)
            copy.write(file.read(piece.end - piece.begin))
