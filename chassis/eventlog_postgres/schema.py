"""The tables of the PostgreSQL event log and the rights on them."""

from __future__ import annotations

from collections.abc import Sequence

import psycopg
from psycopg import sql
from sqlalchemy import make_url

_INIT_LOCK = 4_201_001

# The row of a partition is locked while its positions are given out, until the publisher has committed:
# positions therefore become visible in order and without gaps, and no reader can step over a late one.
_TABLES = (
    """
    CREATE TABLE IF NOT EXISTS topic_partition (
        id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        topic text NOT NULL,
        partition integer NOT NULL,
        next_position bigint NOT NULL DEFAULT 0,
        UNIQUE (topic, partition)
    ) WITH (fillfactor = 50)
    """,
    """
    CREATE TABLE IF NOT EXISTS log_record (
        partition_id integer NOT NULL,
        position bigint NOT NULL,
        key text NOT NULL,
        headers jsonb NOT NULL,
        value bytea NOT NULL,
        written_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (partition_id, position)
    )
    """,
    """
    CREATE TABLE IF NOT EXISTS group_offset (
        group_name text NOT NULL,
        partition_id integer NOT NULL,
        next_position bigint NOT NULL,
        PRIMARY KEY (group_name, partition_id)
    ) WITH (fillfactor = 50)
    """,
)

# No role but the owner may change or delete a record: the log is append-only for the services.
_GRANTS = (
    "GRANT USAGE ON SCHEMA public TO {role}",
    "GRANT SELECT, INSERT ON log_record TO {role}",
    "GRANT SELECT, INSERT, UPDATE ON topic_partition TO {role}",
    "GRANT SELECT, INSERT, UPDATE ON group_offset TO {role}",
)


def libpq_url(url: str) -> str:
    """The URL as the driver itself reads it, without SQLAlchemy's name of a driver."""
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)


def create_event_log(url: str, roles: Sequence[str] = ()) -> None:
    """Create what is missing and grant the roles their use of it; running it again changes nothing."""
    with psycopg.connect(libpq_url(url)) as connection:
        connection.execute("SELECT pg_advisory_xact_lock(%s)", [_INIT_LOCK])
        for statement in _TABLES:
            connection.execute(statement.encode())
        for role in roles:
            for grant in _GRANTS:
                connection.execute(sql.SQL(grant).format(role=sql.Identifier(role)))


def prune_event_log(url: str, *, older_than_days: int) -> int:
    """Delete records past their retention, as the owner of the tables; return how many."""
    with psycopg.connect(libpq_url(url)) as connection:
        deleted = connection.execute(
            "DELETE FROM log_record WHERE written_at < now() - make_interval(days => %s)", [older_than_days]
        )
        return deleted.rowcount
