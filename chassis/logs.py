"""Writes log lines as JSON with an allow-list of fields, so that no personal data can slip in."""

from __future__ import annotations

import json
import logging
import sys
import traceback
from datetime import UTC, datetime
from typing import Any

from chassis.correlation import current_correlation_id

ALLOWED_FIELDS = frozenset(
    {
        "action", "agency_id", "attempt", "attempts", "channel", "client_id", "consumer", "count", "delay_seconds",
        "duration_ms", "engine", "error", "event_id", "event_type", "group", "key", "method", "offset", "operation",
        "partition", "port", "problem", "producer", "reason", "role", "route", "status", "subject_id", "topic",
        "version",
    }
)  # fmt: skip


class JsonFormatter(logging.Formatter):
    """One JSON object per line; of an exception only its class and the places it passed, never its text."""

    def __init__(self, service: str) -> None:
        super().__init__()
        self._service = service

    def format(self, record: logging.LogRecord) -> str:
        """Return the line; fields outside the allow-list are dropped and counted under ``dropped_fields``."""
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat().replace("+00:00", "Z"),
            "level": record.levelname.lower(),
            "service": self._service,
            "logger": record.name,
            # The arguments are left out on purpose: a library may format a value of a person into its message.
            "message": str(record.msg),
        }
        correlation_id = current_correlation_id()
        if correlation_id:
            line["correlation_id"] = correlation_id
        given = getattr(record, "fields", {})
        line = {name: value for name, value in given.items() if name in ALLOWED_FIELDS} | line
        dropped = sum(1 for name in given if name not in ALLOWED_FIELDS)
        if dropped:
            line["dropped_fields"] = dropped
        if record.exc_info and record.exc_info[0] is not None:
            line["exception"] = record.exc_info[0].__name__
            line["places"] = _places(record.exc_info[2])
        return json.dumps(line, ensure_ascii=False, default=str)


def _places(trace: Any) -> list[str]:
    frames = traceback.extract_tb(trace)[-12:]
    return [f"{frame.filename.rsplit('/', 1)[-1]}:{frame.lineno}:{frame.name}" for frame in frames]


def configure_logging(service: str, level: str = "INFO") -> None:
    """Send every log line of this process to standard error as JSON; call once at start."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonFormatter(service))
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level)
    # Connexion writes rejected values and whole validation errors into its log lines.
    logging.getLogger("connexion").setLevel(logging.CRITICAL)
    for chatty in ("httpx", "httpcore", "kafka", "asyncio"):
        logging.getLogger(chatty).setLevel(logging.WARNING)


def get_logger(name: str) -> logging.Logger:
    """Return the logger for a module; pass fields as ``extra={"fields": {...}}`` with allow-listed names."""
    return logging.getLogger(name)
