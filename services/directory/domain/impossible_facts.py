"""Finds in objects of HSDS what its types allow and no form here takes: it would be published and count as nothing."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Iterator, Mapping
from typing import Any, TypeGuard

from services.directory.domain.imports import Fault

# Feeds write 99 or 999 where there is no limit.
_OLDEST = 1000


def impossible_facts(kind: str, document: Mapping[str, Any]) -> Iterator[Fault]:
    """Yield what cannot be in one object, the parts within it left out; values of a wrong type are not looked at."""
    if isinstance(name := document.get("name"), str) and kind in ("service", "organization") and _shows_nothing(name):
        yield Fault("name", "missing")
    if kind == "service":
        yield from _impossible_ages(document)


def _impossible_ages(document: Mapping[str, Any]) -> Iterator[Fault]:
    low, high = document.get("minimum_age"), document.get("maximum_age")
    unfit = [
        column
        for column, age in (("minimum_age", low), ("maximum_age", high))
        if _is_number(age) and not 0 <= age <= _OLDEST
    ]
    yield from (Fault(column, "not_age") for column in unfit)
    if not unfit and _is_number(low) and _is_number(high) and math.floor(low) > math.floor(high):
        yield Fault("minimum_age", "does_not_fit", {"code": "ages_reversed"})


def _shows_nothing(text: str) -> bool:
    """Say whether a text is of nothing but blanks and signs that are not seen."""
    return all(unicodedata.category(letter)[0] in "CZ" for letter in text)


def _is_number(value: Any) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool)
