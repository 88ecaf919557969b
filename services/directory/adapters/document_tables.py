"""The tables of what the public sees, ready to be sent, and of what has changed in it."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    Float,
    ForeignKey,
    Identity,
    Index,
    Integer,
    Table,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import TSVECTOR, UUID

from services.directory.adapters.geometric_types import Point
from services.directory.adapters.tables import metadata

# One row per published listing of the public tier; the texts are JSON, and stay in the row (migration 0037).
published_document = Table(
    "published_document",
    metadata,
    Column("listing_id", UUID(as_uuid=False), ForeignKey("listing.id", ondelete="CASCADE"), primary_key=True),
    Column("organization_id", UUID(as_uuid=False), nullable=False),
    Column("in_list", Text, nullable=False),
    Column("in_full", Text, nullable=False),
    Index("ix_published_document_organization_id", "organization_id"),
)

# The public places of those listings; a service may have many. The texts leave out the service.
published_place = Table(
    "published_place",
    metadata,
    Column("listing_id", UUID(as_uuid=False), ForeignKey("listing.id", ondelete="CASCADE"), primary_key=True),
    Column("position", Integer, primary_key=True),
    # Of the pair of service and location. Not unique: it comes from whoever published it first.
    Column("id", UUID(as_uuid=False), nullable=False),
    Column("postal_code", Text),
    Column("latitude", Float),
    Column("longitude", Float),
    Column("place", Point),
    Column("in_list", Text, nullable=False),
    Column("in_full", Text, nullable=False),
    Index("ix_published_place_id", "id"),
    Index("ix_published_place_postal_code", "postal_code"),
    Index("ix_published_place_place", "place", postgresql_using="gist"),
)

# Days and times of the schedules of those listings, one row for each day of each schedule: of one place, or with no
# place those that hold wherever a place has none of its own.
published_hours = Table(
    "published_hours",
    metadata,
    Column("listing_id", UUID(as_uuid=False), ForeignKey("listing.id", ondelete="CASCADE"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("place", Integer),
    Column("day", Text),
    Column("opens_at", Text),
    Column("closes_at", Text),
    Index("ix_published_hours_day", "day", "opens_at"),
)

# The organizations that the public may know of.
published_organization = Table(
    "published_organization",
    metadata,
    Column("organization_id", UUID(as_uuid=False), ForeignKey("organization.id", ondelete="CASCADE"), primary_key=True),
    Column("last_modified", DateTime(timezone=True), nullable=False),
    Column("in_list", Text, nullable=False),
    Column("in_full", Text, nullable=False),
)

# What those are found by: their names, and what they say of themselves.
organization_entry = Table(
    "organization_entry",
    metadata,
    Column(
        "organization_id",
        UUID(as_uuid=False),
        ForeignKey("published_organization.organization_id", ondelete="CASCADE"),
        primary_key=True,
    ),
    Column("document", TSVECTOR, nullable=False),
    Index("ix_organization_entry_document", "document", postgresql_using="gin"),
)

# What has changed in all of these. ``number`` is given once the change is seen to be committed; readers count by it.
public_change = Table(
    "public_change",
    metadata,
    Column("position", BigInteger, Identity(always=True), primary_key=True),
    Column("number", BigInteger, unique=True),
    Column("kind", Text, nullable=False),
    Column("id", UUID(as_uuid=False), nullable=False),
    Column("change", Text, nullable=False),
    Column("replaced_by", UUID(as_uuid=False)),
    Column("last_modified", DateTime(timezone=True), nullable=False),
    Index("ix_public_change_id", "id"),
    Index("ix_public_change_unnumbered", "position", postgresql_where=text("number IS NULL")),
)

# One row: the state of everything public that was seen last, and since when it is known to be the present one.
public_state = Table(
    "public_state",
    metadata,
    Column("id", Boolean, primary_key=True, server_default=text("true")),
    Column("mark", Text, nullable=False),
    Column("since", DateTime(timezone=True), nullable=False),
    CheckConstraint("id", name="one"),
)
