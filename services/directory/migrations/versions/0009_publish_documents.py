"""Ready-made documents and the feed of changes."""

from __future__ import annotations

from alembic import op

revision = "0009"
down_revision = "0008"

_UP = (
    "ALTER TABLE organization ADD COLUMN is_public boolean NOT NULL DEFAULT false",
    "ALTER TABLE search_entry ADD COLUMN further_latitudes double precision[]",
    "ALTER TABLE search_entry ADD COLUMN further_longitudes double precision[]",
    "ALTER TABLE search_entry ADD COLUMN further_box box",
    "CREATE INDEX ix_search_entry_further_box ON search_entry USING gist (further_box)",
    """
    CREATE TABLE published_document (
        listing_id uuid CONSTRAINT pk_published_document PRIMARY KEY
            CONSTRAINT fk_published_document_listing_id_listing REFERENCES listing (id) ON DELETE CASCADE,
        organization_id uuid NOT NULL,
        in_list text NOT NULL,
        in_full text NOT NULL
    )
    """,
    "CREATE INDEX ix_published_document_organization_id ON published_document (organization_id)",
    """
    CREATE TABLE published_place (
        listing_id uuid NOT NULL
            CONSTRAINT fk_published_place_listing_id_listing REFERENCES listing (id) ON DELETE CASCADE,
        position integer NOT NULL,
        id uuid NOT NULL,
        postal_code text,
        latitude double precision,
        longitude double precision,
        place point,
        in_list text NOT NULL,
        in_full text NOT NULL,
        CONSTRAINT pk_published_place PRIMARY KEY (listing_id, position)
    )
    """,
    "CREATE INDEX ix_published_place_id ON published_place (id)",
    "CREATE INDEX ix_published_place_postal_code ON published_place (postal_code)",
    "CREATE INDEX ix_published_place_place ON published_place USING gist (place)",
    """
    CREATE TABLE published_hours (
        listing_id uuid NOT NULL
            CONSTRAINT fk_published_hours_listing_id_listing REFERENCES listing (id) ON DELETE CASCADE,
        position integer NOT NULL,
        day text,
        opens_at text,
        closes_at text,
        CONSTRAINT pk_published_hours PRIMARY KEY (listing_id, position)
    )
    """,
    "CREATE INDEX ix_published_hours_day ON published_hours (day, opens_at)",
    """
    CREATE TABLE published_organization (
        organization_id uuid CONSTRAINT pk_published_organization PRIMARY KEY
            CONSTRAINT fk_published_organization_organization_id_organization
            REFERENCES organization (id) ON DELETE CASCADE,
        last_modified timestamptz NOT NULL,
        in_list text NOT NULL,
        in_full text NOT NULL
    )
    """,
    """
    CREATE TABLE public_change (
        position bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_public_change PRIMARY KEY,
        number bigint CONSTRAINT uq_public_change_number UNIQUE,
        kind text NOT NULL,
        id uuid NOT NULL,
        change text NOT NULL,
        replaced_by uuid,
        last_modified timestamptz NOT NULL
    )
    """,
    "CREATE INDEX ix_public_change_id ON public_change (id)",
    "CREATE INDEX ix_public_change_unnumbered ON public_change (position) WHERE number IS NULL",
)
_DOWN = (
    "DROP TABLE public_change",
    "DROP TABLE published_organization",
    "DROP TABLE published_hours",
    "DROP TABLE published_place",
    "DROP TABLE published_document",
    "DROP INDEX ix_search_entry_further_box",
    "ALTER TABLE search_entry DROP COLUMN further_box",
    "ALTER TABLE search_entry DROP COLUMN further_longitudes",
    "ALTER TABLE search_entry DROP COLUMN further_latitudes",
    "ALTER TABLE organization DROP COLUMN is_public",
)


def upgrade() -> None:
    """Add it."""
    for statement in _UP:
        op.execute(statement)


def downgrade() -> None:
    """Take it away; what it holds is lost."""
    for statement in _DOWN:
        op.execute(statement)
