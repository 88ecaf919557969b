"""Lets news be of listings as well as of a referral."""

from __future__ import annotations

from alembic import op

revision = "0002"
down_revision = "0001"

_OF_REFERRALS = {
    "announcement": ("referral_id", "reference", "referral_status", "referring_agency_id"),
    "inbox_entry": ("referral_id", "reference"),
}


def upgrade() -> None:
    """Allow news without a referral, and count the listings they are of."""
    for table, columns in _OF_REFERRALS.items():
        for column in columns:
            op.execute(f"ALTER TABLE {table} ALTER COLUMN {column} DROP NOT NULL")
    for table in ("announcement", "inbox_entry", "delivery"):
        op.execute(f"ALTER TABLE {table} ADD COLUMN listing_count integer")


def downgrade() -> None:
    """Go back to news of referrals alone; those of listings are lost."""
    op.execute("DELETE FROM announcement WHERE listing_count IS NOT NULL")
    op.execute("DELETE FROM inbox_entry WHERE listing_count IS NOT NULL")
    op.execute("DELETE FROM delivery WHERE listing_count IS NOT NULL")
    for table in ("announcement", "inbox_entry", "delivery"):
        op.execute(f"ALTER TABLE {table} DROP COLUMN listing_count")
    for table, columns in _OF_REFERRALS.items():
        for column in columns:
            op.execute(f"ALTER TABLE {table} ALTER COLUMN {column} SET NOT NULL")
