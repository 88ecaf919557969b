"""Knows which services are named to few or closed, and finds the open referrals to one."""

from __future__ import annotations

from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Add it."""
    op.execute("ALTER TABLE listing ADD COLUMN referring_agencies varchar(80)[]")
    op.execute("ALTER TABLE listing ADD COLUMN closed_by varchar(16)")
    op.execute("ALTER TABLE listing ADD COLUMN reopens_at timestamptz")
    op.execute(
        "CREATE INDEX ix_referral_service_id ON referral (service_id) WHERE sent_at IS NOT NULL AND closed_at IS NULL"
    )


def downgrade() -> None:
    """Take it away."""
    op.execute("DROP INDEX ix_referral_service_id")
    op.execute("ALTER TABLE listing DROP COLUMN reopens_at")
    op.execute("ALTER TABLE listing DROP COLUMN closed_by")
    op.execute("ALTER TABLE listing DROP COLUMN referring_agencies")
