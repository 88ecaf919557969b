"""Streams a whole public list as lines of NDJSON: one consistent state of the data, memory that does not grow."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import closing
from typing import Any

import flask
from sqlalchemy import Connection, Engine, Select

from chassis.connexion_app import container
from chassis.problems import TOO_MANY_REQUESTS, Problem
from chassis.wsgi_bridge import AnswerBrokenOff
from services.directory.adapters.sql import Sql, execute

MEDIA_TYPE = "application/x-ndjson"
_ROWS_PER_READ = 100
# Each holds a connection to the database for as long as its reader takes; the rest is for everybody else.
_slots = threading.BoundedSemaphore(4)

ReadLines = Callable[[Connection], Iterable[Sequence[str]]]


def lines_of(engine: Engine, read: ReadLines) -> flask.Response:
    """Return all that ``read`` yields, some JSON texts at a time, one per line; refuse where too many are being read.

    ``read`` gets a connection that sees the data as they were when the answer began, and whose statements are read
    on as the reader takes them. It is called after the request's context is gone.
    """
    return in_a_slot(flask.Response(_lines(engine, read), mimetype=MEDIA_TYPE))


def in_a_slot(response: flask.Response) -> flask.Response:
    """Return a streamed answer that takes one of the few slots until it is read; refuse where none is free.

    Read for longer than a stream may be, it is broken off, so that it cannot be taken for whole. Who does not read at
    all is cut off earlier, at the edge.
    """
    if not _slots.acquire(blocking=False):
        raise Problem(TOO_MANY_REQUESTS, "Others are reading whole lists now.", headers={"Retry-After": "60"})
    pieces: Any = response.response
    limited: Any = _in_time(pieces, time.monotonic() + container().stream_seconds)
    response.response = limited
    response.call_on_close(_slots.release)
    return response


def _in_time(pieces: Generator[str | bytes, None, None], until: float) -> Iterator[str | bytes]:
    with closing(pieces):
        for piece in pieces:
            yield piece
            if time.monotonic() > until:
                raise AnswerBrokenOff


def _lines(engine: Engine, read: ReadLines) -> Iterator[str]:
    with engine.connect().execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True) as connection:
        for texts in read(connection):
            if texts:
                yield "\n".join([*texts, ""])


def rows_of(connection: Connection, statement: Select[Any] | Sql) -> Iterator[Sequence[Any]]:
    """Yield a statement's rows, read from the server some at a time."""
    in_pieces = connection.execution_options(yield_per=_ROWS_PER_READ)
    rows: Any = execute(in_pieces, statement) if isinstance(statement, Sql) else in_pieces.execute(statement)
    # Of a statement that is text the library does not know by itself how many at a time.
    yield from rows.partitions(_ROWS_PER_READ)
