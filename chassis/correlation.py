"""Carries the correlation id of a request or event through everything it causes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from chassis.ids import new_id

HEADER = "X-Correlation-Id"
_WELL_FORMED = re.compile(r"[A-Za-z0-9-]{8,64}\Z")
_current: ContextVar[str | None] = ContextVar("correlation_id", default=None)


def current_correlation_id() -> str | None:
    """Return the correlation id in force, or None outside a request or event."""
    return _current.get()


@contextmanager
def correlation(candidate: str | None) -> Iterator[str]:
    """Put a correlation id in force for the block; an ill-formed or absent candidate is replaced by a fresh id."""
    chosen = candidate if candidate and _WELL_FORMED.match(candidate) else new_id()
    token = _current.set(chosen)
    try:
        yield chosen
    finally:
        _current.reset(token)
