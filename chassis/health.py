"""Says whether a process lives and whether it can serve."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import flask

from chassis.logs import get_logger

_logger = get_logger(__name__)


def add_routes(app: flask.Flask, checks: Mapping[str, Callable[[], None]]) -> None:
    """Add ``/health/live`` and ``/health/ready``; a readiness check fails by raising."""

    def live() -> tuple[dict[str, str], int]:
        return {"status": "live"}, 200

    def ready() -> tuple[dict[str, object], int]:
        failing = [name for name, check in checks.items() if not _passes(name, check)]
        if failing:
            return {"status": "not ready", "failing": failing}, 503
        return {"status": "ready"}, 200

    app.add_url_rule("/health/live", "live", live)
    app.add_url_rule("/health/ready", "ready", ready)


def _passes(name: str, check: Callable[[], None]) -> bool:
    try:
        check()
    except Exception as error:
        _logger.warning("readiness check failed", extra={"fields": {"reason": name, "error": type(error).__name__}})
        return False
    return True
