"""Handles the feed of published events."""

from __future__ import annotations

from chassis.events.feed import read_feed
from services.identity.entrypoints.api.answers import Answer, answer
from services.identity.entrypoints.request_transaction import container_of_request


def list_events(after: int = 0, limit: int = 200) -> Answer:
    """Return a page of the feed."""
    with container_of_request().engine.connect() as connection:
        return answer(read_feed(connection, after=after, limit=limit))
