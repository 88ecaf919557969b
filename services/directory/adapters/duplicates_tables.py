"""Tables of what organizations and listings are compared by, and of what was merged or found to be two."""

from __future__ import annotations

from sqlalchemy import Column, DateTime, Index, Table, Text
from sqlalchemy.dialects.postgresql import JSONB, UUID

from services.directory.adapters.tables import metadata

# What is compared of a record; of a confidential place there is nothing among it.
likeness_record = Table(
    "likeness_record",
    metadata,
    Column("record_id", UUID(as_uuid=False), primary_key=True),
    Column("kind", Text, nullable=False),
    Column("traits", JSONB, nullable=False),
)

# Two records are compared only where they share a key: an entry in a register, a telephone, words of a name in a place.
likeness_key = Table(
    "likeness_key",
    metadata,
    Column("kind", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("record_id", UUID(as_uuid=False), primary_key=True),
    Index("ix_likeness_key_record_id", "record_id"),
)

# A pair that an agency has looked at and found to be two.
duplicate_dismissal = Table(
    "duplicate_dismissal",
    metadata,
    Column("one_id", UUID(as_uuid=False), primary_key=True),
    Column("other_id", UUID(as_uuid=False), primary_key=True),
    Column("agency_id", Text, primary_key=True),
    Column("dismissed_at", DateTime(timezone=True), nullable=False),
)

merge = Table(
    "merge",
    metadata,
    Column("id", UUID(as_uuid=False), primary_key=True),
    Column("kind", Text, nullable=False),
    Column("kept_id", UUID(as_uuid=False), nullable=False),
    Column("folded_id", UUID(as_uuid=False), nullable=False),
    Column("agency_id", Text, nullable=False),
    Column("merged_at", DateTime(timezone=True), nullable=False),
    # Which field of the kept record came from which side.
    Column("fields", JSONB, nullable=False),
)

# Where the id of a folded record leads now; merging the kept one again moves the arrow along.
redirect = Table(
    "redirect",
    metadata,
    Column("old_id", UUID(as_uuid=False), primary_key=True),
    Column("new_id", UUID(as_uuid=False), nullable=False),
    Column("kind", Text, nullable=False),
    Index("ix_redirect_new_id", "new_id"),
)
