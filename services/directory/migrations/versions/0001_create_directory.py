"""Creates the directory: reference data, organizations, listings, places, reservations and the search index."""

from __future__ import annotations

from alembic import op

from chassis.migrations import create_chassis_tables, drop_chassis_tables

revision = "0001"
down_revision = None

_TABLES = (
    """
    CREATE TABLE municipality (
        code text CONSTRAINT pk_municipality PRIMARY KEY,
        country text NOT NULL,
        level text NOT NULL,
        parent_code text,
        name text NOT NULL,
        names jsonb NOT NULL,
        latitude double precision NOT NULL,
        longitude double precision NOT NULL,
        population integer NOT NULL,
        spellings text[] NOT NULL
    )
    """,
    "CREATE INDEX ix_municipality_parent_code ON municipality (parent_code)",
    """
    CREATE TABLE taxonomy (
        id uuid CONSTRAINT pk_taxonomy PRIMARY KEY,
        name text NOT NULL,
        description text NOT NULL
    )
    """,
    """
    CREATE TABLE taxonomy_term (
        id uuid CONSTRAINT pk_taxonomy_term PRIMARY KEY,
        taxonomy_id uuid NOT NULL CONSTRAINT fk_taxonomy_term_taxonomy_id_taxonomy REFERENCES taxonomy (id),
        code text NOT NULL CONSTRAINT uq_taxonomy_term_code UNIQUE,
        parent_id uuid,
        position integer NOT NULL,
        names jsonb NOT NULL,
        descriptions jsonb NOT NULL,
        spellings text NOT NULL,
        path text[] NOT NULL
    )
    """,
    """
    CREATE TABLE organization (
        id uuid CONSTRAINT pk_organization PRIMARY KEY,
        agency_id text,
        maintaining_agency_id text,
        name text NOT NULL,
        alternate_name text,
        description text NOT NULL,
        email text,
        website text,
        phone text,
        country text NOT NULL,
        spellings text NOT NULL,
        created_at timestamptz NOT NULL
    )
    """,
    "CREATE INDEX ix_organization_agency_id ON organization (agency_id)",
    "CREATE INDEX ix_organization_maintaining_agency_id ON organization (maintaining_agency_id)",
    """
    CREATE TABLE listing (
        id uuid CONSTRAINT pk_listing PRIMARY KEY,
        organization_id uuid NOT NULL
            CONSTRAINT fk_listing_organization_id_organization REFERENCES organization (id),
        status text NOT NULL,
        tier text NOT NULL,
        version integer NOT NULL,
        name text NOT NULL,
        alternate_name text,
        description text NOT NULL,
        translations jsonb NOT NULL,
        taxonomy_terms text[] NOT NULL,
        minimum_age integer,
        maximum_age integer,
        sex text NOT NULL,
        eligibility_description text,
        languages text[] NOT NULL,
        serves text[] NOT NULL,
        location_kind text NOT NULL,
        phone text,
        email text,
        url text,
        application_process text,
        fees_description text,
        wait_time text,
        alert text,
        accepts_referrals boolean NOT NULL,
        schedule jsonb NOT NULL,
        capacity_available integer,
        capacity_maximum integer,
        capacity_unit text,
        capacity_updated_at timestamptz,
        created_at timestamptz NOT NULL,
        last_modified timestamptz NOT NULL
    )
    """,
    "CREATE INDEX ix_listing_organization_id ON listing (organization_id)",
    """
    CREATE TABLE location (
        id uuid CONSTRAINT pk_location PRIMARY KEY,
        listing_id uuid NOT NULL
            CONSTRAINT uq_location_listing_id UNIQUE
            CONSTRAINT fk_location_listing_id_listing REFERENCES listing (id),
        service_at_location_id uuid NOT NULL CONSTRAINT uq_location_service_at_location_id UNIQUE,
        kind text NOT NULL,
        municipality_code text CONSTRAINT fk_location_municipality_code_municipality REFERENCES municipality (code),
        address_1 text,
        postal_code text,
        latitude double precision,
        longitude double precision,
        is_exact boolean NOT NULL
    )
    """,
    """
    CREATE TABLE confidential_location (
        listing_id uuid CONSTRAINT pk_confidential_location PRIMARY KEY
            CONSTRAINT fk_confidential_location_listing_id_listing REFERENCES listing (id),
        municipality_code text
            CONSTRAINT fk_confidential_location_municipality_code_municipality REFERENCES municipality (code),
        address_1 text,
        postal_code text,
        latitude double precision,
        longitude double precision
    )
    """,
    """
    CREATE TABLE capacity_reservation (
        referral_id text CONSTRAINT pk_capacity_reservation PRIMARY KEY,
        listing_id uuid NOT NULL,
        took_place boolean NOT NULL,
        reserved_at timestamptz,
        released_at timestamptz
    )
    """,
)

_SEARCH = (
    """
    CREATE TABLE search_entry (
        listing_id uuid CONSTRAINT pk_search_entry PRIMARY KEY
            CONSTRAINT fk_search_entry_listing_id_listing REFERENCES listing (id),
        organization_id uuid NOT NULL,
        tier text NOT NULL,
        document tsvector NOT NULL,
        sort_name text NOT NULL,
        terms text[] NOT NULL,
        languages text[] NOT NULL,
        serves text[] NOT NULL,
        municipality_code text,
        minimum_age integer,
        maximum_age integer,
        sex text NOT NULL,
        is_open_to_referrals boolean NOT NULL,
        latitude double precision,
        longitude double precision,
        place point,
        last_modified timestamptz NOT NULL
    )
    """,
    "CREATE INDEX ix_search_entry_document ON search_entry USING gin (document)",
    "CREATE INDEX ix_search_entry_terms ON search_entry USING gin (terms)",
    "CREATE INDEX ix_search_entry_serves ON search_entry USING gin (serves)",
    "CREATE INDEX ix_search_entry_place ON search_entry USING gist (place)",
    "CREATE INDEX ix_search_entry_order ON search_entry (tier, sort_name, listing_id)",
    "CREATE INDEX ix_search_entry_organization_id ON search_entry (organization_id)",
    """
    CREATE TABLE search_word (
        word text CONSTRAINT pk_search_word PRIMARY KEY,
        trigrams text[] NOT NULL
    )
    """,
    "CREATE INDEX ix_search_word_trigrams ON search_word USING gin (trigrams)",
    "CREATE INDEX ix_search_word_beginning ON search_word (word text_pattern_ops)",
)

_DROPPED = (
    "search_word",
    "search_entry",
    "capacity_reservation",
    "confidential_location",
    "location",
    "listing",
    "organization",
    "taxonomy_term",
    "taxonomy",
    "municipality",
)


def upgrade() -> None:
    """Create everything."""
    create_chassis_tables(op)
    for statement in (*_TABLES, *_SEARCH):
        op.execute(statement)


def downgrade() -> None:
    """Drop everything; the data is lost."""
    for table in _DROPPED:
        op.execute(f"DROP TABLE {table}")
    drop_chassis_tables(op)
