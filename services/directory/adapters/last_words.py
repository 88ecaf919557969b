"""Keeps of each record what a file of an agency said of it the last time, as words that only tell values apart."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from sqlalchemy import Connection, select
from sqlalchemy.dialects.postgresql import insert

from services.directory.adapters.bulk_rows import insert_rows, is_among
from services.directory.adapters.import_tables import last_word

Key = tuple[str, str]


def last_words(connection: Connection, agency_id: str, ids: Collection[str]) -> dict[Key, Mapping[str, str]]:
    """Return the words of the agency's files about these records, by kind and id."""
    if not ids:
        return {}
    wanted = select(last_word).where(is_among(last_word.c.record_id, ids), last_word.c.agency_id == agency_id)
    return {(row.kind, row.record_id): row.words for row in connection.execute(wanted)}


def keep_last_words(
    connection: Connection, agency_id: str, words: Mapping[Key, Mapping[str, str]], *, known: Collection[Key]
) -> None:
    """Keep the words in place of those that are ``known``."""
    rows = {
        key: {"record_id": key[1], "agency_id": agency_id, "kind": key[0], "words": dict(said)}
        for key, said in words.items()
    }
    insert_rows(connection, last_word, [row for key, row in rows.items() if key not in known])
    changed = [row for key, row in rows.items() if key in known]
    if changed:
        statement = insert(last_word)
        same = {"words": statement.excluded.words}
        keys = [column.name for column in last_word.primary_key]
        connection.execute(statement.on_conflict_do_update(index_elements=keys, set_=same), changed)
