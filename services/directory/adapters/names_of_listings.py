"""Finds an agency's listings by words of their names, or of their organizations', with an index over the former."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Connection, Text, and_, any_, cast, false, literal, or_, select
from sqlalchemy.dialects.postgresql import ARRAY, TSQUERY

from services.directory.adapters.bulk_rows import as_array
from services.directory.adapters.tables import listing, organization
from services.directory.domain.lexicon import Word
from services.directory.domain.listing import ListingContent
from services.directory.domain.spelling import plain_words, spellings

MOST_WORDS = 10
_NAMES = ("name", "alternate_name")


def name_words(content: ListingContent) -> str:
    """Return the text of the vector that holds the words of a listing's names in all languages."""
    translated = [entry.text for entry in content.translations if entry.field in _NAMES]
    words = plain_words(" ".join([content.name, content.alternate_name or "", *translated]))
    # Words are letters and digits alone, so that none has to be escaped.
    return " ".join(f"'{word}'" for word in dict.fromkeys(words))


def are_called(connection: Connection, search: str, is_kept: ColumnElement[bool]) -> ColumnElement[bool]:
    """Return the condition that each word begins one of a listing's names, or of its organization's.

    Of the organizations, those that the caller keeps are looked through one by one: they are few beside the listings.
    """
    words = spellings(search)[:MOST_WORDS]
    if not words:
        # Nothing but signs are words that nobody has.
        return false()
    owners = _owners_called(connection, words, is_kept)
    return and_(*(_has(word, of) for word, of in zip(words, owners, strict=True)))


def _owners_called(connection: Connection, words: Sequence[Word], is_kept: ColumnElement[bool]) -> list[Sequence[str]]:
    """Return for each word the organizations that are called so."""
    begins = [or_(*(organization.c.spellings.regexp_match(rf"\m{spelling}") for spelling in word)) for word in words]
    rows = connection.execute(select(organization.c.id, *begins).where(is_kept, or_(*begins))).all()
    return [[row[0] for row in rows if row[place]] for place in range(1, len(words) + 1)]


def _has(word: Word, owners: Sequence[str]) -> ColumnElement[bool]:
    asked = cast(" | ".join(f"'{spelling}':*" for spelling in word), TSQUERY)
    is_called_so = listing.c.name_words.bool_op("@@")(asked)
    return or_(is_called_so, _is_of(owners)) if owners else is_called_so


def _is_of(owners: Sequence[str]) -> ColumnElement[bool]:
    """Return the condition as one that the index of the organizations can answer."""
    column = listing.c.organization_id
    return column == any_(cast(literal(as_array(owners), Text), ARRAY(column.type)))
