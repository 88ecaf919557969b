"""Duplicates, merges and redirects."""

from __future__ import annotations

from alembic import op

revision = "0010"
down_revision = "0009"

_UP = (
    """
    CREATE TABLE likeness_record (
        record_id uuid PRIMARY KEY,
        kind text NOT NULL,
        traits jsonb NOT NULL
    )
    """,
    """
    CREATE TABLE likeness_key (
        kind text NOT NULL,
        key text NOT NULL,
        record_id uuid NOT NULL,
        PRIMARY KEY (kind, key, record_id)
    )
    """,
    "CREATE INDEX ix_likeness_key_record_id ON likeness_key (record_id)",
    """
    CREATE TABLE duplicate_dismissal (
        one_id uuid NOT NULL,
        other_id uuid NOT NULL,
        agency_id text NOT NULL,
        dismissed_at timestamptz NOT NULL,
        PRIMARY KEY (one_id, other_id, agency_id)
    )
    """,
    """
    CREATE TABLE merge (
        id uuid PRIMARY KEY,
        kind text NOT NULL,
        kept_id uuid NOT NULL,
        folded_id uuid NOT NULL,
        agency_id text NOT NULL,
        merged_at timestamptz NOT NULL,
        fields jsonb NOT NULL
    )
    """,
    """
    CREATE TABLE redirect (
        old_id uuid PRIMARY KEY,
        new_id uuid NOT NULL,
        kind text NOT NULL
    )
    """,
    "CREATE INDEX ix_redirect_new_id ON redirect (new_id)",
)
_DOWN = (
    "DROP TABLE redirect",
    "DROP TABLE merge",
    "DROP TABLE duplicate_dismissal",
    "DROP TABLE likeness_key",
    "DROP TABLE likeness_record",
)


def upgrade() -> None:
    """Add it."""
    for statement in _UP:
        op.execute(statement)


def downgrade() -> None:
    """Take it away; what it holds is lost."""
    for statement in _DOWN:
        op.execute(statement)
