"""Each place of a service is judged by itself, and terms that feeds attach are searched by."""

from __future__ import annotations

from alembic import op

revision = "0014"
down_revision = "0013"

_UP = (
    "ALTER TABLE search_entry ADD COLUMN postal_code text",
    # As well as it goes from the listings' own places; ``cli reindex`` reads those that imports told.
    "UPDATE search_entry"
    " SET postal_code = nullif(upper(regexp_replace(location.postal_code, '[^[:alnum:]]', '', 'g')), '')"
    " FROM location WHERE location.listing_id = search_entry.listing_id AND location.postal_code IS NOT NULL",
    "ALTER TABLE search_entry ADD COLUMN has_places boolean NOT NULL DEFAULT false",
    "ALTER TABLE search_entry ADD COLUMN told_terms text[] NOT NULL DEFAULT '{}'",
    "CREATE INDEX ix_search_entry_told_terms ON search_entry USING gin (told_terms)",
    "CREATE INDEX ix_search_entry_municipality_code ON search_entry (municipality_code)",
    "CREATE INDEX ix_search_entry_has_places ON search_entry (listing_id) WHERE has_places",
    """
    CREATE TABLE search_place (
        listing_id uuid NOT NULL
            CONSTRAINT fk_search_place_listing_id_search_entry
            REFERENCES search_entry (listing_id) ON DELETE CASCADE,
        position integer NOT NULL,
        municipality_code text,
        country text NOT NULL,
        postal_code text,
        accessibility text[],
        told_terms text[] NOT NULL,
        keeps_own_hours boolean NOT NULL,
        open_minutes int4multirange,
        special_hours_kept_on date,
        latitude double precision,
        longitude double precision,
        CONSTRAINT pk_search_place PRIMARY KEY (listing_id, position)
    )
    """,
    "CREATE INDEX ix_search_place_special_hours ON search_place (special_hours_kept_on)"
    " WHERE special_hours_kept_on IS NOT NULL",
    """
    CREATE TABLE place_span (
        listing_id uuid NOT NULL,
        position integer NOT NULL,
        opens_at timestamptz NOT NULL,
        closes_at timestamptz NOT NULL,
        CONSTRAINT pk_place_span PRIMARY KEY (listing_id, position, opens_at, closes_at),
        CONSTRAINT fk_place_span_listing_id_search_place FOREIGN KEY (listing_id, position)
            REFERENCES search_place (listing_id, position) ON DELETE CASCADE
    )
    """,
    "ALTER TABLE published_hours ADD COLUMN place integer",
    "CREATE INDEX ix_kept_object_parent ON kept_object (lower(document ->> 'parent_id')) WHERE kind = 'taxonomy_term'",
    "CREATE INDEX ix_kept_object_taxonomy ON kept_object"
    " (lower(coalesce(document ->> 'taxonomy_id', document -> 'taxonomy_detail' ->> 'id')))"
    " WHERE kind = 'taxonomy_term'",
)
_DOWN = (
    "DROP INDEX ix_kept_object_taxonomy",
    "DROP INDEX ix_kept_object_parent",
    "ALTER TABLE published_hours DROP COLUMN place",
    "DROP TABLE place_span",
    "DROP TABLE search_place",
    "DROP INDEX ix_search_entry_municipality_code",
    "ALTER TABLE search_entry DROP COLUMN told_terms, DROP COLUMN has_places, DROP COLUMN postal_code",
)


def upgrade() -> None:
    """Add it."""
    for statement in _UP:
        op.execute(statement)


def downgrade() -> None:
    """Take it away; what it holds is lost."""
    for statement in _DOWN:
        op.execute(statement)
