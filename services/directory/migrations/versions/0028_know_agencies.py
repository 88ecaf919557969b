"""Which agencies take part in the network is kept, so that nothing is delegated to one that does not."""

from __future__ import annotations

from alembic import op

revision = "0028"
down_revision = "0025"


def upgrade() -> None:
    """Add the table; the worker fills it with what identity has told so far."""
    op.execute("CREATE TABLE agency (agency_id text CONSTRAINT pk_agency PRIMARY KEY)")


def downgrade() -> None:
    """Take it away, and forget which events filled it, so that they do so again."""
    op.execute("DROP TABLE agency")
    op.execute("DELETE FROM inbox WHERE consumer = 'directory' AND type = 'agency.registered.v1'")
    op.execute("DELETE FROM feed_cursor WHERE consumer = 'directory' AND producer = 'identity'")
