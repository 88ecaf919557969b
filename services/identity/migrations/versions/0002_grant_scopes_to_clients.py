"""Which scopes the operator has granted to a client; those there are keep what their kind has by default."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Add the column."""
    op.add_column("client", sa.Column("scopes", ARRAY(sa.Text)))


def downgrade() -> None:
    """Take it away; every client has what its kind has by default."""
    op.drop_column("client", "scopes")
