"""Finds new services of one file that may be one and the same, as long as the directory does not know of them yet."""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from collections.abc import Mapping, Sequence
from typing import Any

from services.directory.domain.likeness import WORTH_A_LOOK, Traits, blocking_keys, likeness_from

# What is remembered is bounded, however long the file is; those that are alike mostly stand close to each other.
MOST_REMEMBERED = 10_000
# A key that more records share tells nothing apart.
_MOST_WITH_ONE_KEY = 25
_MOST_COMPARED = 20
_MOST_NAMED = 5


class LikesInFile:
    """The latest new services of a file, by what they are compared by."""

    def __init__(self, *, is_skipping: bool, most: int = MOST_REMEMBERED) -> None:
        self._is_skipping = is_skipping
        self._most = most
        self._order: deque[str] = deque()
        self._records: dict[str, tuple[str, Traits, frozenset[str]]] = {}
        self._by_key: dict[str, list[str]] = defaultdict(list)

    def joined(
        self, known: Sequence[Mapping[str, Any]], listing_id: str, name: str, traits: Traits
    ) -> list[Mapping[str, Any]]:
        """Return the likes that are known with those in the file before; what is taken in is remembered itself."""
        keys = blocking_keys(traits)
        told = {found["id"] for found in known}
        likes = [*known, *(found for found in self._alike(listing_id, traits, keys) if found["id"] not in told)]
        if not (likes and self._is_skipping):
            self._remember(listing_id, name, traits, keys)
        return likes

    def _alike(self, listing_id: str, traits: Traits, keys: frozenset[str]) -> list[dict[str, Any]]:
        shared = Counter(
            found
            for key in keys
            if len(named := self._by_key.get(key, ())) <= _MOST_WITH_ONE_KEY
            for found in named
            if found != listing_id
        )
        compared = [other for other, _ in shared.most_common(_MOST_COMPARED)]
        scored = [(other, likeness_from(traits, self._records[other][1], WORTH_A_LOOK)) for other in compared]
        alike = sorted(((other, found) for other, found in scored if found), key=lambda pair: -pair[1].score)
        return [
            {
                "id": other,
                "name": self._records[other][0],
                "score": round(found.score, 2),
                "findings": [finding.code for finding in found.findings],
            }
            for other, found in alike[:_MOST_NAMED]
        ]

    def forget(self) -> None:
        """Begin anew: what was remembered has been written, so that the directory itself knows of it from now on."""
        self._order.clear()
        self._records.clear()
        self._by_key.clear()

    def _remember(self, listing_id: str, name: str, traits: Traits, keys: frozenset[str]) -> None:
        if listing_id in self._records:
            return
        if len(self._order) == self._most:
            self._forget(self._order.popleft())
        self._order.append(listing_id)
        self._records[listing_id] = (name, traits, keys)
        for key in keys:
            self._by_key[key].append(listing_id)

    def _forget(self, listing_id: str) -> None:
        for key in self._records.pop(listing_id)[2]:
            self._by_key[key].remove(listing_id)
            if not self._by_key[key]:
                del self._by_key[key]
