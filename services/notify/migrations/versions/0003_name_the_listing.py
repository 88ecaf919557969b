"""Lets news of one listing say which one: its id alone, for its name is read where it may be read."""

from __future__ import annotations

from alembic import op

revision = "0003"
down_revision = "0002"

_TABLES = ("announcement", "inbox_entry")


def upgrade() -> None:
    """Keep the id from now on; of what was told before it is not known."""
    for table in _TABLES:
        op.execute(f"ALTER TABLE {table} ADD COLUMN listing_id uuid")


def downgrade() -> None:
    """Say of no news which listing it is of."""
    for table in _TABLES:
        op.execute(f"ALTER TABLE {table} DROP COLUMN listing_id")
