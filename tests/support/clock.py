"""Moments that tests share."""

from __future__ import annotations

from datetime import UTC, datetime

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
