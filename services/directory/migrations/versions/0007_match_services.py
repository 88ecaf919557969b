"""Opening hours, unmet need and capacity enquiries."""

from __future__ import annotations

from alembic import op

revision = "0007"
down_revision = "0006"

_ENTRY_COLUMNS = {
    "has_agency": "boolean NOT NULL",
    "accepts_referrals": "boolean NOT NULL",
    "capacity_available": "integer",
    "accessibility": "text[] NOT NULL",
    "location_kind": "text NOT NULL",
    "country": "text NOT NULL",
    "open_minutes": "int4multirange",
    "special_hours_kept_on": "date",
}
_UP = (
    "ALTER TABLE listing ADD COLUMN always_open boolean NOT NULL",
    *(f"ALTER TABLE search_entry ADD COLUMN {name} {kind}" for name, kind in _ENTRY_COLUMNS.items()),
    "CREATE INDEX ix_search_entry_special_hours ON search_entry (special_hours_kept_on)"
    " WHERE special_hours_kept_on IS NOT NULL",
    "CREATE INDEX ix_search_entry_open_to_all ON search_entry USING gist (place) WHERE serves = '{}'::text[]",
    """
    CREATE TABLE opening_span (
        listing_id uuid NOT NULL,
        opens_at timestamptz NOT NULL,
        closes_at timestamptz NOT NULL,
        CONSTRAINT pk_opening_span PRIMARY KEY (listing_id, opens_at, closes_at),
        CONSTRAINT fk_opening_span_listing_id_listing FOREIGN KEY (listing_id) REFERENCES listing (id) ON DELETE CASCADE
    )
    """,
    """
    CREATE TABLE unmet_need (
        month date NOT NULL,
        municipality_code text NOT NULL,
        term text NOT NULL,
        age_band text NOT NULL,
        count integer NOT NULL,
        CONSTRAINT pk_unmet_need PRIMARY KEY (month, municipality_code, term, age_band)
    )
    """,
    """
    CREATE TABLE unmet_need_heard (
        digest text NOT NULL,
        heard_at timestamptz NOT NULL,
        CONSTRAINT pk_unmet_need_heard PRIMARY KEY (digest)
    )
    """,
    "CREATE INDEX ix_unmet_need_heard_heard_at ON unmet_need_heard (heard_at)",
    """
    CREATE TABLE capacity_enquiry (
        id uuid NOT NULL,
        reference text NOT NULL,
        asking_agency_id text NOT NULL,
        needs text[] NOT NULL,
        urgency text NOT NULL,
        age_band text NOT NULL,
        sex text,
        languages text[] NOT NULL,
        accessibility text[] NOT NULL,
        municipality text,
        until timestamptz NOT NULL,
        created_at timestamptz NOT NULL,
        closed_at timestamptz,
        closed_by text,
        version integer NOT NULL,
        CONSTRAINT pk_capacity_enquiry PRIMARY KEY (id),
        CONSTRAINT uq_capacity_enquiry_reference UNIQUE (reference)
    )
    """,
    "CREATE INDEX ix_capacity_enquiry_asking_agency_id ON capacity_enquiry (asking_agency_id, created_at, id)",
    "CREATE INDEX ix_capacity_enquiry_until ON capacity_enquiry (until) WHERE closed_at IS NULL",
    """
    CREATE TABLE capacity_answer (
        enquiry_id uuid NOT NULL,
        service_id uuid NOT NULL,
        agency_id text NOT NULL,
        answer text,
        available integer,
        answered_at timestamptz,
        version integer NOT NULL,
        CONSTRAINT pk_capacity_answer PRIMARY KEY (enquiry_id, service_id),
        CONSTRAINT fk_capacity_answer_enquiry_id_capacity_enquiry FOREIGN KEY (enquiry_id)
            REFERENCES capacity_enquiry (id)
    )
    """,
    "CREATE INDEX ix_capacity_answer_agency_id ON capacity_answer (agency_id, enquiry_id)",
    "CREATE INDEX ix_opening_span_opens_at ON opening_span (opens_at, closes_at, listing_id)",
)
_DOWN = (
    "DROP TABLE capacity_answer",
    "DROP TABLE capacity_enquiry",
    "DROP TABLE unmet_need_heard",
    "DROP TABLE unmet_need",
    "DROP TABLE opening_span",
    "DROP INDEX ix_search_entry_open_to_all",
    "DROP INDEX ix_search_entry_special_hours",
    *(f"ALTER TABLE search_entry DROP COLUMN {name}" for name in _ENTRY_COLUMNS),
    "ALTER TABLE listing DROP COLUMN always_open",
)


def upgrade() -> None:
    """Add it."""
    for statement in _UP:
        op.execute(statement)


def downgrade() -> None:
    """Take it away; what it holds is lost."""
    for statement in _DOWN:
        op.execute(statement)
