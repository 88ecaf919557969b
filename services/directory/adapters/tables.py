"""The directory's tables, all but the one of confidential locations."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    DateTime,
    Float,
    ForeignKey,
    Index,
    Integer,
    Table,
    Text,
    UniqueConstraint,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, TSVECTOR, UUID
from sqlalchemy.types import UserDefinedType

from chassis.database import new_metadata
from chassis.tables import chassis_tables

metadata = new_metadata()
chassis_tables(metadata)


class Point(UserDefinedType[Any]):
    """PostgreSQL's own ``point``; written with the SQL function of that name, never read back."""

    cache_ok = True

    def get_col_spec(self, **_kw: Any) -> str:
        """Return the type's name in SQL."""
        return "POINT"


municipality = Table(
    "municipality",
    metadata,
    Column("code", Text, primary_key=True),
    Column("country", Text, nullable=False),
    Column("level", Text, nullable=False),
    Column("parent_code", Text),
    Column("name", Text, nullable=False),
    Column("names", JSONB, nullable=False),
    Column("latitude", Float, nullable=False),
    Column("longitude", Float, nullable=False),
    Column("population", Integer, nullable=False),
    Column("spellings", ARRAY(Text), nullable=False),
    Index("ix_municipality_parent_code", "parent_code"),
)

taxonomy = Table(
    "taxonomy",
    metadata,
    Column("id", UUID(as_uuid=False), primary_key=True),
    Column("name", Text, nullable=False),
    Column("description", Text, nullable=False),
)

taxonomy_term = Table(
    "taxonomy_term",
    metadata,
    Column("id", UUID(as_uuid=False), primary_key=True),
    Column("taxonomy_id", UUID(as_uuid=False), ForeignKey("taxonomy.id"), nullable=False),
    Column("code", Text, nullable=False, unique=True),
    Column("parent_id", UUID(as_uuid=False)),
    Column("position", Integer, nullable=False),
    Column("names", JSONB, nullable=False),
    Column("descriptions", JSONB, nullable=False),
    Column("spellings", Text, nullable=False),
    # The term's own code and those above it.
    Column("path", ARRAY(Text), nullable=False),
)

organization = Table(
    "organization",
    metadata,
    Column("id", UUID(as_uuid=False), primary_key=True),
    Column("agency_id", Text),
    Column("maintaining_agency_id", Text),
    Column("name", Text, nullable=False),
    Column("alternate_name", Text),
    Column("description", Text, nullable=False),
    Column("email", Text),
    Column("website", Text),
    Column("phone", Text),
    Column("country", Text, nullable=False),
    Column("spellings", Text, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Index("ix_organization_agency_id", "agency_id"),
    Index("ix_organization_maintaining_agency_id", "maintaining_agency_id"),
)

listing = Table(
    "listing",
    metadata,
    Column("id", UUID(as_uuid=False), primary_key=True),
    Column("organization_id", UUID(as_uuid=False), ForeignKey("organization.id"), nullable=False),
    Column("status", Text, nullable=False),
    Column("tier", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("name", Text, nullable=False),
    Column("alternate_name", Text),
    Column("description", Text, nullable=False),
    Column("translations", JSONB, nullable=False),
    Column("taxonomy_terms", ARRAY(Text), nullable=False),
    Column("minimum_age", Integer),
    Column("maximum_age", Integer),
    Column("sex", Text, nullable=False),
    Column("eligibility_description", Text),
    Column("languages", ARRAY(Text), nullable=False),
    Column("serves", ARRAY(Text), nullable=False),
    Column("location_kind", Text, nullable=False),
    Column("phone", Text),
    Column("email", Text),
    Column("url", Text),
    Column("application_process", Text),
    Column("fees_description", Text),
    Column("wait_time", Text),
    Column("alert", Text),
    Column("accepts_referrals", Boolean, nullable=False),
    Column("schedule", JSONB, nullable=False),
    Column("capacity_available", Integer),
    Column("capacity_maximum", Integer),
    Column("capacity_unit", Text),
    Column("capacity_updated_at", DateTime(timezone=True)),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("last_modified", DateTime(timezone=True), nullable=False),
    Index("ix_listing_organization_id", "organization_id"),
)

# Physical places and virtual ones. A confidential place never has a row here.
location = Table(
    "location",
    metadata,
    Column("id", UUID(as_uuid=False), primary_key=True),
    Column("listing_id", UUID(as_uuid=False), ForeignKey("listing.id"), nullable=False),
    Column("service_at_location_id", UUID(as_uuid=False), nullable=False, unique=True),
    Column("kind", Text, nullable=False),
    Column("municipality_code", Text, ForeignKey("municipality.code")),
    Column("address_1", Text),
    Column("postal_code", Text),
    Column("latitude", Float),
    Column("longitude", Float),
    # Whether the coordinates were given, or are those of the municipality's centre.
    Column("is_exact", Boolean, nullable=False),
    UniqueConstraint("listing_id"),
)

capacity_reservation = Table(
    "capacity_reservation",
    metadata,
    Column("referral_id", Text, primary_key=True),
    Column("listing_id", UUID(as_uuid=False), nullable=False),
    Column("took_place", Boolean, nullable=False),
    Column("reserved_at", DateTime(timezone=True)),
    Column("released_at", DateTime(timezone=True)),
)

# One row per published listing with all that search filters and orders by.
search_entry = Table(
    "search_entry",
    metadata,
    Column("listing_id", UUID(as_uuid=False), ForeignKey("listing.id"), primary_key=True),
    Column("organization_id", UUID(as_uuid=False), nullable=False),
    Column("tier", Text, nullable=False),
    Column("document", TSVECTOR, nullable=False),
    Column("sort_name", Text, nullable=False),
    Column("terms", ARRAY(Text), nullable=False),
    Column("languages", ARRAY(Text), nullable=False),
    Column("serves", ARRAY(Text), nullable=False),
    Column("municipality_code", Text),
    Column("minimum_age", Integer),
    Column("maximum_age", Integer),
    Column("sex", Text, nullable=False),
    Column("is_open_to_referrals", Boolean, nullable=False),
    Column("latitude", Float),
    Column("longitude", Float),
    Column("place", Point),
    Column("last_modified", DateTime(timezone=True), nullable=False),
    Index("ix_search_entry_document", "document", postgresql_using="gin"),
    Index("ix_search_entry_terms", "terms", postgresql_using="gin"),
    Index("ix_search_entry_serves", "serves", postgresql_using="gin"),
    Index("ix_search_entry_place", "place", postgresql_using="gist"),
    Index("ix_search_entry_order", "tier", "sort_name", "listing_id"),
    Index("ix_search_entry_organization_id", "organization_id"),
)

# The words of the index, to correct typing errors against.
search_word = Table(
    "search_word",
    metadata,
    Column("word", Text, primary_key=True),
    Column("trigrams", ARRAY(Text), nullable=False),
    Index("ix_search_word_trigrams", "trigrams", postgresql_using="gin"),
    Index("ix_search_word_beginning", "word", postgresql_ops={"word": "text_pattern_ops"}),
)
