"""Finds records that may be one and the same, by index: only those that share a key are ever compared."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, Literal

from sqlalchemy import Connection, Table, delete, select, text
from sqlalchemy.dialects.postgresql import insert as upsert

from services.directory.adapters.bulk_rows import as_array, insert_rows, is_among
from services.directory.adapters.duplicates_tables import likeness_key, likeness_record
from services.directory.domain.likeness import WORTH_A_LOOK, Likeness, Traits, blocking_keys, likeness_from

Kind = Literal["organization", "listing"]
# A key that more records share tells nothing apart, but costs time; the others of the record still find its like.
_MOST_WITH_ONE_KEY = 25
_MOST_COMPARED = 50

# Each of the asking has a number; a key that several of them have is looked up once.
_CANDIDATES = text(
    """
    WITH wanted AS MATERIALIZED (
        SELECT number, key FROM unnest(CAST(:numbers AS integer[]), CAST(:keys AS text[])) AS wanted (number, key)
    ),
    near AS MATERIALIZED (
        SELECT asked.key, found.record_id
        FROM unnest(CAST(:distinct_keys AS text[])) AS asked (key) CROSS JOIN LATERAL (
            SELECT record_id FROM likeness_key WHERE kind = :kind AND likeness_key.key = asked.key LIMIT :most
        ) found
    ),
    ranked AS (
        SELECT number, record_id,
            row_number() OVER (PARTITION BY number ORDER BY count(*) DESC, record_id) AS place
        FROM wanted JOIN near USING (key)
        WHERE record_id <> ALL(CAST(:besides AS uuid[]))
        GROUP BY number, record_id
    )
    SELECT number, CAST(record_id AS text) FROM ranked WHERE place <= :compared
    """
)
_PAIRS = text(
    """
    WITH mine AS (
        SELECT DISTINCT key FROM likeness_key WHERE kind = :kind AND record_id = ANY(CAST(:own_ids AS uuid[]))
    ),
    found AS (
        SELECT mine.key, near.record_id
        FROM mine CROSS JOIN LATERAL (
            SELECT record_id FROM likeness_key WHERE kind = :kind AND key = mine.key LIMIT :most + 1
        ) near
    ),
    telling AS (SELECT key FROM found GROUP BY key HAVING count(*) BETWEEN 2 AND :most)
    SELECT DISTINCT one.record_id, other.record_id
    FROM found one JOIN found other USING (key) JOIN telling USING (key)
    WHERE one.record_id < other.record_id
      AND (one.record_id = ANY(CAST(:own_ids AS uuid[])) OR other.record_id = ANY(CAST(:own_ids AS uuid[])))
    """
)


def closest(
    connection: Connection, kind: Kind, record: Traits, *, besides: Collection[str] = (), least: float = WORTH_A_LOOK
) -> list[tuple[str, Likeness]]:
    """Return the ids of kept records that the given one may be, the likeliest first; it need not be kept itself.

    Nothing is said about who may see them: leave out what is not the asker's before it is shown to anyone.
    """
    return _likeliest(record, candidates(connection, kind, record, besides=besides), least)


def closest_of_each(
    connection: Connection, kind: Kind, records: Mapping[str, Traits], *, most: int, least: float = WORTH_A_LOOK
) -> dict[str, list[tuple[str, Likeness]]]:
    """Return for each record, by its id, the kept ones that it may be, at most so many; none is asked about itself."""
    found = _candidates_of_each(connection, kind, records)
    return {
        record_id: _likeliest(
            records[record_id], {key: other for key, other in near.items() if key != record_id}, least
        )[:most]
        for record_id, near in found.items()
    }


def _likeliest(record: Traits, others: Mapping[str, Traits], least: float) -> list[tuple[str, Likeness]]:
    scored = ((record_id, likeness_from(record, other, least)) for record_id, other in others.items())
    found = [(record_id, alike) for record_id, alike in scored if alike is not None]
    return sorted(found, key=lambda pair: (-pair[1].score, pair[0]))


def candidates(
    connection: Connection, kind: Kind, record: Traits, *, besides: Collection[str] = ()
) -> dict[str, Traits]:
    """Return the kept records that share most keys with the given one, at most fifty."""
    return _candidates_of_each(connection, kind, {"": record}, besides=besides).get("", {})


def _candidates_of_each(
    connection: Connection, kind: Kind, records: Mapping[str, Traits], *, besides: Collection[str] = ()
) -> dict[str, dict[str, Traits]]:
    ids = list(records)
    asked = [(number, key) for number, each in enumerate(ids) for key in sorted(blocking_keys(records[each]))]
    if not asked:
        return {}
    numbers, keys = zip(*asked, strict=True)
    values = {"kind": kind, "numbers": as_array(numbers), "keys": as_array(keys), "besides": as_array(besides)}
    # In their order in the index, so that each is found near the one before.
    values["distinct_keys"] = as_array(sorted(set(keys)))
    pairs = connection.execute(_CANDIDATES, {**values, "most": _MOST_WITH_ONE_KEY, "compared": _MOST_COMPARED}).all()
    kept = _kept_traits(connection, {record_id for _, record_id in pairs})
    found: dict[str, dict[str, Traits]] = {}
    for number, record_id in pairs:
        if record_id in kept:
            found.setdefault(ids[number], {})[record_id] = kept[record_id]
    return found


def _kept_traits(connection: Connection, record_ids: Collection[str]) -> dict[str, Traits]:
    if not record_ids:
        return {}
    known = select(likeness_record.c.record_id, likeness_record.c.traits)
    rows = connection.execute(known.where(is_among(likeness_record.c.record_id, record_ids)))
    return {record_id: _traits(found) for record_id, found in rows.all()}


def keep_traits(connection: Connection, kind: Kind, records: Mapping[str, Traits]) -> None:
    """Keep what records are compared by, in the transaction that changes them; what is as before costs one read."""
    wanted = {record_id: _document(record) for record_id, record in records.items()}
    before = select(likeness_record.c.record_id, likeness_record.c.traits)
    known = connection.execute(before.where(is_among(likeness_record.c.record_id, wanted))).all()
    kept = {row.record_id: row.traits for row in known}
    changed = [record_id for record_id in sorted(wanted) if kept.get(record_id) != wanted[record_id]]
    if not changed:
        return
    again = {record_id: wanted[record_id] for record_id in changed if record_id in kept}
    if again:
        statement = upsert(likeness_record)
        same = {"traits": statement.excluded.traits}
        rows = [{"record_id": record_id, "kind": kind, "traits": told} for record_id, told in again.items()]
        connection.execute(statement.on_conflict_do_update(index_elements=["record_id"], set_=same), rows)
        connection.execute(delete(likeness_key).where(likeness_key.c.record_id.in_(again)))
        insert_rows(connection, likeness_key, _key_rows(kind, {record_id: records[record_id] for record_id in again}))
    for table, rows in rows_of_new(kind, {key: records[key] for key in changed if key not in kept}):
        insert_rows(connection, table, rows)


def rows_of_new(kind: Kind, records: Mapping[str, Traits]) -> Iterator[tuple[Table, list[dict[str, Any]]]]:
    """Yield the rows of what new records are compared by, by table."""
    yield (
        likeness_record,
        [{"record_id": key, "kind": kind, "traits": _document(record)} for key, record in records.items()],
    )
    yield likeness_key, _key_rows(kind, records)


def _key_rows(kind: Kind, records: Mapping[str, Traits]) -> list[dict[str, Any]]:
    """Return the keys in their own order, in which an index takes them in fastest."""
    keys = sorted((key, record_id) for record_id, record in records.items() for key in blocking_keys(record))
    return [{"kind": kind, "key": key, "record_id": record_id} for key, record_id in keys]


def forget_traits(connection: Connection, record_ids: Sequence[str]) -> None:
    """Compare these records with nothing any more, because they are withdrawn or folded into others."""
    for table in (likeness_key, likeness_record):
        connection.execute(delete(table).where(table.c.record_id.in_(record_ids)))


def pairs_among(
    connection: Connection, kind: Kind, own_ids: Sequence[str], *, least: float = WORTH_A_LOOK
) -> list[tuple[str, str, Likeness]]:
    """Return the pairs with at least one of the given records in them, the likeliest first, the smaller id first."""
    pairs = _pairs_with_a_key_in_common(connection, kind, own_ids)
    kept = _kept_traits(connection, {record_id for pair in pairs for record_id in pair})
    known = [pair for pair in pairs if pair[0] in kept and pair[1] in kept]
    scored = ((one, other, likeness_from(kept[one], kept[other], least)) for one, other in known)
    found = [(one, other, alike) for one, other, alike in scored if alike is not None]
    return sorted(found, key=lambda pair: (-pair[2].score, pair[:2]))


def _pairs_with_a_key_in_common(connection: Connection, kind: Kind, own_ids: Sequence[str]) -> list[tuple[str, str]]:
    asked = {"kind": kind, "own_ids": list(own_ids), "most": _MOST_WITH_ONE_KEY}
    return [(str(one), str(other)) for one, other in connection.execute(_PAIRS, asked)]


def _document(record: Traits) -> dict[str, Any]:
    return {name: _plain(value) for name, value in vars(record).items() if value}


def _plain(value: Any) -> Any:
    """Return a set as a sorted list, so that the same traits are the same document."""
    if not isinstance(value, frozenset):
        return value
    return sorted(list(each) if isinstance(each, tuple) else each for each in value)


def _traits(document: Mapping[str, Any]) -> Traits:
    given: dict[str, Any] = {"names": [], **document}
    return Traits(**{name: _frozen(value) for name, value in given.items()})


def _frozen(value: Any) -> Any:
    if not isinstance(value, list):
        return value
    return frozenset(tuple(each) if isinstance(each, list) else each for each in value)
