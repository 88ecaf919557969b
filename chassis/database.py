"""Opens PostgreSQL: engines with time-outs, and table metadata with predictable constraint names."""

from __future__ import annotations

import time
from functools import partial
from typing import Any

import orjson
from sqlalchemy import Engine, MetaData, create_engine, event, text
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.pool import ConnectionPoolEntry

_LAST_USE = "last_use"
# A connection that was used this recently is taken to be alive.
_SECONDS_TRUSTED = 1.0

NAMING_CONVENTION = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


def new_metadata() -> MetaData:
    """Return empty metadata whose constraints get the same names in every database."""
    return MetaData(naming_convention=NAMING_CONVENTION)


def make_engine(
    url: str, *, statement_timeout_ms: int = 15_000, lock_timeout_ms: int = 4_000, pool_size: int = 10
) -> Engine:
    """Return an engine for a ``postgresql+psycopg://`` URL; sessions speak UTC and give up after the time-outs.

    Nothing is connected yet. Create the engine after a server has forked, never before.
    """
    # Compiling a statement takes longer than any of them runs. On no disk of today does a page elsewhere cost four
    # times the next one; believing it, the planner reads whole tables, and unpacks every long value in them.
    settings = {
        "statement_timeout": statement_timeout_ms,
        "lock_timeout": lock_timeout_ms,
        "timezone": "UTC",
        "jit": "off",
        "random_page_cost": 1.1,
    }
    options = " ".join(f"-c {name}={value}" for name, value in settings.items())
    engine = create_engine(
        url,
        pool_size=pool_size,
        max_overflow=pool_size,
        # The connections used last know the statements best; those that are seldom needed rest.
        pool_use_lifo=True,
        # The values of a failed statement are personal data more often than not.
        hide_parameters=True,
        json_deserializer=orjson.loads,
        connect_args={"options": options, "connect_timeout": 5},
    )
    event.listen(engine, "checkin", _note_use)
    event.listen(engine, "checkout", partial(_ask_whether_alive, engine))
    return engine


def _note_use(_connection: Any, record: ConnectionPoolEntry) -> None:
    record.info[_LAST_USE] = time.monotonic()


def _ask_whether_alive(engine: Engine, connection: Any, record: ConnectionPoolEntry, _proxy: Any) -> None:
    """Have another connection made for one that rested and is dead now; to ask every time costs as much as a read."""
    used_at = record.info.get(_LAST_USE)
    if used_at is None or time.monotonic() - used_at < _SECONDS_TRUSTED:
        return
    try:
        is_alive = engine.dialect.do_ping(connection)
    except engine.dialect.loaded_dbapi.Error:
        is_alive = False
    if not is_alive:
        raise DisconnectionError


def check_database(engine: Engine) -> None:
    """Raise if the database cannot answer; used by the readiness probe."""
    with engine.connect() as connection:
        connection.execute(text("SELECT 1"))
