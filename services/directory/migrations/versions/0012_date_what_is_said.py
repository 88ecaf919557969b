"""What closings say and since when, when free places were reported, and from which import a version came."""

from __future__ import annotations

from alembic import op

revision = "0012"
down_revision = "0011"

_UP = (
    "ALTER TABLE listing ADD COLUMN closing_notice text",
    "ALTER TABLE listing ADD COLUMN closing_notice_translations jsonb NOT NULL DEFAULT '{}'",
    "ALTER TABLE listing_version ADD COLUMN import_id text",
    "ALTER TABLE listing ADD COLUMN capacity_reported_at timestamptz",
    # Of what was counted before nothing better is known.
    "UPDATE listing SET capacity_reported_at = capacity_updated_at WHERE capacity_updated_at IS NOT NULL",
)
_DOWN = (
    "ALTER TABLE listing_version DROP COLUMN import_id",
    "ALTER TABLE listing DROP COLUMN capacity_reported_at",
    "ALTER TABLE listing DROP COLUMN closing_notice_translations",
    "ALTER TABLE listing DROP COLUMN closing_notice",
)


def upgrade() -> None:
    """Add the columns."""
    for statement in _UP:
        op.execute(statement)


def downgrade() -> None:
    """Take them away."""
    for statement in _DOWN:
        op.execute(statement)
