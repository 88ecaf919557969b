"""Handles the feed of published events."""

from __future__ import annotations

from typing import Any

from chassis.connexion_app import container
from chassis.events.feed import read_feed


def list_events(after: int = 0, limit: int = 200) -> dict[str, Any]:
    """Return a page of the feed."""
    with container().engine.connect() as connection:
        return read_feed(connection, after=after, limit=limit)
