"""What services offer together with where, so that one index finds whom a child can be sent to.

The numbers are worked out here as the service does from now on, for matching finds nothing without them.
"""

from __future__ import annotations

import math
import zlib
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"

_READ = (
    "SELECT listing_id, terms, serves, own_serves, latitude, longitude, further_latitudes, further_longitudes"
    " FROM search_entry"
)
_FOUND = "CREATE TEMPORARY TABLE keys_found (listing_id uuid PRIMARY KEY, keys integer[]) ON COMMIT DROP"
_LOOK_UP = """
    CREATE FUNCTION pg_temp.keys_of(uuid) RETURNS integer[] LANGUAGE sql
    RETURN (SELECT keys FROM keys_found WHERE listing_id = $1)
"""
_AT_ONCE = 5_000
# Cells per degree by what they are for.
_NEAR, _WIDE = ("near", 2.0), ("wide", 0.5)


def upgrade() -> None:
    """Add the numbers of all entries and their index.

    The table is written once as a whole: to change each of its rows would leave as many dead ones behind.
    """
    connection = op.get_bind()
    op.execute(_FOUND)
    entries = connection.execute(sa.text(_READ).execution_options(yield_per=_AT_ONCE)).partitions()
    for rows in map(list, entries):
        found = [{"id": row.listing_id, "keys": _keys(row)} for row in rows]
        connection.execute(sa.text("INSERT INTO keys_found VALUES (:id, :keys)"), found)
    op.execute(_LOOK_UP)
    # All indexes are built anew within one statement: some seconds for 100,000 entries, minutes for a million.
    op.execute("SET LOCAL statement_timeout = '30min'")
    op.execute("ALTER TABLE search_entry ADD COLUMN match_keys integer[]")
    op.execute("ALTER TABLE search_entry ALTER COLUMN match_keys TYPE integer[] USING pg_temp.keys_of(listing_id)")
    op.execute("ALTER TABLE search_entry ALTER COLUMN match_keys SET NOT NULL")
    op.execute("CREATE INDEX ix_search_entry_match_keys ON search_entry USING gin (match_keys)")
    op.execute("DROP FUNCTION pg_temp.keys_of")


def downgrade() -> None:
    """Take them away."""
    op.execute("ALTER TABLE search_entry DROP COLUMN match_keys")


def _keys(row: Any) -> list[int]:
    points = list(zip(row.further_latitudes or (), row.further_longitudes or (), strict=True))
    if row.latitude is not None:
        points.append((row.latitude, row.longitude))
    kinds = [_NEAR, _WIDE] if not row.serves or row.own_serves == [] else [_NEAR]
    cells = {_cell(point, kind) for point in points for kind in kinds}
    texts = {f"{where} {term}" for where in {*row.serves, *cells} for term in row.terms}
    return sorted({zlib.crc32(text.encode()) - 2**31 for text in texts})


def _cell(point: tuple[float, float], kind: tuple[str, float]) -> str:
    name, per_degree = kind
    row, column = math.floor((point[0] + 90) * per_degree), math.floor((point[1] + 180) * per_degree)
    return f"{name} {row:04d}{column:04d}"
