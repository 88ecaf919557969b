"""What is judged of every entry that an index brings lies together at the beginning of its row, before all words.

Rows of another order cannot be made but in another table. The entries are only copied; ``cli reindex`` writes them
anew, for the cells that words stand behind are smaller now.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"

# Of fixed length first, then short texts, then lists; the words, which nothing but ranking reads, come last.
_COLUMNS = (
    ("listing_id", "uuid NOT NULL"),
    ("organization_id", "uuid NOT NULL"),
    ("standing", "double precision NOT NULL"),
    ("place", "point"),
    ("latitude", "double precision"),
    ("longitude", "double precision"),
    ("last_modified", "timestamptz NOT NULL"),
    ("capacity_said_at", "timestamptz"),
    ("minimum_age", "integer"),
    ("maximum_age", "integer"),
    ("capacity_available", "integer"),
    ("confirm_by", "date"),
    ("special_hours_kept_on", "date"),
    ("has_places", "boolean NOT NULL DEFAULT false"),
    ("has_agency", "boolean NOT NULL"),
    ("accepts_referrals", "boolean NOT NULL"),
    ("is_open_to_referrals", "boolean NOT NULL"),
    ("tier", "text NOT NULL"),
    ("service_status", "text NOT NULL DEFAULT 'active'"),
    ("country", "text NOT NULL"),
    ("location_kind", "text NOT NULL"),
    ("sex", "text NOT NULL"),
    ("further_box", "box"),
    ("municipality_code", "text"),
    ("postal_code", "text"),
    ("sort_name", "text NOT NULL"),
    ("terms", "text[] NOT NULL"),
    ("languages", "text[] NOT NULL"),
    ("serves", "text[] NOT NULL"),
    ("accessibility", "text[] NOT NULL"),
    ("seen_by", "text[]"),
    ("told_terms", "text[] NOT NULL DEFAULT '{}'"),
    ("further_latitudes", "double precision[]"),
    ("further_longitudes", "double precision[]"),
    ("open_minutes", "int4multirange"),
    ("document", "tsvector STORAGE MAIN NOT NULL"),
    ("local_document", "tsvector STORAGE EXTERNAL"),
)
_INDEXES = (
    "SELECT indexdef FROM pg_indexes WHERE schemaname = current_schema() AND tablename = 'search_entry'"
    " AND indexname <> 'pk_search_entry' ORDER BY indexname"
)


def upgrade() -> None:
    """Copy the entries into a table of the new order, which takes the place of the old one."""
    indexes = op.get_bind().execute(sa.text(_INDEXES)).scalars().all()
    names = ", ".join(name for name, _ in _COLUMNS)
    columns = ", ".join(f"{name} {kind}" for name, kind in _COLUMNS)
    op.execute("ALTER TABLE search_place DROP CONSTRAINT fk_search_place_listing_id_search_entry")
    op.execute("ALTER TABLE search_entry RENAME TO search_entry_before")
    op.execute(f"CREATE TABLE search_entry ({columns})")
    op.execute(f"INSERT INTO search_entry ({names}) SELECT {names} FROM search_entry_before")  # noqa: S608 - no input
    op.execute("DROP TABLE search_entry_before")
    op.execute(
        "ALTER TABLE search_entry ADD CONSTRAINT pk_search_entry PRIMARY KEY (listing_id),"
        " ADD CONSTRAINT fk_search_entry_listing_id_listing FOREIGN KEY (listing_id) REFERENCES listing (id)"
    )
    for definition in indexes:
        op.execute(definition)
    op.execute(
        "ALTER TABLE search_place ADD CONSTRAINT fk_search_place_listing_id_search_entry"
        " FOREIGN KEY (listing_id) REFERENCES search_entry (listing_id) ON DELETE CASCADE"
    )


def downgrade() -> None:
    """Leave it: every statement names its columns, so their order is nothing that an older state would notice."""
