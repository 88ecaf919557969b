"""The feed of published events: the outbox read by number, for whoever cannot read the log or lost it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, select

from chassis.outbox.table import event_of_row, outbox

MAXIMUM_PAGE = 500


def read_feed(connection: Connection, *, after: int, limit: int) -> dict[str, Any]:
    """A page of events published after the given number, as structured CloudEvents in order.

    `next` is what to pass as `after` the next time; an empty page repeats the number given. Numbers have
    no gaps and never appear late, so a reader that keeps `next` misses nothing.
    """
    rows = connection.execute(
        select(outbox)
        .where(outbox.c.published_number > after)
        .order_by(outbox.c.published_number)
        .limit(max(1, min(limit, MAXIMUM_PAGE)))
    ).all()
    return {
        "events": [event_of_row(row).to_structured() for row in rows],
        "next": rows[-1].published_number if rows else after,
    }
