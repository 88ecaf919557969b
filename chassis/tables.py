"""Adds the chassis's own tables to a service's metadata."""

from __future__ import annotations

from sqlalchemy import MetaData

from chassis.audit import audit_table
from chassis.events.tables import add_event_tables
from chassis.idempotency_table import idempotency_table


def chassis_tables(metadata: MetaData) -> None:
    """Add outbox, inbox, dead letters, feed cursors, idempotency keys and the audit record."""
    add_event_tables(metadata)
    audit_table(metadata)
    idempotency_table(metadata)
