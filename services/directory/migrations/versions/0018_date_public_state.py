"""Everything public has a state, and it is kept since when that is the present one."""

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
)


def upgrade() -> None:
    """Create the table with the one row that it has."""
    for statement in _UP:
        op.execute(statement)


def downgrade() -> None:
    """Take it away."""
    op.execute("DROP TABLE public_state")
