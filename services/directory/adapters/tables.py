"""The directory's tables, all but the one of confidential locations."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    DateTime,
    Float,
    ForeignKey,
    Index,
    Integer,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, INT4MULTIRANGE, JSONB, TSVECTOR, UUID

from chassis.database import new_metadata
from chassis.tables import chassis_tables
from services.directory.adapters.geometric_types import Box, Point

metadata = new_metadata()
chassis_tables(metadata)

municipality = Table(
    "municipality",
    metadata,
    Column("code", Text, primary_key=True),
    Column("country", Text, nullable=False),
    Column("level", Text, nullable=False),
    Column("parent_code", Text),
    Column("name", Text, nullable=False),
    Column("names", JSONB, nullable=False),
    Column("foreign_names", JSONB, nullable=False, server_default=text("'{}'")),
    Column("latitude", Float, nullable=False),
    Column("longitude", Float, nullable=False),
    Column("population", Integer, nullable=False),
    Column("spellings", ARRAY(Text), nullable=False),
    # Where its level stands among all levels, 1 being the largest areas; see domain/place_levels.py.
    Column("rank", Integer, nullable=False),
    Column("official_codes", JSONB, nullable=False),
    # No longer in the reference data; listings may still name it, new searches by name do not find it.
    Column("is_retired", Boolean, nullable=False),
    Index("ix_municipality_parent_code", "parent_code"),
    Index("ix_municipality_country", "country"),
)

# One row: goes up with every change of places or terms, so that processes notice.
reference_version = Table("reference_version", metadata, Column("number", Integer, primary_key=True))

taxonomy = Table(
    "taxonomy",
    metadata,
    Column("id", UUID(as_uuid=False), primary_key=True),
    Column("name", Text, nullable=False),
    Column("description", Text, nullable=False),
    Column("names", JSONB, nullable=False, server_default=text("'{}'")),
    Column("descriptions", JSONB, nullable=False, server_default=text("'{}'")),
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
    # Its names and synonyms in all languages, as they are written.
    Column("phrases", ARRAY(Text), nullable=False),
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
    # The words of its names in all languages, those of its own first.
    Column("spellings", Text, nullable=False),
    Column("source_language", Text),
    Column("translations", JSONB, nullable=False, server_default="[]"),
    Column("hsds", JSONB, nullable=False),
    # Published as such, as in a feed of others; without it, the public knows of it by its public services alone.
    Column("is_public", Boolean, nullable=False, server_default=text("false")),
    # Whether a second pair of eyes is asked for: required, waived, or null for the rule of domain/organization.py.
    Column("review", Text),
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
    Column("named_agencies", ARRAY(Text), nullable=False),
    Column("version", Integer, nullable=False),
    Column("name", Text, nullable=False),
    Column("alternate_name", Text),
    Column("description", Text, nullable=False),
    Column("source_language", Text),
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
    Column("always_open", Boolean, nullable=False),
    Column("accessibility", ARRAY(Text), nullable=False),
    # What HSDS knows of the service beyond these columns, in its own words.
    Column("hsds", JSONB, nullable=False),
    Column("capacity_available", Integer),
    Column("capacity_maximum", Integer),
    Column("capacity_unit", Text),
    # When somebody said a number last, and when it was last counted on from there.
    Column("capacity_reported_at", DateTime(timezone=True)),
    Column("capacity_updated_at", DateTime(timezone=True)),
    # What was answered last without a number, and when: the newest word until somebody says a number.
    Column("has_room", Boolean),
    Column("has_room_said_at", DateTime(timezone=True)),
    # HSDS's status: active, temporarily closed or inactive; and what is planned.
    Column("service_status", Text, nullable=False, server_default="active"),
    Column("closing_kind", Text),
    Column("closing_reason", Text),
    Column("closes_at", DateTime(timezone=True)),
    Column("reopens_at", DateTime(timezone=True)),
    # What is read while it is closed, and the same by language.
    Column("closing_notice", Text),
    Column("closing_notice_translations", JSONB, nullable=False, server_default="{}"),
    Column("confirmed_at", DateTime(timezone=True)),
    Column("confirm_by", Date),
    # How many of the reminders of this cycle have been sent: to who keeps it, and to another agency behind its owner.
    Column("reminders_sent", Integer, nullable=False, server_default="0"),
    Column("owner_reminders_sent", Integer, nullable=False, server_default="0"),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("last_modified", DateTime(timezone=True), nullable=False),
    # The words of its names in all languages, for its keepers to find it by.
    Column("name_words", TSVECTOR, nullable=False, server_default=""),
    Index("ix_listing_organization_id", "organization_id"),
    Index("ix_listing_name_words", "name_words", postgresql_using="gin"),
    Index("ix_listing_closing", "id", postgresql_where=text("closes_at IS NOT NULL")),
    Index("ix_listing_confirm_by", "confirm_by", postgresql_where=text("status = 'published'")),
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

# Without the list that new entries would wait on, which every search reads again for each thing that it asks.
_AT_ONCE: Mapping[str, Any] = {"postgresql_using": "gin", "postgresql_with": {"fastupdate": "off"}}

# One row per published listing with all that search filters and orders by.
search_entry = Table(
    "search_entry",
    metadata,
    # What is judged of every entry that an index brings comes first, and the words, which only ranking reads, last.
    Column("listing_id", UUID(as_uuid=False), ForeignKey("listing.id"), primary_key=True),
    Column("organization_id", UUID(as_uuid=False), nullable=False),
    # The weight in ranking that confirm_by gives it: 1, less when its owner is overdue to confirm it, 0 when stale.
    Column("standing", Float, nullable=False),
    Column("place", Point),
    Column("latitude", Float),
    Column("longitude", Float),
    Column("last_modified", DateTime(timezone=True), nullable=False),
    # When somebody said a number last; how old it may be to count follows from the urgency of what is asked.
    Column("capacity_said_at", DateTime(timezone=True)),
    Column("minimum_age", Integer),
    Column("maximum_age", Integer),
    Column("capacity_available", Integer),
    Column("confirm_by", Date),
    # The day on which the coming times were written down last, where weeks differ.
    Column("special_hours_kept_on", Date),
    # Whether its places are judged one by one, by their rows of search_place.
    Column("has_places", Boolean, nullable=False, server_default=text("false")),
    Column("has_agency", Boolean, nullable=False),
    Column("accepts_referrals", Boolean, nullable=False),
    # Nobody reads or writes it any more; a later release drops it.
    Column("is_open_to_referrals", Boolean),
    Column("tier", Text, nullable=False),
    Column("service_status", Text, nullable=False, server_default="active"),
    # The country whose clock and holidays the hours follow.
    Column("country", Text, nullable=False),
    Column("location_kind", Text, nullable=False),
    Column("sex", Text, nullable=False),
    # Of a service with several places: the box that holds them, and below all of them.
    Column("further_box", Box),
    Column("municipality_code", Text),
    Column("postal_code", Text),
    Column("sort_name", Text, nullable=False),
    Column("terms", ARRAY(Text), nullable=False),
    Column("languages", ARRAY(Text), nullable=False),
    Column("serves", ARRAY(Text), nullable=False),
    Column("accessibility", ARRAY(Text), nullable=False),
    # Of the tier named: the agencies that may know of it, its keepers among them. Null in the other tiers.
    Column("seen_by", ARRAY(Text)),
    Column("told_terms", ARRAY(Text), nullable=False, server_default="{}"),
    Column("further_latitudes", ARRAY(Float)),
    Column("further_longitudes", ARRAY(Float)),
    # Minutes of the week; null as well as special_hours_kept_on: nothing is known.
    Column("open_minutes", INT4MULTIRANGE),
    Column("document", TSVECTOR, nullable=False),
    # What it offers together with where, as adapters/match_keys.py names it.
    Column("match_keys", ARRAY(Integer), nullable=False),
    # Of a service with a public place: the same words, each behind the cell that the place lies in.
    Column("local_document", TSVECTOR),
    # What the service itself serves, where ``serves`` joins that of its places; null where it is the same.
    Column("own_serves", ARRAY(Text)),
    Index("ix_search_entry_further_box", "further_box", postgresql_using="gist"),
    Index("ix_search_entry_document", "document", **_AT_ONCE),
    Index("ix_search_entry_local_document", "local_document", **_AT_ONCE),
    Index("ix_search_entry_terms", "terms", postgresql_using="gin"),
    Index("ix_search_entry_told_terms", "told_terms", postgresql_using="gin"),
    Index("ix_search_entry_serves", "serves", postgresql_using="gin"),
    # The countries that it serves anywhere in; the function is in the migrations.
    Index("ix_search_entry_served_countries", text("served_countries(serves)"), **_AT_ONCE),
    Index("ix_search_entry_match_keys", "match_keys", **_AT_ONCE),
    Index("ix_search_entry_place", "place", postgresql_using="gist"),
    Index(
        "ix_search_entry_open_to_all", "place", postgresql_using="gist", postgresql_where=text("serves = '{}'::text[]")
    ),
    Index("ix_search_entry_order", "tier", text("standing DESC"), "sort_name", "listing_id"),
    Index("ix_search_entry_organization_id", "organization_id"),
    Index(
        "ix_search_entry_special_hours",
        "special_hours_kept_on",
        postgresql_where=text("special_hours_kept_on IS NOT NULL"),
    ),
)
