"""Opens PostgreSQL: engines with time-outs, and table metadata with predictable constraint names."""

from __future__ import annotations

from sqlalchemy import Engine, MetaData, create_engine, text

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
    options = f"-c statement_timeout={statement_timeout_ms} -c lock_timeout={lock_timeout_ms} -c timezone=UTC"
    return create_engine(
        url,
        pool_size=pool_size,
        max_overflow=pool_size,
        pool_pre_ping=True,
        # The values of a failed statement are personal data more often than not.
        hide_parameters=True,
        connect_args={"options": options, "connect_timeout": 5},
    )


def check_database(engine: Engine) -> None:
    """Raise if the database cannot answer; used by the readiness probe."""
    with engine.connect() as connection:
        connection.execute(text("SELECT 1"))
