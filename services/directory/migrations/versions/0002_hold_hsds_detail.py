"""Holds what HSDS knows beyond a listing's own fields."""

from __future__ import annotations

from alembic import op

revision = "0002"
down_revision = "0001"

_UP = (
    "ALTER TABLE listing ADD COLUMN hsds jsonb NOT NULL",
    "ALTER TABLE listing ADD COLUMN accessibility text[] NOT NULL",
    "ALTER TABLE organization ADD COLUMN hsds jsonb NOT NULL",
)
_DOWN = (
    "ALTER TABLE organization DROP COLUMN hsds",
    "ALTER TABLE listing DROP COLUMN accessibility",
    "ALTER TABLE listing DROP COLUMN hsds",
)


def upgrade() -> None:
    """Add it."""
    for statement in _UP:
        op.execute(statement)


def downgrade() -> None:
    """Take it away; what it holds is lost."""
    for statement in _DOWN:
        op.execute(statement)
