"""The agency behind an organization is reminded to confirm, too, where another one keeps its listings."""

from __future__ import annotations

from alembic import op

revision = "0036"
down_revision = "0035"


def upgrade() -> None:
    """Count apart what was sent to it; of what is due now it hears at the next tick of the clock."""
    op.execute("ALTER TABLE listing ADD COLUMN owner_reminders_sent integer NOT NULL DEFAULT 0")


def downgrade() -> None:
    """Take the count away."""
    op.execute("ALTER TABLE listing DROP COLUMN owner_reminders_sent")
