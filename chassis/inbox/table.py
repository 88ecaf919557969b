"""The inbox tables: which event took effect, which could not, and how far each producer's feed was read."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    Identity,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    func,
    table,
)
from sqlalchemy import column as sql_column
from sqlalchemy.dialects.postgresql import JSONB, UUID

inbox = table(
    "inbox",
    sql_column("consumer", Text()),
    sql_column("event_id", UUID(as_uuid=False)),
    sql_column("type", Text()),
    sql_column("subject", Text()),
    sql_column("aggregate_version", BigInteger()),
    sql_column("received_at", DateTime(timezone=True)),
)

dead_letter = table(
    "dead_letter",
    sql_column("position", BigInteger()),
    sql_column("consumer", Text()),
    sql_column("event_id", UUID(as_uuid=False)),
    sql_column("key", Text()),
    sql_column("type", Text()),
    sql_column("state", Text()),
    sql_column("reason", Text()),
    sql_column("attempts", Integer()),
    sql_column("message", JSONB()),
    sql_column("parked_at", DateTime(timezone=True)),
)

feed_cursor = table(
    "feed_cursor",
    sql_column("consumer", Text()),
    sql_column("producer", Text()),
    sql_column("after", BigInteger()),
    sql_column("read_at", DateTime(timezone=True)),
)


def inbox_table(metadata: MetaData) -> Table:
    """Add the inbox: a row per event and consumer, written in the transaction of the effect."""
    return Table(
        "inbox",
        metadata,
        Column("consumer", Text, nullable=False),
        Column("event_id", UUID(as_uuid=False), nullable=False),
        Column("type", Text, nullable=False),
        Column("subject", Text, nullable=False),
        Column("aggregate_version", BigInteger, nullable=False),
        Column("received_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
        PrimaryKeyConstraint("consumer", "event_id"),
    )


def dead_letter_table(metadata: MetaData) -> Table:
    """Add the dead letters: the event that failed, and behind it the later ones of the same key.

    `reason` holds the kind and the place of the fault, never its text: a text may quote a person.
    """
    return Table(
        "dead_letter",
        metadata,
        Column("position", BigInteger, Identity(always=True), primary_key=True),
        Column("consumer", Text, nullable=False),
        Column("event_id", UUID(as_uuid=False), nullable=False),
        Column("key", Text, nullable=False),
        Column("type", Text, nullable=False),
        Column("state", Text, nullable=False),
        Column("reason", Text, nullable=False),
        Column("attempts", Integer, nullable=False),
        Column("message", JSONB, nullable=False),
        Column("parked_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
        UniqueConstraint("consumer", "event_id"),
        Index("ix_dead_letter_key", "consumer", "key", "position"),
    )


def feed_cursor_table(metadata: MetaData) -> Table:
    """Add the cursors of the reconciler: the last number read from each producer's feed."""
    return Table(
        "feed_cursor",
        metadata,
        Column("consumer", Text, nullable=False),
        Column("producer", Text, nullable=False),
        Column("after", BigInteger, nullable=False),
        Column("read_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
        PrimaryKeyConstraint("consumer", "producer"),
    )
