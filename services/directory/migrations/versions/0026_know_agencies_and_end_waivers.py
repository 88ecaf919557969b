"""Which agencies take part in the network is kept, so that nothing is delegated to one that does not.

And what one person has asked for about the rule of review ends, if no second person has agreed by then.
"""

from __future__ import annotations

from alembic import op

revision = "0026"
down_revision = "0025"


def upgrade() -> None:
    """Add the table, which the worker fills with what identity has told so far, and when each wish ends."""
    op.execute("CREATE TABLE agency (agency_id text CONSTRAINT pk_agency PRIMARY KEY)")
    # The version before this one writes rows without it.
    op.execute(
        "ALTER TABLE organization_waiver"
        " ADD COLUMN expires_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP + interval '30 days'"
    )
    op.execute("UPDATE organization_waiver SET expires_at = asked_at + interval '30 days'")


def downgrade() -> None:
    """Take both away, and forget which events filled the table, so that they do so again."""
    op.execute("ALTER TABLE organization_waiver DROP COLUMN expires_at")
    op.execute("DROP TABLE agency")
    op.execute("DELETE FROM inbox WHERE consumer = 'directory' AND type = 'agency.registered.v1'")
    op.execute("DELETE FROM feed_cursor WHERE consumer = 'directory' AND producer = 'identity'")
