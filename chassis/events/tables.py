"""The tables every service that sends or receives events needs, for its metadata and its first migration."""

from __future__ import annotations

from typing import Any

from sqlalchemy import MetaData

from chassis.inbox.table import dead_letter_table, feed_cursor_table, inbox_table
from chassis.outbox.table import outbox_table


def add_event_tables(metadata: MetaData) -> None:
    """Add outbox, inbox, dead letters and feed cursors to a service's metadata."""
    outbox_table(metadata)
    inbox_table(metadata)
    dead_letter_table(metadata)
    feed_cursor_table(metadata)


def create_event_tables(op: Any) -> None:
    """Create the tables from a migration; `op` is Alembic's operations object."""
    _event_metadata(op).create_all(op.get_bind(), checkfirst=False)


def drop_event_tables(op: Any) -> None:
    """Drop the tables from a migration's downgrade."""
    _event_metadata(op).drop_all(op.get_bind(), checkfirst=False)


def _event_metadata(op: Any) -> MetaData:
    target = op.get_context().opts.get("target_metadata")
    naming = target.naming_convention if isinstance(target, MetaData) else None
    metadata = MetaData(naming_convention=naming)
    add_event_tables(metadata)
    return metadata
