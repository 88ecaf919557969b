"""Forgets words of the index that nothing public has any more: no correction tells of what was withdrawn or hidden."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import OperationalError

from chassis.clock import Clock

_SHARES = 120
_SECONDS = 30
_PATIENCE = "200ms"

# A word is used by a public entry, or it is one of a place. The cast reads it as it stands, whatever signs are in it.
_UNUSED = """
    SELECT kept.word FROM search_word AS kept
    WHERE {which}
      AND kept.word NOT IN (SELECT unnest(spellings) FROM municipality)
      AND NOT EXISTS (
        SELECT FROM search_entry
        WHERE tier = 'public'
          AND document @@ ('''' || replace(replace(kept.word, '\\', '\\\\'), '''', '''''') || '''')::tsquery
      )
"""
_OF_THE_SHARE = _UNUSED.format(which="mod(abs(hashtext(kept.word)::bigint), :shares) = :share")
_OF_THESE = _UNUSED.format(which="kept.word = ANY(:words)")


def forget_unused_words(engine: Engine, clock: Clock) -> int:
    """Look through the share of the words whose turn it is, and return how many were forgotten; all within the hour."""
    share = int(clock.now().timestamp() // _SECONDS) % _SHARES
    with engine.connect() as connection:
        words = connection.scalars(text(_OF_THE_SHARE), {"shares": _SHARES, "share": share}).all()
    return forget_words(engine, words) if words else 0


def forget_words(engine: Engine, words: Sequence[str]) -> int:
    """Forget those of the words that nothing public has, unless somebody is writing; then it is for the next time.

    Whoever indexes a listing has looked into the table of words and holds it so until the end: once it is ours alone,
    no word that was found there is being relied on.
    """
    try:
        with engine.begin() as connection:
            _have_alone(connection)
            unused = connection.scalars(text(_OF_THESE), {"words": list(words)}).all()
            gone = connection.execute(text("DELETE FROM search_word WHERE word = ANY(:words)"), {"words": list(unused)})
            return int(gone.rowcount)
    except OperationalError:
        return 0


def _have_alone(connection: Connection) -> None:
    connection.execute(text(f"SET LOCAL lock_timeout = '{_PATIENCE}'"))
    connection.execute(text("LOCK TABLE search_word IN ACCESS EXCLUSIVE MODE"))
