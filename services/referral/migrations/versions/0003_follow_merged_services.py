"""Knows which service a merged one was folded into."""

from __future__ import annotations

from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Add it."""
    op.execute("ALTER TABLE listing ADD COLUMN replaced_by uuid")


def downgrade() -> None:
    """Take it away."""
    op.execute("ALTER TABLE listing DROP COLUMN replaced_by")
