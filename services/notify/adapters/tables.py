"""Describes the service's tables."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, UUID

from chassis.database import new_metadata
from chassis.tables import chassis_tables

metadata = new_metadata()
chassis_tables(metadata)

_ID = UUID(as_uuid=False)
_MOMENT = DateTime(timezone=True)

# `contacts_wanted` counts the reasons to fetch, `contacts_have` how many of them the last fetch answered:
# an event that arrives during a fetch leaves them unequal, and the contacts are fetched once more.
agency = Table(
    "agency",
    metadata,
    Column("agency_id", _ID, primary_key=True),
    Column("country", Text),
    Column("contacts_wanted", BigInteger, nullable=False, server_default="0"),
    Column("contacts_have", BigInteger, nullable=False, server_default="0"),
    Column("fetched_at", _MOMENT),
    Column("fetch_attempts", Integer, nullable=False, server_default="0"),
    Column("next_fetch_at", _MOMENT),
)

contact = Table(
    "contact",
    metadata,
    Column("account_id", _ID, primary_key=True),
    Column("agency_id", _ID, nullable=False, index=True),
    Column("email", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("roles", ARRAY(Text), nullable=False),
    Column("is_active", Boolean, nullable=False),
)

announcement = Table(
    "announcement",
    metadata,
    Column("event_id", _ID, nullable=False),
    Column("agency_id", _ID, nullable=False),
    Column("event_type", Text, nullable=False),
    Column("referral_id", _ID),
    Column("reference", Text),
    Column("referral_status", Text),
    Column("urgency", Text, nullable=False),
    Column("referring_agency_id", _ID),
    Column("receiving_agency_id", _ID),
    Column("actor_account_id", Text),
    Column("actor_agency_id", Text),
    Column("occurred_at", _MOMENT, nullable=False),
    Column("due_at", _MOMENT),
    Column("listing_count", Integer),
    Column("listing_id", _ID),
    Column("created_at", _MOMENT, nullable=False),
    Column("told_at", _MOMENT),
    PrimaryKeyConstraint("event_id", "agency_id"),
    Index("ix_announcement_untold", "agency_id", "occurred_at", postgresql_where=text("told_at IS NULL")),
)

inbox_entry = Table(
    "inbox_entry",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("account_id", _ID, nullable=False),
    Column("agency_id", _ID, nullable=False),
    Column("event_id", _ID, nullable=False),
    Column("kind", Text, nullable=False),
    Column("referral_id", _ID),
    Column("reference", Text),
    Column("urgency", Text, nullable=False),
    Column("due_at", _MOMENT),
    Column("listing_count", Integer),
    Column("listing_id", _ID),
    Column("created_at", _MOMENT, nullable=False),
    Column("read_at", _MOMENT),
    UniqueConstraint("event_id", "account_id", "kind"),
    Index("ix_inbox_entry_account", "account_id", "id"),
    Index("ix_inbox_entry_unread", "account_id", postgresql_where=text("read_at IS NULL")),
)

preference = Table(
    "preference",
    metadata,
    Column("account_id", _ID, primary_key=True),
    Column("agency_id", _ID, nullable=False),
    Column("language", Text, nullable=False),
    Column("muted", ARRAY(Text), nullable=False),
    Column("version", Integer, nullable=False),
    Column("updated_at", _MOMENT, nullable=False),
)

webhook_endpoint = Table(
    "webhook_endpoint",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("agency_id", _ID, nullable=False),
    Column("url", Text, nullable=False),
    Column("description", Text, nullable=False),
    Column("secret_key_id", Text, nullable=False),
    Column("secret_ciphertext", LargeBinary, nullable=False),
    Column("created_at", _MOMENT, nullable=False),
    Column("created_by", Text, nullable=False),
    Column("disabled_at", _MOMENT),
    UniqueConstraint("agency_id", "url"),
)

# While a delivery is being sent, `next_attempt_at` is the end of the claim's lease: what a killed process had
# claimed becomes due again by itself.
delivery = Table(
    "delivery",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("channel", Text, nullable=False),
    Column("recipient_id", _ID, nullable=False),
    Column("agency_id", _ID, nullable=False),
    Column("event_id", _ID, nullable=False),
    Column("event_type", Text, nullable=False),
    Column("referral_id", _ID),
    Column("reference", Text),
    Column("referral_status", Text),
    Column("urgency", Text, nullable=False),
    Column("priority", SmallInteger, nullable=False),
    Column("occurred_at", _MOMENT, nullable=False),
    Column("due_at", _MOMENT),
    Column("listing_count", Integer),
    Column("created_at", _MOMENT, nullable=False),
    Column("next_attempt_at", _MOMENT),
    Column("status", Text, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("claim", _ID),
    Column("finished_at", _MOMENT),
    UniqueConstraint("event_id", "channel", "recipient_id"),
    Index(
        "ix_delivery_next",
        "channel",
        "priority",
        "next_attempt_at",
        "id",
        postgresql_where=text("next_attempt_at IS NOT NULL"),
    ),
    Index("ix_delivery_recipient", "recipient_id", "id"),
    Index("ix_delivery_sending", "recipient_id", postgresql_where=text("status = 'sending'")),
)

delivery_attempt = Table(
    "delivery_attempt",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("delivery_id", _ID, ForeignKey("delivery.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("recipient_id", _ID, nullable=False),
    Column("number", Integer, nullable=False),
    Column("attempted_at", _MOMENT, nullable=False),
    Column("duration_ms", Integer, nullable=False),
    Column("status", Text, nullable=False),
    Column("reason", Text),
    Column("response_code", Integer),
    Column("next_attempt_at", _MOMENT),
    Index("ix_delivery_attempt_recipient", "recipient_id", "id"),
)
