"""Create the referrals with their sealed parts and keys, and the copies of listings and agencies."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from chassis.migrations import create_chassis_tables, drop_chassis_tables

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create everything."""
    create_chassis_tables(op)
    op.create_table(
        "agency",
        sa.Column("agency_id", sa.String(length=80), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("agency_id", name=op.f("pk_agency")),
    )
    op.create_table(
        "listing",
        sa.Column("service_id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("organization_name", sa.Text(), nullable=True),
        sa.Column("agency_id", sa.String(length=80), nullable=True),
        sa.Column("country", sa.String(length=2), nullable=True),
        sa.Column("is_published", sa.Boolean(), nullable=False),
        sa.Column("accepts_referrals", sa.Boolean(), nullable=False),
        sa.Column("minimum_age", sa.Integer(), nullable=True),
        sa.Column("maximum_age", sa.Integer(), nullable=True),
        sa.Column("sex", sa.String(length=8), nullable=True),
        sa.Column("places_available", sa.Integer(), nullable=True),
        sa.Column("described_version", sa.BigInteger(), nullable=False),
        sa.Column("capacity_version", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("service_id", name=op.f("pk_listing")),
    )
    op.create_table(
        "referral",
        sa.Column("id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("reference", sa.String(length=16), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("urgency", sa.String(length=16), nullable=False),
        sa.Column("status", sa.String(length=24), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("service_id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("referring_agency_id", sa.String(length=80), nullable=False),
        sa.Column("receiving_agency_id", sa.String(length=80), nullable=True),
        sa.Column("created_by", sa.String(length=80), nullable=True),
        sa.Column("held_from", sa.String(length=24), nullable=True),
        sa.Column("on_hold_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason_code", sa.String(length=40), nullable=True),
        sa.Column("outcome_code", sa.String(length=40), nullable=True),
        sa.Column("appointment_status", sa.String(length=16), nullable=True),
        sa.Column("appointment_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("consent_withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("acknowledged_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("completed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("retained_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("receiving_agency_id <> referring_agency_id", name=op.f("ck_referral_two_agencies")),
        sa.CheckConstraint(
            "sent_at IS NULL OR receiving_agency_id IS NOT NULL", name=op.f("ck_referral_sent_to_somebody")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_referral")),
        sa.UniqueConstraint("reference", name=op.f("uq_referral_reference")),
    )
    op.create_index(
        "ix_referral_expires_at",
        "referral",
        ["expires_at"],
        unique=False,
        postgresql_where=sa.text("expires_at IS NOT NULL"),
    )
    op.create_index(
        "ix_referral_inbound",
        "referral",
        ["receiving_agency_id", sa.literal_column("id DESC")],
        unique=False,
        postgresql_where=sa.text("sent_at IS NOT NULL"),
    )
    op.create_index(
        "ix_referral_outbound", "referral", ["referring_agency_id", sa.literal_column("id DESC")], unique=False
    )
    op.create_table(
        "consent",
        sa.Column("referral_id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("basis", sa.String(length=24), nullable=False),
        sa.Column("given_by", sa.String(length=16), nullable=False),
        sa.Column("form", sa.String(length=16), nullable=False),
        sa.Column("data_groups", sa.ARRAY(sa.String(length=16)), nullable=False),
        sa.Column("language", sa.String(length=35), nullable=True),
        sa.Column("obtained_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("valid_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("child_assent", sa.String(length=16), nullable=True),
        sa.Column("is_override_explained", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["referral_id"], ["referral.id"], name=op.f("fk_consent_referral_id_referral")),
        sa.PrimaryKeyConstraint("referral_id", name=op.f("pk_consent")),
    )
    op.create_table(
        "data_key",
        sa.Column("referral_id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("key_version", sa.Integer(), nullable=False),
        sa.Column("wrapped_by", sa.String(length=40), nullable=False),
        sa.Column("wrapped_key", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["referral_id"], ["referral.id"], name=op.f("fk_data_key_referral_id_referral")),
        sa.PrimaryKeyConstraint("referral_id", name=op.f("pk_data_key")),
    )
    op.create_index("ix_data_key_wrapped_by", "data_key", ["wrapped_by"], unique=False)
    op.create_table(
        "deadline",
        sa.Column("referral_id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("name", sa.String(length=16), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("paused_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("announced_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["referral_id"], ["referral.id"], name=op.f("fk_deadline_referral_id_referral")),
        sa.PrimaryKeyConstraint("referral_id", "name", name=op.f("pk_deadline")),
    )
    op.create_index(
        "ix_deadline_watched",
        "deadline",
        ["due_at"],
        unique=False,
        postgresql_where=sa.text("done_at IS NULL AND paused_at IS NULL AND announced_at IS NULL"),
    )
    op.create_table(
        "history",
        sa.Column("position", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("referral_id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("action", sa.String(length=40), nullable=False),
        sa.Column("from_status", sa.String(length=24), nullable=True),
        sa.Column("to_status", sa.String(length=24), nullable=True),
        sa.Column("actor_agency_id", sa.String(length=80), nullable=True),
        sa.Column("actor_account_id", sa.String(length=80), nullable=True),
        sa.Column("actor_role", sa.String(length=40), nullable=True),
        sa.Column("reason_code", sa.String(length=40), nullable=True),
        sa.Column("outcome_code", sa.String(length=40), nullable=True),
        sa.Column("detail", postgresql.JSONB(), server_default=sa.text("'{}'::jsonb"), nullable=False),
        sa.ForeignKeyConstraint(["referral_id"], ["referral.id"], name=op.f("fk_history_referral_id_referral")),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_history")),
    )
    op.create_index("ix_history_referral_id", "history", ["referral_id", "position"], unique=False)
    op.create_table(
        "sealed_part",
        sa.Column("referral_id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("part", sa.String(length=24), nullable=False),
        sa.Column("key_version", sa.Integer(), nullable=False),
        sa.Column("ciphertext", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["referral_id"], ["referral.id"], name=op.f("fk_sealed_part_referral_id_referral")),
        sa.PrimaryKeyConstraint("referral_id", "part", name=op.f("pk_sealed_part")),
    )


def downgrade() -> None:
    """Drop everything."""
    op.drop_table("sealed_part")
    op.drop_index("ix_history_referral_id", table_name="history")
    op.drop_table("history")
    op.drop_index(
        "ix_deadline_watched",
        table_name="deadline",
        postgresql_where=sa.text("done_at IS NULL AND paused_at IS NULL AND announced_at IS NULL"),
    )
    op.drop_table("deadline")
    op.drop_index("ix_data_key_wrapped_by", table_name="data_key")
    op.drop_table("data_key")
    op.drop_table("consent")
    op.drop_index("ix_referral_outbound", table_name="referral")
    op.drop_index("ix_referral_inbound", table_name="referral", postgresql_where=sa.text("sent_at IS NOT NULL"))
    op.drop_index("ix_referral_expires_at", table_name="referral", postgresql_where=sa.text("expires_at IS NOT NULL"))
    op.drop_table("referral")
    op.drop_table("listing")
    op.drop_table("agency")
    drop_chassis_tables(op)
