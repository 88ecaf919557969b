"""Asks whether services have room: by a number of free places that was said lately, for an older one tells nothing.

What follows from time is judged when it is asked, so that a number grows old without anybody writing it down.
"""

from __future__ import annotations

from datetime import datetime

from services.directory.adapters.sql import Sql, sql
from services.directory.domain.closing import ACTIVE

_IS_KNOWN = "coalesce(search_entry.capacity_said_at >= %(said_since)s::timestamptz, false)"


def has_room(said_since: datetime) -> Sql:
    """Return the condition that a service is known to have a free place, and is not closed.

    ``said_since`` is the moment since which the number must have been said. Whether its organization can be referred
    to in the network is not asked: whoever telephones needs no network.
    """
    is_free = f"search_entry.service_status = '{ACTIVE}' AND coalesce(search_entry.capacity_available > 0, false)"
    return sql(f"({is_free} AND {_IS_KNOWN})", said_since=said_since)


def by_room(said_since: datetime) -> list[Sql]:
    """Return the order by room: known to be free, most places first, then what nobody knows, last the full and closed.

    Full is what was said to be full, however long ago, as in matching.
    """
    free = has_room(said_since)
    is_shut = f"search_entry.capacity_available = 0 OR search_entry.service_status <> '{ACTIVE}'"
    number = sql(f"CASE WHEN {_IS_KNOWN} THEN search_entry.capacity_available END", said_since=said_since)
    return [
        Sql(f"CASE WHEN {free.text} THEN 0 WHEN {is_shut} THEN 2 ELSE 1 END", free.values),
        Sql(f"{number.text} DESC NULLS LAST", number.values),
    ]
