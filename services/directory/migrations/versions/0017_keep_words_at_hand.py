"""What ranking reads stays in its row, plain; what an index alone is built from lies apart.

Holds for what is written from now on; ``cli reindex`` writes everything anew.
"""

from __future__ import annotations

from alembic import op

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    """Keep the words of an entry in its row, and those behind cells out of it, neither of them compressed."""
    op.execute(
        "ALTER TABLE search_entry ALTER COLUMN document SET STORAGE MAIN,"
        " ALTER COLUMN local_document SET STORAGE EXTERNAL"
    )


def downgrade() -> None:
    """Leave both to the database."""
    op.execute(
        "ALTER TABLE search_entry ALTER COLUMN document SET STORAGE EXTENDED,"
        " ALTER COLUMN local_document SET STORAGE EXTENDED"
    )
