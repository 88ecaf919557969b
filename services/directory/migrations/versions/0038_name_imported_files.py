"""Keeps what an imported file is called, so that its keepers know which one it was, for as long as its report."""

from __future__ import annotations

from alembic import op

revision = "0038"
down_revision = "0037"


def upgrade() -> None:
    """Of files that were sent before it is not known."""
    op.execute("ALTER TABLE import_job ADD COLUMN file_name text")


def downgrade() -> None:
    """Forget the names."""
    op.execute("ALTER TABLE import_job DROP COLUMN file_name")
