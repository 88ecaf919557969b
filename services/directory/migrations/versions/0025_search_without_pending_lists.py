"""What is written goes into the indexes of search at once, not first onto a list that every search then reads.

A search around a place asks an index dozens of things, and read the list again for each: after two hundred listings had
been published, searches took twice as long until somebody cleaned up.
"""

from __future__ import annotations

from alembic import op

revision = "0025"
down_revision = "0024"

_INDEXES = ("ix_search_entry_document", "ix_search_entry_local_document", "ix_search_entry_match_keys")


def upgrade() -> None:
    """Do without the lists, and empty what stands on them."""
    for index in _INDEXES:
        op.execute(f"ALTER INDEX {index} SET (fastupdate = off)")
        op.execute(f"SELECT gin_clean_pending_list('{index}')")


def downgrade() -> None:
    """Go back to the lists."""
    for index in _INDEXES:
        op.execute(f"ALTER INDEX {index} RESET (fastupdate)")
