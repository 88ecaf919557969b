"""How often an import was begun without getting on."""

from __future__ import annotations

from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Add it."""
    op.execute("ALTER TABLE import_job ADD COLUMN attempts integer NOT NULL DEFAULT 0")


def downgrade() -> None:
    """Take it away."""
    op.execute("ALTER TABLE import_job DROP COLUMN attempts")
