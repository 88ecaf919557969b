"""Verification, named partners and translations per field."""

from __future__ import annotations

from alembic import op

revision = "0004"
down_revision = "0003"

_UP = (
    "ALTER TABLE listing ADD COLUMN confirmed_at timestamptz",
    "ALTER TABLE listing ADD COLUMN confirm_by date",
    "ALTER TABLE listing ADD COLUMN reminders_sent integer NOT NULL DEFAULT 0",
    "CREATE INDEX ix_listing_confirm_by ON listing (confirm_by) WHERE status = 'published'",
    "ALTER TABLE listing ADD COLUMN named_agencies text[] NOT NULL",
    "ALTER TABLE listing ADD COLUMN source_language text",
    "ALTER TABLE search_entry ADD COLUMN seen_by text[]",
    "ALTER TABLE search_entry ADD COLUMN confirm_by date",
    "ALTER TABLE search_entry ADD COLUMN standing double precision NOT NULL",
    """
    CREATE TABLE confirmation_reminder (
        agency_id text NOT NULL,
        day date NOT NULL,
        CONSTRAINT pk_confirmation_reminder PRIMARY KEY (agency_id, day)
    )
    """,
)
_DOWN = (
    "DROP TABLE confirmation_reminder",
    "ALTER TABLE search_entry DROP COLUMN standing",
    "ALTER TABLE search_entry DROP COLUMN confirm_by",
    "ALTER TABLE search_entry DROP COLUMN seen_by",
    "ALTER TABLE listing DROP COLUMN source_language",
    "ALTER TABLE listing DROP COLUMN named_agencies",
    "DROP INDEX ix_listing_confirm_by",
    "ALTER TABLE listing DROP COLUMN reminders_sent",
    "ALTER TABLE listing DROP COLUMN confirm_by",
    "ALTER TABLE listing DROP COLUMN confirmed_at",
)


def upgrade() -> None:
    """Add it."""
    for statement in _UP:
        op.execute(statement)


def downgrade() -> None:
    """Take it away; what it holds is lost."""
    for statement in _DOWN:
        op.execute(statement)
