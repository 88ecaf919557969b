"""The feed of published events over HTTP, for services that cannot read the log or lost it."""

from __future__ import annotations

from chassis.events.feed import read_feed
from services.referral.entrypoints.api.edge import Answer, container, headers_of


def list_events(after: int = 0, limit: int = 100) -> Answer:
    """Return a page of events in the order of publishing."""
    with container().engine.connect() as connection:
        return read_feed(connection, after=after, limit=limit), 200, headers_of()
