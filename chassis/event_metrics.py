"""Measures what lies in a service's outbox and among its dead letters, when the metrics are read."""

from __future__ import annotations

from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError

from chassis.logs import get_logger
from chassis.metrics import OLDEST_UNSENT_SECONDS, PARKED_EVENTS

_OLDEST = text(
    "SELECT coalesce(extract(epoch FROM clock_timestamp() - min(time)), 0) FROM outbox WHERE published_number IS NULL"
)
_PARKED = text("SELECT count(*) FROM dead_letter")
_logger = get_logger(__name__)


def observe_events(engine: Engine, service: str) -> None:
    """Set the gauges; with the database away they keep their last value and the readiness probe tells."""
    try:
        with engine.connect() as connection:
            OLDEST_UNSENT_SECONDS.labels(service).set(float(connection.scalar(_OLDEST) or 0))
            PARKED_EVENTS.labels(service).set(float(connection.scalar(_PARKED) or 0))
    except DBAPIError as fault:
        _logger.warning("event gauges not measured", extra={"fields": {"error": type(fault).__name__}})
