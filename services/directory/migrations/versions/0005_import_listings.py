"""Imports, the files they take in, what becomes of each row, and what belongs to nothing here."""

from __future__ import annotations

from alembic import op

revision = "0005"
down_revision = "0004"

_UP = (
    """
    CREATE TABLE import_job (
        id uuid CONSTRAINT pk_import_job PRIMARY KEY,
        agency_id text NOT NULL,
        subject text NOT NULL,
        client_id text NOT NULL,
        format text NOT NULL,
        is_trial boolean NOT NULL,
        publish boolean NOT NULL,
        skip_duplicates boolean NOT NULL,
        organization_id uuid,
        country text,
        size bigint NOT NULL,
        state text NOT NULL,
        position integer NOT NULL,
        counts jsonb NOT NULL,
        fault jsonb,
        created_at timestamptz NOT NULL,
        started_at timestamptz,
        finished_at timestamptz,
        expires_at timestamptz NOT NULL
    )
    """,
    "CREATE INDEX ix_import_job_agency_id ON import_job (agency_id, created_at)",
    "CREATE INDEX ix_import_job_waiting ON import_job (created_at) WHERE state IN ('waiting', 'running')",
    """
    CREATE TABLE import_piece (
        import_id uuid NOT NULL
            CONSTRAINT fk_import_piece_import_id_import_job REFERENCES import_job (id) ON DELETE CASCADE,
        number integer NOT NULL,
        content bytea NOT NULL,
        CONSTRAINT pk_import_piece PRIMARY KEY (import_id, number)
    )
    """,
    # What is compressed already is not worth trying again.
    "ALTER TABLE import_piece ALTER COLUMN content SET STORAGE EXTERNAL",
    """
    CREATE TABLE import_row (
        import_id uuid NOT NULL
            CONSTRAINT fk_import_row_import_id_import_job REFERENCES import_job (id) ON DELETE CASCADE,
        number integer NOT NULL,
        kind text NOT NULL,
        place text NOT NULL,
        record_id text,
        name text,
        outcome text NOT NULL,
        faults jsonb NOT NULL,
        duplicates jsonb NOT NULL,
        CONSTRAINT pk_import_row PRIMARY KEY (import_id, number)
    )
    """,
    """
    CREATE TABLE kept_object (
        agency_id text NOT NULL,
        kind text NOT NULL,
        id uuid NOT NULL,
        document jsonb NOT NULL,
        CONSTRAINT pk_kept_object PRIMARY KEY (agency_id, kind, id)
    )
    """,
)
_DOWN = ("DROP TABLE kept_object", "DROP TABLE import_row", "DROP TABLE import_piece", "DROP TABLE import_job")


def upgrade() -> None:
    """Add it."""
    for statement in _UP:
        op.execute(statement)


def downgrade() -> None:
    """Take it away; what it holds is lost."""
    for statement in _DOWN:
        op.execute(statement)
