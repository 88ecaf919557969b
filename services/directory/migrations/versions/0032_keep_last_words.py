"""What a file said of a record the last time, so that what was corrected since stays where it says the same again.

Nothing is known of earlier files: the first one that comes after this says everything anew.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB, UUID

revision = "0032"
down_revision = "0031"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "last_word",
        sa.Column("record_id", UUID(as_uuid=False), nullable=False),
        sa.Column("agency_id", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("words", JSONB, nullable=False),
        sa.PrimaryKeyConstraint("record_id", "agency_id", "kind", name="pk_last_word"),
    )


def downgrade() -> None:
    """Drop it."""
    op.drop_table("last_word")
