"""Makes JSON answers that say what they are and how long they may be kept."""

from __future__ import annotations

from typing import Any

Answer = tuple[dict[str, Any], int, dict[str, str]]


def answer(body: dict[str, Any], *, kept_seconds: int = 0) -> Answer:
    """Return a handler's answer; by default nobody may keep it."""
    cache = f"public, max-age={kept_seconds}" if kept_seconds else "no-store"
    # The type is named, for each operation declares two: its own and that of problems.
    return body, 200, {"Content-Type": "application/json", "Cache-Control": cache}
