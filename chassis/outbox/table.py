"""The outbox table: one row per event, written with the change, kept after publishing."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    DateTime,
    Identity,
    Index,
    MetaData,
    Table,
    Text,
    func,
    insert,
    select,
    table,
    text,
)
from sqlalchemy import column as sql_column
from sqlalchemy.dialects.postgresql import JSONB, UUID

from chassis.events.envelope import Event

OUTBOX_CHANNEL = "outbox_written"

OUTBOX_COLUMNS = (
    "event_id",
    "type",
    "source",
    "subject",
    "aggregate_version",
    "time",
    "correlation_id",
    "causation_id",
    "data",
)

# A light description for statements, so that writing and reading need no service's metadata.
outbox = table(
    "outbox",
    sql_column("position", BigInteger()),
    sql_column("event_id", UUID(as_uuid=False)),
    sql_column("type", Text()),
    sql_column("source", Text()),
    sql_column("subject", Text()),
    sql_column("aggregate_version", BigInteger()),
    sql_column("time", DateTime(timezone=True)),
    sql_column("correlation_id", Text()),
    sql_column("causation_id", Text()),
    sql_column("data", JSONB()),
    sql_column("published_number", BigInteger()),
    sql_column("published_at", DateTime(timezone=True)),
)

_WRITE_MANY = text(
    f"INSERT INTO outbox ({', '.join(OUTBOX_COLUMNS)}) SELECT {', '.join(OUTBOX_COLUMNS)}"  # noqa: S608 - constants
    " FROM jsonb_array_elements(CAST(:rows AS jsonb)) WITH ORDINALITY AS given (event, place),"
    " jsonb_populate_record(NULL::outbox, event) ORDER BY place"
)


def outbox_table(metadata: MetaData) -> Table:
    """Add the outbox to a service's metadata.

    `position` orders the rows of one key; `published_number` is given by the relay in the order of
    publishing, has no gaps, and is what readers of the feed count by.
    """
    return Table(
        "outbox",
        metadata,
        Column("position", BigInteger, Identity(always=True), primary_key=True),
        Column("event_id", UUID(as_uuid=False), nullable=False, unique=True),
        Column("type", Text, nullable=False),
        Column("source", Text, nullable=False),
        Column("subject", Text, nullable=False),
        Column("aggregate_version", BigInteger, nullable=False),
        Column("time", DateTime(timezone=True), nullable=False),
        Column("correlation_id", Text),
        Column("causation_id", Text),
        Column("data", JSONB, nullable=False),
        Column("published_number", BigInteger, unique=True),
        Column("published_at", DateTime(timezone=True)),
        Index("ix_outbox_unpublished", "position", postgresql_where=text("published_number IS NULL")),
    )


def write_to_outbox(connection: Connection, event: Event) -> None:
    """Write the event in the caller's transaction and wake the relay when that commits.

    The caller validates the event first and commits after; an event of a transaction that is
    rolled back never existed.
    """
    written = insert(outbox).values(_row(event)).returning(outbox.c.position).cte("written")
    connection.execute(select(func.pg_notify(OUTBOX_CHANNEL, "")).select_from(written))


def write_many_to_outbox(connection: Connection, events: Sequence[Event]) -> None:
    """Write many events at once, in their order; one notice wakes the relay for all."""
    if events:
        connection.execute(_WRITE_MANY, {"rows": json.dumps([_row(event) for event in events], default=str)})
        connection.execute(select(func.pg_notify(OUTBOX_CHANNEL, "")))


def _row(event: Event) -> dict[str, Any]:
    return {
        "event_id": event.id,
        "type": event.type,
        "source": event.source,
        "subject": event.subject,
        "aggregate_version": event.aggregate_version,
        "time": event.time,
        "correlation_id": event.correlation_id,
        "causation_id": event.causation_id,
        "data": dict(event.data),
    }


def event_of_row(row: Any) -> Event:
    """The event a row of the outbox holds."""
    return Event(
        id=row.event_id,
        source=row.source,
        type=row.type,
        subject=row.subject,
        time=row.time,
        data=row.data,
        aggregate_version=row.aggregate_version,
        correlation_id=row.correlation_id,
        causation_id=row.causation_id,
    )
