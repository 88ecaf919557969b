"""Remembers which terms the unchanged records of a file name: told by themselves as well, they are no news."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from services.directory.domain.repeated_words import adds_nothing

# What is remembered is bounded, however many terms a file has; beyond that they are kept once.
MOST_REMEMBERED = 10_000
_KINDS = {"taxonomy_term": "taxonomy_term", "taxonomy_detail": "taxonomy"}


class TermsInFile:
    """Terms and taxonomies that were told within records of which nothing changed."""

    def __init__(self, most: int = MOST_REMEMBERED) -> None:
        self._most = most
        self._told: dict[tuple[str, str], Mapping[str, Any]] = {}

    def note(self, document: Mapping[str, Any]) -> None:
        """Remember what a record names, which changed nothing."""
        for kind, told in _terms_within(document):
            if len(self._told) < self._most:
                self._told.setdefault((kind, str(told.get("id")).lower()), told)

    def have(self, kind: str, document: Mapping[str, Any]) -> bool:
        """Say whether a term or taxonomy only says again what such records said."""
        return adds_nothing(document, self._told.get((kind, str(document.get("id")).lower()), {}))


def _terms_within(part: Any) -> Iterator[tuple[str, Mapping[str, Any]]]:
    if isinstance(part, Mapping):
        for name, value in part.items():
            if name in _KINDS and isinstance(value, Mapping):
                yield _KINDS[name], value
            if isinstance(value, Mapping | list):
                yield from _terms_within(value)
    elif isinstance(part, list):
        for value in part:
            yield from _terms_within(value)
