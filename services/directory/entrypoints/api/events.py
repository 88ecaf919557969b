"""The feed of published events, for services that must catch up."""

from __future__ import annotations

from typing import Any

import flask

from chassis.connexion_app import container
from chassis.events.feed import read_feed


def list_events(*, after: int, limit: int) -> Any:
    """Return a page of events after the given number."""
    with container().engine.connect() as connection:
        return flask.jsonify(read_feed(connection, after=after, limit=limit))
