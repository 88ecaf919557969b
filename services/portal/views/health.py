"""Answers whether the process lives; the portal keeps nothing, so it is ready as soon as it lives."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("health", __name__)


@blueprint.get("/health/live")
@blueprint.get("/health/ready")
def health() -> dict[str, str]:
    """Answer probes."""
    return {"status": "ok"}
