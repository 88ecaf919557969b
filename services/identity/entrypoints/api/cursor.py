"""Reads the cursor of a paged list: the id of the last entry seen."""

from __future__ import annotations

import uuid

from chassis.problems import INVALID_REQUEST, Problem


def read_cursor(cursor: str | None) -> str | None:
    """Return the id in a cursor; a cursor that is none of ours answers 400."""
    if cursor is None:
        return None
    try:
        return str(uuid.UUID(cursor))
    except ValueError:
        errors = [{"parameter": "cursor", "in": "query", "detail": "is not a cursor of this list"}]
        raise Problem(INVALID_REQUEST, "Send next_cursor as it was given.", errors=errors) from None
