"""What imports brought of taxonomies and terms is found by its id and by its words."""

from __future__ import annotations

from alembic import op

revision = "0013"
down_revision = "0012"

_UP = (
    "ALTER TABLE kept_object ADD COLUMN kept_at timestamptz NOT NULL DEFAULT now()",
    "ALTER TABLE kept_object ADD COLUMN spellings text NOT NULL DEFAULT ''",
    # As well as it goes without the spellings of letters; the next import says it rightly.
    "UPDATE kept_object SET spellings = lower(left(document ->> 'name', 1000)) WHERE document ->> 'name' <> ''",
    "CREATE INDEX ix_kept_object_id ON kept_object (kind, id, kept_at)",
)
_DOWN = (
    "DROP INDEX ix_kept_object_id",
    "ALTER TABLE kept_object DROP COLUMN spellings",
    "ALTER TABLE kept_object DROP COLUMN kept_at",
)


def upgrade() -> None:
    """Add when an object was first kept and what it is called, and an index by kind and id."""
    for statement in _UP:
        op.execute(statement)


def downgrade() -> None:
    """Take them away."""
    for statement in _DOWN:
        op.execute(statement)
