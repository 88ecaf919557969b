"""Gives a JSON document the form in which the database gives it back, without asking the database."""

from __future__ import annotations

import math
from decimal import Decimal
from functools import lru_cache
from typing import Any

import orjson

# From here on numbers are written with an exponent, which PostgreSQL writes out in full.
_WRITTEN_OUT = 1e16
# What is read as a whole number; whatever is beyond is read as a float.
_LEAST_WHOLE, _LARGEST_WHOLE = -(2**63), 2**64 - 1


def as_kept(value: Any) -> Any:
    """Return what a ``jsonb`` column holds once the value is written there and read again.

    The order of names is PostgreSQL's own, so that a text made of it is the same before and after; a text that differed
    would be told as a change.
    """
    if isinstance(value, str):
        return value
    if isinstance(value, dict):
        return {
            name: part if isinstance(part := value[name], str) else as_kept(part) for name in _in_order(tuple(value))
        }
    if isinstance(value, list | tuple):
        return [as_kept(part) for part in value]
    if isinstance(value, float):
        return _number(value)
    if isinstance(value, int) and not _LEAST_WHOLE <= value <= _LARGEST_WHOLE:
        return orjson.loads(str(value))
    return value


@lru_cache(maxsize=2_000)
def _in_order(names: tuple[str, ...]) -> tuple[str, ...]:
    """Return names in PostgreSQL's order: the shorter ones first, in bytes."""
    return tuple(sorted(names, key=lambda name: (len(encoded := name.encode()), encoded)))


def _number(value: float) -> Any:
    if not math.isfinite(value):
        return None
    # Zero has no sign there.
    return orjson.loads(format(Decimal(repr(value)), "f")) if abs(value) >= _WRITTEN_OUT else value + 0.0
