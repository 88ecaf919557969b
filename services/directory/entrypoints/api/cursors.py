"""Writes and reads the cursors of lists: the moment or the score that puts a page's last entry where it is, and ids."""

from __future__ import annotations

import base64
import binascii
import uuid
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, TypeVar

from chassis.clock import from_rfc3339
from chassis.problems import INVALID_REQUEST, Problem

_Entry = TypeVar("_Entry")


def page_of(
    found: Sequence[_Entry],
    limit: int,
    *,
    view: Callable[[_Entry], Any],
    place: Callable[[_Entry], tuple[datetime, str]],
) -> dict[str, Any]:
    """Return a page as lists answer it, ``found`` being one entry more than ``limit`` where others follow.

    ``place`` is what an entry stands by in the list: a moment and its id.
    """
    following = None
    if len(found) > limit:
        moment, entry_id = place(found[limit - 1])
        following = _written(moment.isoformat(), entry_id)
    return {"items": [view(entry) for entry in found[:limit]], "next_cursor": following}


def read_cursor(cursor: str | None) -> tuple[datetime, str] | None:
    """Return the moment and the id of the last entry; raise a problem for what no list has given."""
    if cursor is None:
        return None
    try:
        moment, entry_id = _parts(cursor)
        return from_rfc3339(moment), str(uuid.UUID(entry_id))
    except (ValueError, binascii.Error):
        raise unfit_cursor() from None


def write_pair_cursor(score: float, ids: tuple[str, str]) -> str:
    """Return the cursor of the page that follows this pair."""
    return _written(repr(score), *ids)


def read_pair_cursor(cursor: str | None) -> tuple[float, tuple[str, str]] | None:
    """Return the score and the ids of the last pair; raise a problem for what no list has given."""
    if cursor is None:
        return None
    try:
        score, one, other = _parts(cursor)
        if not 0 <= float(score) <= 1:
            raise unfit_cursor()
        return float(score), (str(uuid.UUID(one)), str(uuid.UUID(other)))
    except (ValueError, binascii.Error):
        raise unfit_cursor() from None


def _written(*parts: str) -> str:
    return base64.urlsafe_b64encode("|".join(parts).encode()).decode()


def _parts(cursor: str) -> list[str]:
    return base64.urlsafe_b64decode(cursor.encode()).decode().split("|")


def unfit_cursor() -> Problem:
    """Return the refusal of a cursor that was not given by the list."""
    errors = [{"parameter": "cursor", "in": "query", "detail": "must be next_cursor as it was given"}]
    return Problem(INVALID_REQUEST, "Pass next_cursor as it was given.", errors=errors)
