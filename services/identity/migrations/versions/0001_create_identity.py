"""Create agencies, accounts, clients, sessions, signing keys and throttles."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, UUID

from chassis.migrations import create_chassis_tables, drop_chassis_tables

revision = "0001"
down_revision = None
_ID = UUID(as_uuid=False)
_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Create the tables."""
    create_chassis_tables(op)
    _create_agencies()
    _create_sessions()
    op.create_table(
        "signing_key",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("public_key", JSONB, nullable=False),
        sa.Column("wrapping_key_id", sa.Text, nullable=False),
        sa.Column("wrapped_key", sa.LargeBinary, nullable=False),
        sa.Column("private_key", sa.LargeBinary, nullable=False),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.Column("retired_at", _MOMENT),
    )
    op.create_index(
        "uq_signing_key_state",
        "signing_key",
        ["state"],
        unique=True,
        postgresql_where=sa.text("state in ('current', 'next')"),
    )
    op.create_table(
        "sign_in_throttle",
        sa.Column("key", sa.Text, primary_key=True),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("opened_at", _MOMENT, nullable=False),
    )


def downgrade() -> None:
    """Drop them again."""
    for table in (
        "sign_in_throttle", "signing_key", "refresh_token", "authorization_code", "session", "client", "account",
        "agency",
    ):  # fmt: skip
        op.drop_table(table)
    drop_chassis_tables(op)


def _create_agencies() -> None:
    op.create_table(
        "agency",
        sa.Column("id", _ID, primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("country", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("registered_at", _MOMENT, nullable=False),
    )
    op.create_table(
        "account",
        sa.Column("id", _ID, primary_key=True),
        sa.Column("agency_id", _ID, sa.ForeignKey("agency.id"), nullable=False),
        sa.Column("username", sa.Text, nullable=False, unique=True),
        sa.Column("display_name", sa.Text, nullable=False),
        sa.Column("email", sa.Text, nullable=False),
        sa.Column("language", sa.Text, nullable=False),
        sa.Column("roles", ARRAY(sa.Text), nullable=False),
        sa.Column("password_hash", sa.Text, nullable=False),
        sa.Column("is_active", sa.Boolean, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("created_at", _MOMENT, nullable=False),
    )
    op.create_index("ix_account_agency_id", "account", ["agency_id", "id"])
    op.create_table(
        "client",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("secret_hash", sa.Text, nullable=False),
        sa.Column("agency_id", _ID, sa.ForeignKey("agency.id")),
        sa.Column("redirect_uris", ARRAY(sa.Text), nullable=False),
        sa.Column("is_active", sa.Boolean, nullable=False),
        sa.Column("created_at", _MOMENT, nullable=False),
    )


def _create_sessions() -> None:
    op.create_table(
        "session",
        sa.Column("id", _ID, primary_key=True),
        sa.Column("account_id", _ID, sa.ForeignKey("account.id"), nullable=False, index=True),
        sa.Column("client_id", sa.Text, sa.ForeignKey("client.id"), nullable=False),
        sa.Column("scope", sa.Text, nullable=False),
        sa.Column("signed_in_at", _MOMENT, nullable=False),
        sa.Column("expires_at", _MOMENT, nullable=False, index=True),
        sa.Column("ended_at", _MOMENT),
        sa.Column("end_reason", sa.Text),
    )
    op.create_table(
        "authorization_code",
        sa.Column("code_hash", sa.Text, primary_key=True),
        sa.Column("session_id", _ID, sa.ForeignKey("session.id", ondelete="CASCADE"), nullable=False, index=True),
        sa.Column("redirect_uri", sa.Text, nullable=False),
        sa.Column("code_challenge", sa.Text, nullable=False),
        sa.Column("nonce", sa.Text),
        sa.Column("expires_at", _MOMENT, nullable=False),
        sa.Column("used_at", _MOMENT),
    )
    op.create_table(
        "refresh_token",
        sa.Column("token_hash", sa.Text, primary_key=True),
        sa.Column("session_id", _ID, sa.ForeignKey("session.id", ondelete="CASCADE"), nullable=False, index=True),
        sa.Column("expires_at", _MOMENT, nullable=False),
        sa.Column("used_at", _MOMENT),
    )
