"""Finds the brackets of a JSON text before anything parses it, and so how deep the text is nested."""

from __future__ import annotations

import re

# Up to the next bracket outside of strings. What it steps over it never comes back to, so it takes no memory.
TO_BRACKET = re.compile(
    rb'[^"\[\]{}]*+(?:"[^"\\]*+(?:\\.[^"\\]*+)*+"[^"\[\]{}]*+)*+([\[\]{}])',
    re.DOTALL,
)
OPENING = (b"[", b"{")


def is_nested_deeper(text: bytes, limit: int) -> bool:
    """Say whether a text has more than ``limit`` lists and objects within each other, as far as it is JSON."""
    if sum(map(text.count, OPENING)) <= limit:
        return False
    depth = end = 0
    while depth <= limit and (found := TO_BRACKET.match(text, end)):
        depth += 1 if found[1] in OPENING else -1
        end = found.end()
    return depth > limit
