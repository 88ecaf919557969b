"""Counts how many of what a search finds have each term of feeds' own taxonomies, and says what the terms are called.

A term counts for those above it too, as a search by its id finds what has one below it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import orjson
from sqlalchemy import Connection

from services.directory.adapters.kept_taxonomies import IS_FIRST, kept_names
from services.directory.adapters.sql import Sql, execute, sql, values_of
from services.directory.domain.told_terms import AT_A_PLACE, name_of_term

_IS_ID = "~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'"
_PARENT = "lower(kept.document ->> 'parent_id')"
# Each term that is attached to one of those matched, with itself and every term above it.
_ABOVE = (
    f"SELECT DISTINCT told.key, told.key FROM matched, unnest(matched.keys) AS told (key) WHERE told.key {_IS_ID}"
    f" UNION SELECT above.key, {_PARENT} FROM above JOIN kept_object AS kept ON kept.id = above.id::uuid"
    f" WHERE {IS_FIRST} AND {_PARENT} {_IS_ID}"
)
# One public service that tells of each term; what others say of it is not read.
_TELLING = (
    "SELECT wanted.id, telling.in_full FROM unnest(%(ids)s::text[]) AS wanted (id), LATERAL ("
    "SELECT document.in_full FROM search_entry JOIN published_document AS document USING (listing_id)"
    " WHERE search_entry.told_terms && ARRAY[wanted.id, %(at_a_place)s || wanted.id] ORDER BY listing_id LIMIT 1"
    ") AS telling"
)


@dataclass(frozen=True)
class Choice:
    """A value of a facet, how many have it, and what it is called where its value does not say so."""

    value: str
    count: int
    name: str | None = None


def told_choices(connection: Connection, found_in: str, condition: Sql, keys: Sql, *, most: int) -> list[Choice]:
    """Return the terms that feeds attached to what is found there, by their ids, the commonest first.

    ``keys`` is the array of what is attached to one of those found. Terms of our own taxonomy are not among them.
    """
    limit = sql("%(most)s", most=most)
    text = (
        f"WITH RECURSIVE matched AS MATERIALIZED (SELECT row_number() OVER () AS number, {keys.text} AS keys"
        f" FROM {found_in} WHERE {condition.text} AND search_entry.told_terms <> '{{}}'), above (key, id) AS ({_ABOVE})"
        " SELECT above.id, count(DISTINCT matched.number) AS count"
        " FROM matched CROSS JOIN unnest(matched.keys) AS told (key) JOIN above USING (key)"
        " WHERE NOT EXISTS (SELECT FROM taxonomy_term WHERE taxonomy_term.id = above.id::uuid)"
        f" GROUP BY above.id ORDER BY count DESC, above.id LIMIT {limit.text}"
    )
    counted = [(row[0], row[1]) for row in execute(connection, Sql(text, values_of([condition, keys, limit])))]
    names = _names(connection, [id_ for id_, _ in counted])
    return [Choice(id_, count, names.get(id_)) for id_, count in counted]


def _names(connection: Connection, ids: Sequence[str]) -> dict[str, str]:
    """Return what terms are called: those that are kept by themselves as they were kept first, others by a service."""
    names = kept_names(connection, ids)
    others = [id_ for id_ in ids if id_ not in names]
    telling = execute(connection, sql(_TELLING, ids=others, at_a_place=AT_A_PLACE)) if others else ()
    told = {id_: name_of_term(orjson.loads(document), id_) for id_, document in telling}
    return names | {id_: name for id_, name in told.items() if name}
