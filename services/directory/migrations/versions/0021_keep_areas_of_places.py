"""A place of a service may serve areas of its own; ``cli reindex`` reads those that imports told."""

from __future__ import annotations

from alembic import op

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    """Add them; until they are read, all places serve what their service does."""
    op.execute("ALTER TABLE search_place ADD COLUMN serves text[]")
    op.execute("ALTER TABLE search_entry ADD COLUMN own_serves text[]")


def downgrade() -> None:
    """Take them away."""
    op.execute("ALTER TABLE search_entry DROP COLUMN own_serves")
    op.execute("ALTER TABLE search_place DROP COLUMN serves")
