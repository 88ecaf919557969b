"""The table of idempotency keys that were used, with the answers they got."""

from __future__ import annotations

from sqlalchemy import Column, DateTime, Integer, LargeBinary, MetaData, String, Table
from sqlalchemy.dialects.postgresql import JSONB


def idempotency_table(metadata: MetaData) -> Table:
    """Add the table of used keys to a service's metadata."""
    return Table(
        "idempotency_key",
        metadata,
        Column("caller", String(160), primary_key=True),
        Column("operation", String(80), primary_key=True),
        Column("key", String(128), primary_key=True),
        Column("fingerprint", String(64), nullable=False),
        Column("created_at", DateTime(timezone=True), nullable=False, index=True),
        Column("status", Integer),
        Column("headers", JSONB),
        Column("body", LargeBinary),
    )


idempotency_key = idempotency_table(MetaData())
