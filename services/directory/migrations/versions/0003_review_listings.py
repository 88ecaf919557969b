"""Reviews, versions, claims, delegations and closings of listings."""

from __future__ import annotations

from alembic import op

revision = "0003"
down_revision = "0002"

_UP = (
    "ALTER TABLE organization ADD COLUMN review text",
    "ALTER TABLE listing ADD COLUMN service_status text NOT NULL DEFAULT 'active'",
    "ALTER TABLE listing ADD COLUMN closing_kind text",
    "ALTER TABLE listing ADD COLUMN closing_reason text",
    "ALTER TABLE listing ADD COLUMN closes_at timestamptz",
    "ALTER TABLE listing ADD COLUMN reopens_at timestamptz",
    "CREATE INDEX ix_listing_closing ON listing (id) WHERE closes_at IS NOT NULL",
    "ALTER TABLE search_entry ADD COLUMN service_status text NOT NULL DEFAULT 'active'",
    """
    CREATE TABLE listing_version (
        listing_id uuid NOT NULL CONSTRAINT fk_listing_version_listing_id_listing REFERENCES listing (id),
        number integer NOT NULL,
        action text NOT NULL,
        status text NOT NULL,
        is_proposal boolean NOT NULL,
        is_public boolean NOT NULL,
        content jsonb NOT NULL,
        account_id text,
        agency_id text,
        at timestamptz NOT NULL,
        reason text,
        note text,
        CONSTRAINT pk_listing_version PRIMARY KEY (listing_id, number)
    )
    """,
    """
    CREATE TABLE confidential_version (
        listing_id uuid NOT NULL,
        number integer NOT NULL,
        municipality_code text,
        address_1 text,
        postal_code text,
        latitude double precision,
        longitude double precision,
        CONSTRAINT pk_confidential_version PRIMARY KEY (listing_id, number),
        CONSTRAINT fk_confidential_version_listing_id_listing_version
            FOREIGN KEY (listing_id, number) REFERENCES listing_version (listing_id, number)
    )
    """,
    """
    CREATE TABLE listing_review (
        listing_id uuid CONSTRAINT pk_listing_review PRIMARY KEY
            CONSTRAINT fk_listing_review_listing_id_listing REFERENCES listing (id),
        proposal integer,
        edited_by text,
        submitted_by text,
        submitted_at timestamptz,
        rejected_for text,
        note text
    )
    """,
    "CREATE INDEX ix_listing_review_submitted_at ON listing_review (submitted_at) WHERE submitted_at IS NOT NULL",
    """
    CREATE TABLE organization_claim (
        id uuid CONSTRAINT pk_organization_claim PRIMARY KEY,
        organization_id uuid NOT NULL
            CONSTRAINT fk_organization_claim_organization_id_organization REFERENCES organization (id),
        agency_id text NOT NULL,
        account_id text,
        evidence text NOT NULL,
        evidence_url text,
        status text NOT NULL,
        version integer NOT NULL,
        created_at timestamptz NOT NULL,
        decided_at timestamptz,
        decided_by_agency_id text,
        decided_by_account_id text,
        reason text,
        note text
    )
    """,
    "CREATE UNIQUE INDEX uq_organization_claim_pending ON organization_claim (organization_id, agency_id)"
    " WHERE status = 'pending'",
    "CREATE UNIQUE INDEX uq_organization_claim_approved ON organization_claim (organization_id)"
    " WHERE status = 'approved'",
    "CREATE INDEX ix_organization_claim_agency_id ON organization_claim (agency_id)",
    """
    CREATE TABLE delegation (
        id uuid CONSTRAINT pk_delegation PRIMARY KEY,
        from_agency_id text NOT NULL,
        to_agency_id text NOT NULL,
        account_ids text[] NOT NULL,
        municipality_codes text[] NOT NULL,
        organization_ids uuid[] NOT NULL,
        created_at timestamptz NOT NULL,
        ended_at timestamptz
    )
    """,
    "CREATE INDEX ix_delegation_from_agency_id ON delegation (from_agency_id)",
    "CREATE INDEX ix_delegation_to_agency_id ON delegation (to_agency_id)",
)
_DOWN = (
    "DROP TABLE delegation",
    "DROP TABLE organization_claim",
    "DROP TABLE listing_review",
    "DROP TABLE confidential_version",
    "DROP TABLE listing_version",
    "ALTER TABLE search_entry DROP COLUMN service_status",
    "DROP INDEX ix_listing_closing",
    "ALTER TABLE listing DROP COLUMN reopens_at",
    "ALTER TABLE listing DROP COLUMN closes_at",
    "ALTER TABLE listing DROP COLUMN closing_reason",
    "ALTER TABLE listing DROP COLUMN closing_kind",
    "ALTER TABLE listing DROP COLUMN service_status",
    "ALTER TABLE organization DROP COLUMN review",
)


def upgrade() -> None:
    """Add it."""
    for statement in _UP:
        op.execute(statement)


def downgrade() -> None:
    """Take it away; what it holds is lost."""
    for statement in _DOWN:
        op.execute(statement)
