"""Cuts a long JSON text into the objects that it lists, as it comes from disk, so that each is parsed by itself.

What is nested too deep is refused while it is counted: a parser would build it first, and some take the square of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import IO, Any

import orjson

from chassis.json_nesting import OPENING, TO_BRACKET, is_nested_deeper
from services.directory.domain.imports import FileRefused

LONGEST_RECORD = 16 * 1024 * 1024
DEEPEST = 40
_READ_BYTES = 64 * 1024
_BLANK = b" \t\r\n"
_TO_CONTENTS = re.compile(rb'(?<!\\)"contents"[ \t\r\n]*:[ \t\r\n]*\Z')


def parsed(text: bytes, place: str = "") -> Any:
    """Return what a JSON text says; raises FileRefused for what is none, saying where, and for what is too deep."""
    if is_nested_deeper(text, DEEPEST):
        raise FileRefused("nested_too_deep", limit=DEEPEST, place=place or "line 1")
    return _said(text, place)


def _said(text: bytes, place: str) -> Any:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError as error:
        found = place or f"line {error.lineno}, column {error.colno}"
        raise FileRefused("bad_json", place=found) from None


def listed(file: IO[bytes]) -> Iterator[tuple[str, Any]]:
    """Yield each entry of a list, or of the ``contents`` of a page, with its place; the file stands at the beginning.

    Raises FileRefused where it cannot be read on, and at the end for what is neither.
    """
    cut = _Cut(file)
    for text in cut.entries():
        yield cut.place, _said(text, cut.place)
    if not cut.number:
        raise FileRefused("not_hsds", place=cut.place)


class _Cut:
    """A text that is cut at its brackets; no more of it is in memory than the entry that is being read."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._text = b""
        self._begin = self._end = 0
        self.number = 0
        self._around: list[bytes] = []

    @property
    def place(self) -> str:
        """Where the entry stands that is being read, or was read last."""
        return f"contents {max(self.number, 1)}"

    def entries(self) -> Iterator[bytes]:
        """Yield the text of each entry; what stands around and between them is held against the rules as well."""
        depth, listing_at = 0, None
        while bracket := self._bracket():
            depth += 1 if bracket in OPENING else -1
            if depth > DEEPEST + (listing_at or 2):
                raise FileRefused("nested_too_deep", limit=DEEPEST, place=self.place)
            if listing_at is None:
                listing_at = self._listing_at(bracket, depth)
            elif bracket in OPENING and depth == listing_at + 1:
                self.number += 1
                self._check_between(self._taken(but_last=True), is_last=False)
            elif depth == listing_at and bracket not in OPENING:
                yield self._taken()
            elif depth < listing_at:
                self._check_between(self._taken(but_last=True), is_last=True)
                listing_at = None
        self._around.append(self._text[self._begin :])
        _said(b"".join(self._around), self.place)

    def _listing_at(self, bracket: bytes, depth: int) -> int | None:
        """Return the depth of the list that begins here, if one does; what is no entry is kept to be looked at."""
        around = self._taken()
        is_contents = depth == 2 and _TO_CONTENTS.search(around[:-1]) is not None
        self._around.append(around)
        if sum(map(len, self._around)) > LONGEST_RECORD:
            raise FileRefused("entry_too_long", place=self.place, limit=LONGEST_RECORD)
        return depth if bracket == b"[" and (is_contents or len(self._around) == 1) else None

    def _taken(self, *, but_last: bool = False) -> bytes:
        """Return what stands before the bracket found last, with it or without."""
        begin, self._begin = self._begin, self._end - but_last
        if self._begin - begin > LONGEST_RECORD:
            raise FileRefused("entry_too_long", place=self.place, limit=LONGEST_RECORD)
        return self._text[begin : self._begin]

    def _bracket(self) -> bytes:
        """Return the next bracket that is in no string, nothing at the end."""
        while not (found := TO_BRACKET.match(self._text, self._end)):
            kept = self._text[self._begin :]
            if len(kept) > LONGEST_RECORD:
                raise FileRefused("entry_too_long", place=self.place, limit=LONGEST_RECORD)
            # The longer it has become, the more is read at once: what is read is looked at again each time.
            more = self._file.read(max(_READ_BYTES, len(kept)))
            if not more:
                return b""
            self._text, self._end, self._begin = kept + more, self._end - self._begin, 0
        self._end = found.end()
        return found[1]

    def _check_between(self, text: bytes, *, is_last: bool) -> None:
        """Refuse anything but one comma between two entries, and none before the first and after the last."""
        is_first = self.number <= (0 if is_last else 1)
        if text.strip(_BLANK) == (b"" if is_first or is_last else b","):
            return
        # Numbers, say, are JSON, and no entries.
        before, after = b"" if is_first else b"{}", b"" if is_last else b"{}"
        _said(b"[" + before + text + after + b"]", self.place)
        raise FileRefused("not_hsds", place=self.place)
