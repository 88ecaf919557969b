"""The tables of the referral service; what identifies a child stands in ``sealed_part`` alone, encrypted."""

from __future__ import annotations

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB, UUID

from chassis.database import new_metadata
from chassis.tables import chassis_tables

metadata = new_metadata()
chassis_tables(metadata)

_Moment = DateTime(timezone=True)
_Id = UUID(as_uuid=False)


def _referral_id(*, primary_key: bool = False) -> Column[str]:
    return Column("referral_id", _Id, ForeignKey("referral.id"), primary_key=primary_key, nullable=False)


referral = Table(
    "referral",
    metadata,
    Column("id", _Id, primary_key=True),
    Column("reference", String(16), nullable=False, unique=True),
    Column("kind", String(16), nullable=False),
    Column("urgency", String(16), nullable=False),
    Column("status", String(24), nullable=False),
    Column("version", Integer, nullable=False),
    Column("service_id", _Id, nullable=False),
    Column("referring_agency_id", String(80), nullable=False),
    Column("receiving_agency_id", String(80)),
    Column("created_by", String(80)),
    Column("held_from", String(24)),
    Column("on_hold_until", _Moment),
    Column("reason_code", String(40)),
    Column("outcome_code", String(40)),
    Column("appointment_status", String(16)),
    Column("appointment_at", _Moment),
    Column("consent_withdrawn_at", _Moment),
    Column("created_at", _Moment, nullable=False),
    Column("sent_at", _Moment),
    Column("acknowledged_at", _Moment),
    Column("decided_at", _Moment),
    Column("accepted_at", _Moment),
    Column("started_at", _Moment),
    Column("completed_at", _Moment),
    Column("closed_at", _Moment),
    Column("expires_at", _Moment),
    Column("retained_until", _Moment),
    Column("erased_at", _Moment),
    CheckConstraint("receiving_agency_id <> referring_agency_id", name="two_agencies"),
    CheckConstraint("sent_at IS NULL OR receiving_agency_id IS NOT NULL", name="sent_to_somebody"),
    Index("ix_referral_outbound", "referring_agency_id", text("id DESC")),
    Index("ix_referral_inbound", "receiving_agency_id", text("id DESC"), postgresql_where=text("sent_at IS NOT NULL")),
    Index("ix_referral_service_id", "service_id", postgresql_where=text("sent_at IS NOT NULL AND closed_at IS NULL")),
    Index("ix_referral_expires_at", "expires_at", postgresql_where=text("expires_at IS NOT NULL")),
)

consent = Table(
    "consent",
    metadata,
    _referral_id(primary_key=True),
    Column("basis", String(24), nullable=False),
    Column("given_by", String(16), nullable=False),
    Column("form", String(16), nullable=False),
    Column("data_groups", ARRAY(String(16)), nullable=False),
    Column("language", String(35)),
    Column("obtained_at", _Moment),
    Column("valid_until", _Moment),
    Column("child_assent", String(16)),
    Column("is_override_explained", Boolean, nullable=False),
)

deadline = Table(
    "deadline",
    metadata,
    _referral_id(primary_key=True),
    Column("name", String(16), primary_key=True),
    Column("due_at", _Moment, nullable=False),
    Column("done_at", _Moment),
    Column("paused_at", _Moment),
    Column("announced_at", _Moment),
    Index(
        "ix_deadline_watched",
        "due_at",
        postgresql_where=text("done_at IS NULL AND paused_at IS NULL AND announced_at IS NULL"),
    ),
)

# Apart from what it protects, so that it can be backed up apart, for a shorter time, and destroyed.
data_key = Table(
    "data_key",
    metadata,
    _referral_id(primary_key=True),
    Column("key_version", Integer, nullable=False),
    Column("wrapped_by", String(40), nullable=False),
    Column("wrapped_key", LargeBinary, nullable=False),
    Index("ix_data_key_wrapped_by", "wrapped_by"),
)

sealed_part = Table(
    "sealed_part",
    metadata,
    _referral_id(primary_key=True),
    Column("part", String(24), primary_key=True),
    Column("key_version", Integer, nullable=False),
    Column("ciphertext", LargeBinary, nullable=False),
)

history = Table(
    "history",
    metadata,
    Column("position", BigInteger, Identity(always=True), primary_key=True),
    _referral_id(),
    Column("kind", String(16), nullable=False),
    Column("at", _Moment, nullable=False),
    Column("action", String(40), nullable=False),
    Column("from_status", String(24)),
    Column("to_status", String(24)),
    Column("actor_agency_id", String(80)),
    Column("actor_account_id", String(80)),
    Column("actor_role", String(40)),
    Column("reason_code", String(40)),
    Column("outcome_code", String(40)),
    Column("detail", JSONB, nullable=False, server_default=text("'{}'::jsonb")),
    Index("ix_history_referral_id", "referral_id", "position"),
)

listing = Table(
    "listing",
    metadata,
    Column("service_id", _Id, primary_key=True),
    Column("name", Text),
    Column("organization_name", Text),
    Column("agency_id", String(80)),
    Column("country", String(2)),
    Column("is_published", Boolean, nullable=False),
    Column("accepts_referrals", Boolean, nullable=False),
    Column("minimum_age", Integer),
    Column("maximum_age", Integer),
    Column("sex", String(8)),
    Column("places_available", Integer),
    # The only agencies that may know of it; null where every agency may.
    Column("referring_agencies", ARRAY(String(80))),
    # The service that it was merged into; what is sent to the old one arrives there.
    Column("replaced_by", _Id),
    # Why it takes no referral now: it was withdrawn, or is closed and perhaps opens again. Null while it is open.
    Column("closed_by", String(16)),
    Column("reopens_at", _Moment),
    Column("described_version", BigInteger, nullable=False),
    Column("capacity_version", BigInteger, nullable=False),
)

agency = Table(
    "agency",
    metadata,
    Column("agency_id", String(80), primary_key=True),
    Column("name", Text, nullable=False),
    Column("country", String(2)),
    Column("version", BigInteger, nullable=False),
)
