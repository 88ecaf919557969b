"""No listing holds a moment that cannot be read: one row with such a date took whole lists down.

Files and requests could bring dates before the year 1 or after 9999 in UTC, as some programs write for
no date. Free places and the last change are then of when the listing was made, and what is unknown is left unknown.
"""

from __future__ import annotations

from alembic import op

revision = "0033"
down_revision = "0032"

_FIRST, _LAST = "'0001-01-02T00:00:00Z'", "'9999-12-30T23:59:59.999999Z'"
# What stands in place of a moment that cannot be shown.
_INSTEAD = {
    "capacity_updated_at": "created_at",
    "capacity_reported_at": "created_at",
    "last_modified": "created_at",
    "confirmed_at": "NULL",
    "closes_at": f"GREATEST({_FIRST}, LEAST({_LAST}, closes_at))",
    "reopens_at": "NULL",
}


def upgrade() -> None:
    """Mend what is there, and keep such moments out."""
    fitting = {name: f"({name} IS NULL OR {name} BETWEEN {_FIRST} AND {_LAST})" for name in _INSTEAD}
    changes = (
        f"{name} = CASE WHEN {fitting[name]} THEN {name} ELSE {instead} END" for name, instead in _INSTEAD.items()
    )
    all_fit = " AND ".join(fitting.values())
    op.execute(f"UPDATE listing SET {', '.join(changes)} WHERE NOT ({all_fit})")  # noqa: S608 - names of ours
    op.execute(f"ALTER TABLE listing ADD CONSTRAINT ck_listing_moments_in_calendar CHECK ({all_fit})")


def downgrade() -> None:
    """Let them in again."""
    op.execute("ALTER TABLE listing DROP CONSTRAINT ck_listing_moments_in_calendar")
