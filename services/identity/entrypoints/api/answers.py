"""Makes answers that say how long they may be kept."""

from __future__ import annotations

from typing import Any

Answer = tuple[dict[str, Any], int, dict[str, str]]


def answer(body: dict[str, Any], *, kept_seconds: int = 0) -> Answer:
    """Return a handler's answer; by default nobody may keep it."""
    cache = f"public, max-age={kept_seconds}" if kept_seconds else "no-store"
    return body, 200, {"Cache-Control": cache}
