"""Says what this API is, as HSDS asks of the root."""

from __future__ import annotations

from typing import Any

import flask

VERSION = "3.0"
PROFILE = "https://docs.openreferral.org/en/v3.0/hsds/overview.html"


def get_api_details() -> Any:
    """Return version, profile and where this API is described."""
    return flask.jsonify(
        {"version": VERSION, "profile": PROFILE, "openapi_url": flask.request.url_root.rstrip("/") + "/openapi.json"}
    )
