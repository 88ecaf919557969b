"""Finds words in columns that no index holds, spelled as ``domain/spelling.py`` spells them; for short lists alone."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, and_, func, literal, literal_column, or_

from services.directory.domain.spelling import WAYS_OF_WRITING, spellings

MOST_WORDS = 10
_TAKEN_APART: ColumnElement[Any] = literal_column("NFKD")
# What is left of a letter's marks once it was taken apart.
_MARKS = "[\u0300-\u036f]"


def has_words(text: str, *columns: ColumnElement[Any], spelled: ColumnElement[Any]) -> ColumnElement[bool]:
    """Return the condition that each word begins one of a column, or of the ``spelled`` one, kept in plain letters."""
    read = [_written(column, letters) for column in columns for letters in WAYS_OF_WRITING] + [spelled]
    words = spellings(text)[:MOST_WORDS]
    # Nothing but signs are words that nobody has.
    found = [or_(*(each.op("~")(rf"\m{one}") for one in word for each in read)) for word in words]
    return and_(*found) if found else literal(False)


def _written(column: ColumnElement[Any], letters: dict[str, str]) -> ColumnElement[Any]:
    """Return what the column says in plain letters, as a word of a query is written."""
    single = {letter: plain for letter, plain in letters.items() if len(plain) == 1}
    said: ColumnElement[Any] = func.lower(func.normalize(func.coalesce(column, "")))
    said = func.translate(said, "".join(single), "".join(single.values()))
    for letter, plain in letters.items():
        if len(plain) != 1:
            said = func.replace(said, letter, plain)
    return func.regexp_replace(func.normalize(said, _TAKEN_APART), _MARKS, "", "g")
