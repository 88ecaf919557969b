"""Since when the present state of everything public is so, and since when the records of an import are read."""

from __future__ import annotations

from alembic import op

revision = "0018"
down_revision = "0017"

_UP = (
    """
    CREATE TABLE public_state (
        id boolean NOT NULL DEFAULT true,
        mark text NOT NULL,
        since timestamp with time zone NOT NULL,
        CONSTRAINT pk_public_state PRIMARY KEY (id),
        CONSTRAINT ck_public_state_one CHECK (id)
    )
    """,
    "INSERT INTO public_state (mark, since) VALUES ('', date_trunc('second', clock_timestamp()))",
    "ALTER TABLE import_job ADD COLUMN read_since timestamp with time zone",
)
_DOWN = (
    "ALTER TABLE import_job DROP COLUMN read_since",
    "DROP TABLE public_state",
)


def upgrade() -> None:
    """Create the table with the one row that it has, and add the column."""
    for statement in _UP:
        op.execute(statement)


def downgrade() -> None:
    """Take them away."""
    for statement in _DOWN:
        op.execute(statement)
