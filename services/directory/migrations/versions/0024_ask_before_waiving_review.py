"""To do without a second pair of eyes takes two people: who has asked for it waits for the other."""

from __future__ import annotations

from alembic import op

revision = "0024"
down_revision = "0023"


def upgrade() -> None:
    """Add it."""
    op.execute(
        """
        CREATE TABLE organization_waiver (
            organization_id uuid CONSTRAINT pk_organization_waiver PRIMARY KEY
                CONSTRAINT fk_organization_waiver_organization_id_organization REFERENCES organization (id),
            rule text,
            asked_by text NOT NULL,
            asked_at timestamptz NOT NULL
        )
        """
    )


def downgrade() -> None:
    """Take it away; what was asked for is lost, and the rules stay as they are."""
    op.execute("DROP TABLE organization_waiver")
