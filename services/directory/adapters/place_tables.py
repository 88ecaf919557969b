"""The tables that search judges single places by, of services that do not say the same of all of them."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    DateTime,
    Float,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    Table,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, INT4MULTIRANGE, UUID

from services.directory.adapters.tables import metadata, search_entry

# The places that an import told of a service, in its order. A confidential place never has a row here.
search_place = Table(
    "search_place",
    metadata,
    Column(
        "listing_id", UUID(as_uuid=False), ForeignKey("search_entry.listing_id", ondelete="CASCADE"), primary_key=True
    ),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("municipality_code", Text),
    Column("country", Text, nullable=False),
    Column("postal_code", Text),
    # Null where the place says nothing of it, so that the service's counts.
    Column("accessibility", ARRAY(Text)),
    # Null where the place says nothing of it, so that what the service itself serves counts.
    Column("serves", ARRAY(Text)),
    # What feeds attached to this place alone; see domain/told_terms.py.
    Column("told_terms", ARRAY(Text), nullable=False),
    # Whether the hours are those that follow, or the service's.
    Column("keeps_own_hours", Boolean, nullable=False),
    Column("open_minutes", INT4MULTIRANGE),
    Column("special_hours_kept_on", Date),
    Column("latitude", Float),
    Column("longitude", Float),
    Index(
        "ix_search_place_special_hours",
        "special_hours_kept_on",
        postgresql_where=text("special_hours_kept_on IS NOT NULL"),
    ),
)

# The coming times of places whose own weeks are not all the same, as ``opening_span`` has them of services.
place_span = Table(
    "place_span",
    metadata,
    Column("listing_id", UUID(as_uuid=False), primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("opens_at", DateTime(timezone=True), primary_key=True),
    Column("closes_at", DateTime(timezone=True), primary_key=True),
    ForeignKeyConstraint(
        ["listing_id", "position"], [search_place.c.listing_id, search_place.c.position], ondelete="CASCADE"
    ),
)

# Who asks for a town looks at the entries there, and at those that are judged by their places.
Index("ix_search_entry_municipality_code", search_entry.c.municipality_code)
Index("ix_search_entry_has_places", search_entry.c.listing_id, postgresql_where=search_entry.c.has_places)
