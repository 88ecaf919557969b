"""The table of opening times to come of services whose weeks are not all the same."""

from __future__ import annotations

from sqlalchemy import Column, DateTime, ForeignKey, Index, Table
from sqlalchemy.dialects.postgresql import UUID

from services.directory.adapters.tables import metadata

# Each row is one time of being open, none longer than 25 hours: a search for a moment looks no further back.
opening_span = Table(
    "opening_span",
    metadata,
    Column("listing_id", UUID(as_uuid=False), ForeignKey("listing.id", ondelete="CASCADE"), primary_key=True),
    Column("opens_at", DateTime(timezone=True), primary_key=True),
    Column("closes_at", DateTime(timezone=True), primary_key=True),
    Index("ix_opening_span_opens_at", "opens_at", "closes_at", "listing_id"),
)
