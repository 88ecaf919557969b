"""What organizations say of themselves in other languages."""

from __future__ import annotations

from alembic import op

revision = "0019"
down_revision = "0018"

_UP = (
    "ALTER TABLE organization ADD COLUMN source_language text",
    "ALTER TABLE organization ADD COLUMN translations jsonb NOT NULL DEFAULT '[]'",
)
_DOWN = (
    "ALTER TABLE organization DROP COLUMN translations",
    "ALTER TABLE organization DROP COLUMN source_language",
)


def upgrade() -> None:
    """Add the columns."""
    for statement in _UP:
        op.execute(statement)


def downgrade() -> None:
    """Take them away."""
    for statement in _DOWN:
        op.execute(statement)
