"""What organizations are to say waits for a second person, as listings do."""

from __future__ import annotations

from alembic import op

revision = "0022"
down_revision = "0021"

_UP = (
    "ALTER TABLE organization_version ADD COLUMN is_proposal boolean NOT NULL DEFAULT false",
    "ALTER TABLE organization_version ADD COLUMN reason text",
    "ALTER TABLE organization_version ADD COLUMN note text",
    """
    CREATE TABLE organization_review (
        organization_id uuid CONSTRAINT pk_organization_review PRIMARY KEY
            CONSTRAINT fk_organization_review_organization_id_organization REFERENCES organization (id),
        proposal integer NOT NULL,
        edited_by text,
        submitted_by text,
        submitted_at timestamptz,
        rejected_for text,
        note text
    )
    """,
    "CREATE INDEX ix_organization_review_submitted_at ON organization_review (submitted_at)"
    " WHERE submitted_at IS NOT NULL",
)
_DOWN = (
    "DROP TABLE organization_review",
    # What was only proposed was said by nobody; without the column it could not be told from what was.
    "DELETE FROM organization_version WHERE is_proposal",
    "ALTER TABLE organization_version DROP COLUMN note",
    "ALTER TABLE organization_version DROP COLUMN reason",
    "ALTER TABLE organization_version DROP COLUMN is_proposal",
)


def upgrade() -> None:
    """Add it."""
    for statement in _UP:
        op.execute(statement)


def downgrade() -> None:
    """Take it away; what waits is lost."""
    for statement in _DOWN:
        op.execute(statement)
