"""Search knows when free places were said and what organizations say of themselves; those have a history."""

from __future__ import annotations

from alembic import op

revision = "0015"
down_revision = "0014"

_UP = (
    "ALTER TABLE search_entry ADD COLUMN capacity_said_at timestamptz",
    "UPDATE search_entry SET capacity_said_at = coalesce(listing.capacity_reported_at, listing.capacity_updated_at)"
    " FROM listing WHERE listing.id = search_entry.listing_id AND search_entry.capacity_available IS NOT NULL",
    "CREATE TABLE organization_entry ("
    " organization_id uuid PRIMARY KEY REFERENCES published_organization (organization_id) ON DELETE CASCADE,"
    " document tsvector NOT NULL)",
    # Names at once, as they were found before; descriptions in our spelling come with the next reindexing.
    "INSERT INTO organization_entry (organization_id, document)"
    " SELECT organization.id, setweight(to_tsvector('simple', organization.spellings), 'A')"
    " FROM published_organization JOIN organization ON organization.id = published_organization.organization_id",
    "CREATE INDEX ix_organization_entry_document ON organization_entry USING gin (document)",
    "CREATE TABLE organization_version ("
    " organization_id uuid NOT NULL REFERENCES organization (id), number integer NOT NULL,"
    " action text NOT NULL, is_public boolean NOT NULL, said jsonb NOT NULL,"
    " account_id text, agency_id text, at timestamptz NOT NULL, import_id text,"
    " PRIMARY KEY (organization_id, number))",
)
_DOWN = (
    "DROP TABLE organization_version",
    "DROP TABLE organization_entry",
    "ALTER TABLE search_entry DROP COLUMN capacity_said_at",
)


def upgrade() -> None:
    """Add the column and the tables, and fill what search needs."""
    for statement in _UP:
        op.execute(statement)


def downgrade() -> None:
    """Take them away."""
    for statement in _DOWN:
        op.execute(statement)
