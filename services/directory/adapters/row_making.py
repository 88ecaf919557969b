"""Lets the rows of new listings be made elsewhere: in a process of its own, while the database takes in the former."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace

from sqlalchemy import Connection, Engine

from chassis.database import make_engine
from services.directory.adapters.bulk_rows import prepared
from services.directory.adapters.new_listings import NewListings, NewRows, rows_of_new
from services.directory.adapters.own_process import Pipe, answer_of, own_process

# Few enough that the database has something to do soon.
_AT_ONCE = 250
# The making has begun when it returns.
MakeRows = Callable[[Connection, NewListings], Iterator[NewRows]]


def make_here(connection: Connection, new: NewListings) -> Iterator[NewRows]:
    """Yield the rows of new listings, made in this process when they are asked for."""
    yield rows_of_new(connection, new)


@contextmanager
def making_elsewhere(engine: Engine) -> Iterator[MakeRows]:
    """Yield what makes rows in a process of its own, which ends with the block; some come before others are made."""
    url = engine.url.render_as_string(hide_password=False)
    with own_process(_answer, url) as pipe, ThreadPoolExecutor(1, thread_name_prefix="rows") as asking:

        def ask(part: NewListings) -> NewRows:
            made: NewRows = answer_of(pipe, part)
            return made

        yield lambda _, new: asking.map(ask, list(_parts(new)))


def _parts(new: NewListings) -> Iterator[NewListings]:
    for start in range(0, len(new.entries), _AT_ONCE):
        entries = new.entries[start : start + _AT_ONCE]
        owners = {listing.organization_id for listing, _ in entries}
        yield replace(
            new,
            entries=entries,
            owners={key: new.owners[key] for key in owners},
            shown={key: new.shown[key] for key in owners},
        )


def _answer(pipe: Pipe, url: str) -> None:
    engine = make_engine(url, pool_size=1)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        while True:
            new: NewListings = pipe.recv()
            try:
                made = rows_of_new(connection, new)
                written = [prepared(*each) for each in made.tables if each[1]]
                pipe.send(replace(made, tables=(), prepared=written))
            except Exception as fault:
                pipe.send(fault)
