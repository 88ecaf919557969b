"""An agency ends a delegation for the organizations that are its own, while it goes on for others."""

from __future__ import annotations

from alembic import op

revision = "0035"
down_revision = "0034"


def upgrade() -> None:
    """Add the agencies for whose organizations a delegation has ended."""
    op.execute("ALTER TABLE delegation ADD COLUMN ended_for text[] NOT NULL DEFAULT '{}'")


def downgrade() -> None:
    """End altogether what ended for somebody, for without the column it would open again what was closed."""
    op.execute("UPDATE delegation SET ended_at = CURRENT_TIMESTAMP WHERE ended_at IS NULL AND ended_for <> '{}'")
    op.execute("ALTER TABLE delegation DROP COLUMN ended_for")
