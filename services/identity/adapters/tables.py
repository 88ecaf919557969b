"""The tables of identity."""

from __future__ import annotations

from sqlalchemy import ARRAY, Boolean, Column, DateTime, ForeignKey, Index, Integer, LargeBinary, Table, Text
from sqlalchemy.dialects.postgresql import JSONB, UUID

from chassis.database import new_metadata
from chassis.tables import chassis_tables

metadata = new_metadata()
chassis_tables(metadata)
_id = UUID(as_uuid=False)
_moment = DateTime(timezone=True)

agency = Table(
    "agency",
    metadata,
    Column("id", _id, primary_key=True),
    Column("name", Text, nullable=False),
    Column("country", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("registered_at", _moment, nullable=False),
)

account = Table(
    "account",
    metadata,
    Column("id", _id, primary_key=True),
    Column("agency_id", _id, ForeignKey("agency.id"), nullable=False),
    Column("username", Text, nullable=False, unique=True),
    Column("display_name", Text, nullable=False),
    Column("email", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("roles", ARRAY(Text), nullable=False),
    Column("password_hash", Text, nullable=False),
    Column("is_active", Boolean, nullable=False),
    Column("version", Integer, nullable=False),
    Column("created_at", _moment, nullable=False),
    Index("ix_account_agency_id", "agency_id", "id"),
)

client = Table(
    "client",
    metadata,
    Column("id", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("secret_hash", Text, nullable=False),
    Column("agency_id", _id, ForeignKey("agency.id")),
    Column("redirect_uris", ARRAY(Text), nullable=False),
    Column("is_active", Boolean, nullable=False),
    Column("created_at", _moment, nullable=False),
    # Null: those that its kind has by default.
    Column("scopes", ARRAY(Text)),
)

session = Table(
    "session",
    metadata,
    Column("id", _id, primary_key=True),
    Column("account_id", _id, ForeignKey("account.id"), nullable=False, index=True),
    Column("client_id", Text, ForeignKey("client.id"), nullable=False),
    Column("scope", Text, nullable=False),
    Column("signed_in_at", _moment, nullable=False),
    Column("expires_at", _moment, nullable=False, index=True),
    Column("ended_at", _moment),
    Column("end_reason", Text),
)

authorization_code = Table(
    "authorization_code",
    metadata,
    Column("code_hash", Text, primary_key=True),
    Column("session_id", _id, ForeignKey("session.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("redirect_uri", Text, nullable=False),
    Column("code_challenge", Text, nullable=False),
    Column("nonce", Text),
    Column("expires_at", _moment, nullable=False),
    Column("used_at", _moment),
)

refresh_token = Table(
    "refresh_token",
    metadata,
    Column("token_hash", Text, primary_key=True),
    Column("session_id", _id, ForeignKey("session.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("expires_at", _moment, nullable=False),
    Column("used_at", _moment),
)

signing_key = Table(
    "signing_key",
    metadata,
    Column("id", Text, primary_key=True),
    Column("state", Text, nullable=False),
    Column("public_key", JSONB, nullable=False),
    Column("wrapping_key_id", Text, nullable=False),
    Column("wrapped_key", LargeBinary, nullable=False),
    Column("private_key", LargeBinary, nullable=False),
    Column("created_at", _moment, nullable=False),
    Column("retired_at", _moment),
    # At any time one key signs and one is announced as the next.
    Index("uq_signing_key_state", "state", unique=True, postgresql_where="state in ('current', 'next')"),
)

sign_in_throttle = Table(
    "sign_in_throttle",
    metadata,
    Column("key", Text, primary_key=True),
    Column("tries", Integer, nullable=False),
    Column("opened_at", _moment, nullable=False),
)
