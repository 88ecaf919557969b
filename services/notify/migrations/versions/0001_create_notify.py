"""Creates contacts, announcements, inbox entries, preferences, webhook endpoints and deliveries."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from chassis.migrations import create_chassis_tables, drop_chassis_tables

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables."""
    create_chassis_tables(op)
    _create_agency()
    _create_announcement()
    _create_contact()
    _create_delivery()
    _create_inbox_entry()
    _create_preference()
    _create_webhook_endpoint()
    _create_delivery_attempt()


def downgrade() -> None:
    """Drop the tables."""
    op.drop_table("delivery_attempt")
    op.drop_table("webhook_endpoint")
    op.drop_table("preference")
    op.drop_table("inbox_entry")
    op.drop_table("delivery")
    op.drop_table("contact")
    op.drop_table("announcement")
    op.drop_table("agency")
    drop_chassis_tables(op)


def _create_agency() -> None:
    op.create_table(
        "agency",
        sa.Column("agency_id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("country", sa.Text(), nullable=True),
        sa.Column("contacts_wanted", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("contacts_have", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("fetched_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("fetch_attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("next_fetch_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("agency_id", name=op.f("pk_agency")),
    )


def _create_announcement() -> None:
    op.create_table(
        "announcement",
        sa.Column("event_id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("agency_id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("event_type", sa.Text(), nullable=False),
        sa.Column("referral_id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("referral_status", sa.Text(), nullable=False),
        sa.Column("urgency", sa.Text(), nullable=False),
        sa.Column("referring_agency_id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("receiving_agency_id", sa.UUID(as_uuid=False), nullable=True),
        sa.Column("actor_account_id", sa.Text(), nullable=True),
        sa.Column("actor_agency_id", sa.Text(), nullable=True),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("event_id", "agency_id", name=op.f("pk_announcement")),
    )
    op.create_index(
        "ix_announcement_untold",
        "announcement",
        ["agency_id", "occurred_at"],
        unique=False,
        postgresql_where=sa.text("told_at IS NULL"),
    )


def _create_contact() -> None:
    op.create_table(
        "contact",
        sa.Column("account_id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("agency_id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("roles", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_contact")),
    )
    op.create_index(op.f("ix_contact_agency_id"), "contact", ["agency_id"], unique=False)


def _create_delivery() -> None:
    op.create_table(
        "delivery",
        sa.Column("id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("recipient_id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("agency_id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("event_id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("event_type", sa.Text(), nullable=False),
        sa.Column("referral_id", sa.UUID(as_uuid=False), nullable=True),
        sa.Column("reference", sa.Text(), nullable=True),
        sa.Column("referral_status", sa.Text(), nullable=True),
        sa.Column("urgency", sa.Text(), nullable=False),
        sa.Column("priority", sa.SmallInteger(), nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("next_attempt_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("claim", sa.UUID(as_uuid=False), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery")),
        sa.UniqueConstraint("event_id", "channel", "recipient_id", name=op.f("uq_delivery_event_id")),
    )
    op.create_index(
        "ix_delivery_next",
        "delivery",
        ["channel", "priority", "next_attempt_at", "id"],
        unique=False,
        postgresql_where=sa.text("next_attempt_at IS NOT NULL"),
    )
    op.create_index("ix_delivery_recipient", "delivery", ["recipient_id", "id"], unique=False)
    op.create_index(
        "ix_delivery_sending",
        "delivery",
        ["recipient_id"],
        unique=False,
        postgresql_where=sa.text("status = 'sending'"),
    )


def _create_inbox_entry() -> None:
    op.create_table(
        "inbox_entry",
        sa.Column("id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("account_id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("agency_id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("event_id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("referral_id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("urgency", sa.Text(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inbox_entry")),
        sa.UniqueConstraint("event_id", "account_id", "kind", name=op.f("uq_inbox_entry_event_id")),
    )
    op.create_index("ix_inbox_entry_account", "inbox_entry", ["account_id", "id"], unique=False)
    op.create_index(
        "ix_inbox_entry_unread",
        "inbox_entry",
        ["account_id"],
        unique=False,
        postgresql_where=sa.text("read_at IS NULL"),
    )


def _create_preference() -> None:
    op.create_table(
        "preference",
        sa.Column("account_id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("agency_id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("muted", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_preference")),
    )


def _create_webhook_endpoint() -> None:
    op.create_table(
        "webhook_endpoint",
        sa.Column("id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("agency_id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("secret_key_id", sa.Text(), nullable=False),
        sa.Column("secret_ciphertext", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("disabled_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_endpoint")),
        sa.UniqueConstraint("agency_id", "url", name=op.f("uq_webhook_endpoint_agency_id")),
    )


def _create_delivery_attempt() -> None:
    op.create_table(
        "delivery_attempt",
        sa.Column("id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("delivery_id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("recipient_id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("attempted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("duration_ms", sa.Integer(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("response_code", sa.Integer(), nullable=True),
        sa.Column("next_attempt_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["delivery_id"], ["delivery.id"], name=op.f("fk_delivery_attempt_delivery_id_delivery"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery_attempt")),
    )
    op.create_index(op.f("ix_delivery_attempt_delivery_id"), "delivery_attempt", ["delivery_id"], unique=False)
    op.create_index("ix_delivery_attempt_recipient", "delivery_attempt", ["recipient_id", "id"], unique=False)
