"""An import says how much of its file is read, and what the file calls its columns."""

from __future__ import annotations

from alembic import op

revision = "0016"
down_revision = "0015"

_UP = (
    "ALTER TABLE import_job ADD COLUMN bytes_read bigint",
    "ALTER TABLE import_job ADD COLUMN headers jsonb NOT NULL DEFAULT '{}'",
)
_DOWN = (
    "ALTER TABLE import_job DROP COLUMN headers",
    "ALTER TABLE import_job DROP COLUMN bytes_read",
)


def upgrade() -> None:
    """Add the columns."""
    for statement in _UP:
        op.execute(statement)


def downgrade() -> None:
    """Take them away."""
    for statement in _DOWN:
        op.execute(statement)
