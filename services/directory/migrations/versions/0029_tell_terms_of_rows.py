"""The report on an import's rows says which terms were recognised."""

from __future__ import annotations

from alembic import op

revision = "0029"
down_revision = "0028"


def upgrade() -> None:
    """Add the column."""
    op.execute("ALTER TABLE import_row ADD COLUMN terms jsonb NOT NULL DEFAULT '{}'")


def downgrade() -> None:
    """Take it away."""
    op.execute("ALTER TABLE import_row DROP COLUMN terms")
