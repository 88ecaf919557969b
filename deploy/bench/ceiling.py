"""What a search could be at best: bare Flask, one flat indexed table, answers ready as JSON, and nothing else done."""

from __future__ import annotations

import os
import threading

import flask
import psycopg

# The same columns that the directory filters by, in a table of its own.
TABLE = (
    "DROP TABLE IF EXISTS bench_flat",
    """
    CREATE TABLE bench_flat AS
    SELECT e.listing_id, e.document, e.minimum_age, e.maximum_age, e.latitude, e.longitude, e.place, e.sort_name,
           d.in_full
    FROM search_entry e JOIN published_document d USING (listing_id) WHERE e.tier = 'public'
    """,
    "CREATE INDEX ON bench_flat USING gin (document)",
    "CREATE INDEX ON bench_flat USING gist (place)",
    "ANALYZE bench_flat",
)
_SEARCH = """
    SELECT count(*) OVER (), in_full FROM bench_flat
    WHERE document @@ CAST(%(query)s AS tsquery)
      AND (minimum_age IS NULL OR minimum_age <= %(age)s) AND (maximum_age IS NULL OR maximum_age >= %(age)s)
      AND place <@ box(point(%(west)s, %(south)s), point(%(east)s, %(north)s))
      AND 12742 * asin(sqrt(power(sin(radians(latitude - %(latitude)s) / 2), 2) + cos(radians(%(latitude)s))
          * cos(radians(latitude)) * power(sin(radians(longitude - %(longitude)s) / 2), 2))) <= %(km)s
    ORDER BY ts_rank('{0.1, 0.3, 0.7, 1.0}', document, CAST(%(query)s AS tsquery)) DESC, sort_name, listing_id LIMIT 20
"""
_NUMBERS = ("age", "west", "south", "east", "north", "latitude", "longitude", "km")
app = flask.Flask(__name__)
_local = threading.local()


@app.get("/search")
def search() -> flask.Response:
    """Answer one page."""
    if not hasattr(_local, "connection"):
        _local.connection = psycopg.connect(os.environ["CEILING_DATABASE"], autocommit=True)
    given = flask.request.args
    values = {"query": given["query"], **{name: float(given[name]) for name in _NUMBERS}}
    rows = _local.connection.execute(_SEARCH, values).fetchall()
    total = rows[0][0] if rows else 0
    contents = ",".join(row[1] for row in rows)
    return flask.Response(f'{{"total_items":{total},"contents":[{contents}]}}', mimetype="application/json")
