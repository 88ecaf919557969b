"""A revision that an import proposed together with free places is found again under the number it was kept by.

What waits names the version that holds it; where doors or free places had counted in between, there was none of that
number, and nobody could decide. Where no text is left nothing waits any more.
"""

from __future__ import annotations

from alembic import op

revision = "0034"
down_revision = "0033"

_IS_LOST = """
    proposal IS NOT NULL AND NOT EXISTS (
        SELECT FROM listing_version WHERE listing_version.listing_id = listing_review.listing_id
        AND listing_version.number = listing_review.proposal
    )
"""
# What was saved since then has forgotten the number, and still says that something was submitted.
_IS_EMPTY = """
    proposal IS NULL AND submitted_at IS NOT NULL
    AND listing_id IN (SELECT id FROM listing WHERE status IN ('published', 'withdrawn'))
"""
_KEPT_AS = """
    SELECT min(number) FROM listing_version WHERE listing_version.listing_id = listing_review.listing_id
    AND is_proposal AND number > listing_review.proposal
"""


def upgrade() -> None:
    """Point to the version, and forget what has none."""
    op.execute(f"UPDATE listing_review SET proposal = ({_KEPT_AS}) WHERE {_IS_LOST} AND ({_KEPT_AS}) IS NOT NULL")  # noqa: S608 - no input
    op.execute(f"DELETE FROM listing_review WHERE {_IS_LOST} OR {_IS_EMPTY}")  # noqa: S608 - no input


def downgrade() -> None:
    """Leave it found."""
