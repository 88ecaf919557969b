"""The words that entries have: which are known, and which of them a word with a typing error may mean."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, cast, func, select, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import Text

from services.directory.adapters.bulk_rows import as_json
from services.directory.adapters.sql import Sql, any_of, execute, sql
from services.directory.adapters.word_tables import search_word
from services.directory.domain.lexicon import Word
from services.directory.domain.spelling import may_be_corrected, may_mean, trigrams

_MOST_CORRECTIONS = 8
_MOST_COMPARED = 60
_MOST_CORRECTED = 4
# In the order given, and in one statement for all of them.
_NEW_WORDS = text(
    "INSERT INTO search_word (word, trigrams) SELECT word, trigrams"
    " FROM ROWS FROM (jsonb_to_recordset(CAST(:rows AS jsonb)) AS (word text, trigrams text[]))"
    " ON CONFLICT DO NOTHING"
)
_KNOWN = "SELECT word FROM search_word WHERE word = ANY(%(words)s::text[])"
# Those that share most three-letter pieces, and of them the shortest, first.
_SIMILAR = """
    SELECT word FROM search_word WHERE trigrams && %(pieces)s::text[]
    ORDER BY (SELECT count(*) FROM unnest(trigrams) AS piece WHERE piece = ANY(%(pieces)s::text[]))
             - 0.1 * length(word) DESC, word
    LIMIT %(most)s
"""


def keep_words(connection: Connection, words: Iterable[str]) -> None:
    """Add new words; sorted, so that two writers never wait for each other in a circle."""
    wanted = sorted({word for word in words if may_be_corrected(word)})
    if not wanted:
        return
    known = set(connection.scalars(select(search_word.c.word).where(search_word.c.word == func.any(_texts(wanted)))))
    rows = [{"word": word, "trigrams": trigrams(word)} for word in wanted if word not in known]
    if rows:
        connection.execute(_NEW_WORDS, {"rows": as_json(rows)})


def known_words(connection: Connection, words: Sequence[Word]) -> set[Word]:
    """Return those of the words that the index, or the list of places, has in whole."""
    asked = sorted({spelling for word in words for spelling in word})
    known = {row[0] for row in execute(connection, sql(_KNOWN, words=asked))} if asked else set()
    return {word for word in words if not known.isdisjoint(word)}


def begins_a_word(connection: Connection, word: Word) -> bool:
    """Say whether some word of the index begins like this one."""
    begun = any_of(
        sql(f"word LIKE %(begun_{number})s", **{f"begun_{number}": f"{spelling}%"})
        for number, spelling in enumerate(word)
    )
    found = execute(connection, Sql(f"SELECT FROM search_word WHERE {begun.text} LIMIT 1", begun.values))
    return found.first() is not None


def corrections(connection: Connection, word: Word) -> list[str]:
    """Return words of the index that are one likely typing error away."""
    return [
        candidate
        for spelling in word
        if may_be_corrected(spelling)
        for (candidate,) in execute(connection, sql(_SIMILAR, pieces=trigrams(spelling), most=_MOST_COMPARED))
        if may_mean(spelling, candidate)
    ][:_MOST_CORRECTIONS]


def corrections_of_unknown(connection: Connection, words: Sequence[Word]) -> dict[Word, list[str]]:
    """Return what those of the words may mean that begin no known word; of many words, the first few alone."""
    unknown = [word for word in dict.fromkeys(words) if not begins_a_word(connection, word)]
    return {word: corrections(connection, word) for word in unknown[:_MOST_CORRECTED]}


def _texts(words: Sequence[str]) -> Any:
    return cast(words, ARRAY(Text))
