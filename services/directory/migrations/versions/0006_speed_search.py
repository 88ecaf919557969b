"""What search filters, counts and orders by."""

from __future__ import annotations

from alembic import op

revision = "0006"
down_revision = "0005"

# Great-circle distance in kilometres (haversine). The factor keeps the rounding of two opposite points from lifting
# the chord above 1; unlike LEAST it lets NULL stay NULL, for where there is no place there is no distance.
_DISTANCE = """
CREATE FUNCTION distance_km(latitude float8, longitude float8, from_latitude float8, from_longitude float8)
RETURNS float8 LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN 12742.0::float8 * asin(sqrt(0.99999999999999::float8 * (
    power(sin(radians(latitude - from_latitude) / 2), 2)
    + cos(radians(from_latitude)) * cos(radians(latitude)) * power(sin(radians(longitude - from_longitude) / 2), 2))))
"""

_UP = (
    _DISTANCE,
    "ALTER TABLE search_entry ADD COLUMN local_document tsvector",
    "CREATE INDEX ix_search_entry_local_document ON search_entry USING gin (local_document)",
    "DROP INDEX ix_search_entry_order",
    "CREATE INDEX ix_search_entry_order ON search_entry (tier, standing DESC, sort_name, listing_id)",
    "ALTER TABLE taxonomy_term ADD COLUMN phrases text[] NOT NULL DEFAULT '{}'",
    "ALTER TABLE taxonomy_term ALTER COLUMN phrases DROP DEFAULT",
    "CREATE TABLE reference_version (number integer NOT NULL, CONSTRAINT pk_reference_version PRIMARY KEY (number))",
    "INSERT INTO reference_version VALUES (0)",
)
_DOWN = (
    "DROP INDEX ix_search_entry_order",
    "CREATE INDEX ix_search_entry_order ON search_entry (tier, sort_name, listing_id)",
    "ALTER TABLE search_entry DROP COLUMN local_document",
    "DROP FUNCTION distance_km",
    "DROP TABLE reference_version",
    "ALTER TABLE taxonomy_term DROP COLUMN phrases",
)


def upgrade() -> None:
    """Add it."""
    for statement in _UP:
        op.execute(statement)


def downgrade() -> None:
    """Take it away; what it holds is lost."""
    for statement in _DOWN:
        op.execute(statement)
