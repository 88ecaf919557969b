"""Places are found by what they are called abroad, and the taxonomy is named and described in every language."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0028"
down_revision = "0027"

_TEXTS = (("municipality", "foreign_names"), ("taxonomy", "names"), ("taxonomy", "descriptions"))


def upgrade() -> None:
    """Add the columns; the next load-reference fills them."""
    for table, name in _TEXTS:
        op.add_column(table, sa.Column(name, JSONB, nullable=False, server_default=sa.text("'{}'")))
    is_foreign = sa.Column("is_foreign", sa.Boolean, nullable=False, server_default=sa.text("false"))
    op.add_column("municipality_word", is_foreign)


def downgrade() -> None:
    """Drop them."""
    op.drop_column("municipality_word", "is_foreign")
    for table, name in reversed(_TEXTS):
        op.drop_column(table, name)
