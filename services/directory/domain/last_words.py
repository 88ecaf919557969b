"""Knows what a file said of a record the last time: where it says the same again, what was written since then stays."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from functools import reduce
from hashlib import blake2b
from typing import Any, Generic, TypeVar

from services.directory.domain.imports import Fault
from services.directory.domain.listing import ListingContent
from services.directory.domain.organization import Organization

Content = TypeVar("Content", ListingContent, Organization)
Words = Mapping[str, str]
# By the field of a listing, which columns of a row say it.
SAID_IN_ROW: Mapping[str, tuple[str, ...]] = {
    **{
        name: (name,)
        for name in (
            "name", "alternate_name", "description", "languages", "serves", "phone", "email", "url", "schedule",
            "application_process", "fees_description", "wait_time", "alert", "accepts_referrals", "accessibility",
        )
    },
    **{f"eligibility.{name}": (name,) for name in ("minimum_age", "maximum_age", "sex")},
    "eligibility.description": ("eligibility",),
    "taxonomy_terms": ("terms",),
    "always_open": ("schedule",),
    "location": ("place", "municipality", "address_1", "postal_code", "latitude", "longitude"),
    "tier": ("tier", "named_agencies"),
    "named_agencies": ("tier", "named_agencies"),
}  # fmt: skip
_COLUMNS = frozenset(column for columns in SAID_IN_ROW.values() for column in columns)


@dataclass(frozen=True)
class Said(Generic[Content]):
    """What comes of a record's words beside what is here already.

    ``stays`` names what the file only says again while something else stands here, which therefore stays.
    """

    content: Content
    words: Words
    stays: tuple[str, ...] = ()

    @property
    def remarks(self) -> tuple[Fault, ...]:
        """What the report says of what stays."""
        return tuple(Fault(name, "corrected_since") for name in self.stays)


def word_of(value: Any) -> str:
    """Return what tells one value from another, without saying it: one may be the address of a shelter.

    Whoever guesses a value can see that he was right, so that words go where the values may go and nowhere else.
    """
    text = json.dumps(value, sort_keys=True, default=str)
    return b64encode(blake2b(text.encode(), digest_size=9).digest()).decode()


def property_of(word: str) -> str:
    """Return the property of a document, or the column, that a word comes of."""
    return word.partition(".")[0]


def words_of_row(row: Mapping[str, str]) -> Words:
    """Return a row's words by column; an empty cell is a word, for it empties what was."""
    return {column: word_of(row[column]) for column in row.keys() & _COLUMNS}


def settled(
    content: Content,
    before: Content,
    words: Words,
    last: Words,
    *,
    said_by: Mapping[str, tuple[str, ...]],
    repeated: Collection[str] = (),
) -> Said[Content]:
    """Return the content with everything as it was that the file does not say anew.

    That is what it said the ``last`` time, what it has never spoken of, and what is ``repeated`` from our own telling.
    """

    def is_same(name: str) -> bool:
        return name in repeated or words.get(name) == last.get(name)

    after = _as_before(content, before, is_same, said_by)
    stays = [
        property_of(told[0])
        for field, names in said_by.items()
        if _value(after, field) != _value(content, field)
        and (told := [name for name in names if name in words and name not in repeated])
    ]
    stays += [
        name
        for name in words.keys() - repeated
        if after.hsds.get(name) != content.hsds.get(name) and words[name] == last.get(name)
    ]
    return Said(after, words, tuple(sorted(set(stays))))


def _as_before(
    content: Content, before: Content, is_same: Callable[[str], bool], said_by: Mapping[str, tuple[str, ...]]
) -> Content:
    same = [field for field, names in said_by.items() if all(map(is_same, names))]
    fields: dict[str, Any] = {field: _value(before, field) for field in same if "." not in field}
    of_whom = {field.partition(".")[2]: _value(before, field) for field in same if "." in field}
    if of_whom and isinstance(content, ListingContent):
        fields["eligibility"] = replace(content.eligibility, **of_whom)
    new = {name: value for name, value in content.hsds.items() if not is_same(name)}
    kept = {name: value for name, value in before.hsds.items() if is_same(name)}
    return replace(content, **fields, hsds={**kept, **new})


def _value(content: Any, field: str) -> Any:
    return reduce(getattr, field.split("."), content)
