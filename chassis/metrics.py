"""Counts and times what happens, under fixed names with labels that cannot hold personal data."""

from __future__ import annotations

from functools import lru_cache

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

REGISTRY = CollectorRegistry()

REQUESTS = Counter(
    "lidhja_http_requests_total",
    "HTTP requests answered",
    ["service", "method", "operation", "status"],
    registry=REGISTRY,
)
REQUEST_SECONDS = Histogram(
    "lidhja_http_request_seconds",
    "Time from the first byte of a request to the last of its answer",
    ["service", "operation"],
    registry=REGISTRY,
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5),
)
EVENTS_HANDLED = Counter(
    "lidhja_events_handled_total",
    "Events handled, by outcome",
    ["group", "event_type", "outcome"],
    registry=REGISTRY,
)
OLDEST_UNSENT_SECONDS = Gauge(
    "lidhja_outbox_oldest_unsent_seconds",
    "Age of the oldest event not yet published",
    ["service"],
    registry=REGISTRY,
)
PARKED_EVENTS = Gauge(
    "lidhja_events_parked", "Events that failed or wait behind one that failed", ["service"], registry=REGISTRY
)


def observe_request(service: str, method: str, operation: str, status: int, seconds: float) -> None:
    """Count one answered request under the operation's name, never its path."""
    requests, durations = _of_operation(service, method, operation, status)
    requests.inc()
    durations.observe(seconds)


@lru_cache(maxsize=4096)
def _of_operation(service: str, method: str, operation: str, status: int) -> tuple[Counter, Histogram]:
    """Return what counts these requests; to look it up by its labels takes longer than to count."""
    return REQUESTS.labels(service, method, operation, str(status)), REQUEST_SECONDS.labels(service, operation)


def exposition() -> bytes:
    """Return all metrics in the Prometheus text format."""
    return generate_latest(REGISTRY)
