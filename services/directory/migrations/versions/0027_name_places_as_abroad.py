"""Places are found by what they are called in other countries, and shown by their own names alone."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0027"
down_revision = "0025"


def upgrade() -> None:
    """Add the columns; the next load-reference fills them."""
    op.add_column("municipality", sa.Column("foreign_names", JSONB, nullable=False, server_default=sa.text("'{}'")))
    is_foreign = sa.Column("is_foreign", sa.Boolean, nullable=False, server_default=sa.text("false"))
    op.add_column("municipality_word", is_foreign)


def downgrade() -> None:
    """Drop them."""
    op.drop_column("municipality_word", "is_foreign")
    op.drop_column("municipality", "foreign_names")
