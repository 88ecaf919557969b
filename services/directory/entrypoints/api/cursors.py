"""Writes and reads the cursors of lists in order of time: the moment and the id of a page's last entry."""

from __future__ import annotations

import base64
import binascii
import uuid
from datetime import datetime

from chassis.clock import from_rfc3339
from chassis.problems import INVALID_REQUEST, Problem


def write_cursor(moment: datetime, entry_id: str) -> str:
    """Return the cursor of the page that follows this entry."""
    return base64.urlsafe_b64encode(f"{moment.isoformat()}|{entry_id}".encode()).decode()


def read_cursor(cursor: str | None) -> tuple[datetime, str] | None:
    """Return the moment and the id of the last entry; raise a problem for what no list has given."""
    if cursor is None:
        return None
    try:
        moment, _, entry_id = base64.urlsafe_b64decode(cursor.encode()).decode().partition("|")
        return from_rfc3339(moment), str(uuid.UUID(entry_id))
    except (ValueError, binascii.Error, OverflowError):
        raise unfit_cursor() from None


def unfit_cursor() -> Problem:
    """Return the refusal of a cursor that was not given by the list."""
    errors = [{"parameter": "cursor", "in": "query", "detail": "must be next_cursor as it was given"}]
    return Problem(INVALID_REQUEST, "Pass next_cursor as it was given.", errors=errors)
