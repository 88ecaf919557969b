"""The tables of words: those of names of places, and those of the search index."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, ForeignKey, Index, Table, Text, text
from sqlalchemy.dialects.postgresql import ARRAY

from services.directory.adapters.tables import metadata

# The words of all names of a place, to find it by their beginning.
municipality_word = Table(
    "municipality_word",
    metadata,
    Column("word", Text, primary_key=True),
    Column("code", Text, ForeignKey("municipality.code"), primary_key=True),
    Column("is_foreign", Boolean, nullable=False, server_default=text("false")),
    Index("ix_municipality_word_beginning", "word", postgresql_ops={"word": "text_pattern_ops"}),
    Index("ix_municipality_word_code", "code"),
)

# The words of the index, to correct typing errors against.
search_word = Table(
    "search_word",
    metadata,
    Column("word", Text, primary_key=True),
    Column("trigrams", ARRAY(Text), nullable=False),
    Index("ix_search_word_trigrams", "trigrams", postgresql_using="gin"),
    Index("ix_search_word_beginning", "word", postgresql_ops={"word": "text_pattern_ops"}),
)
