"""An answer without a number says whether there is room; and room no longer asks who can be referred to."""

from __future__ import annotations

from alembic import op

revision = "0031"
down_revision = "0030"


def upgrade() -> None:
    """Add the answer; let entries leave out what the running version still writes."""
    op.execute("ALTER TABLE listing ADD COLUMN has_room boolean, ADD COLUMN has_room_said_at timestamptz")
    op.execute("ALTER TABLE search_entry ALTER COLUMN is_open_to_referrals DROP NOT NULL")


def downgrade() -> None:
    """Take the answers away, and fill in what entries have left out."""
    op.execute(
        "UPDATE search_entry SET is_open_to_referrals = has_agency AND accepts_referrals AND service_status = 'active'"
        " AND capacity_available IS DISTINCT FROM 0 WHERE is_open_to_referrals IS NULL"
    )
    op.execute("ALTER TABLE search_entry ALTER COLUMN is_open_to_referrals SET NOT NULL")
    op.execute("ALTER TABLE listing DROP COLUMN has_room, DROP COLUMN has_room_said_at")
