"""Builds each API without a database behind it: guards look at doors, not at rooms."""

from __future__ import annotations

import base64
import importlib
import os
from functools import cache
from typing import Any
from unittest.mock import patch

from tests.architecture.sources import STATEFUL

# Port 9 answers nobody: a guard that reaches further than the door fails.
NOWHERE = "http://127.0.0.1:9"
_KEY = base64.b64encode(bytes(range(32))).decode()
_ENVIRONMENT = {
    "ISSUER": NOWHERE,
    "DATABASE_URL": "postgresql+psycopg://nobody@127.0.0.1:9/nothing",
    "KEY_ENCRYPTION_KEYS": f"k1:{_KEY}",
    "PORTAL_URL": NOWHERE,
    "CLIENT_ID": "guard",
    "CLIENT_SECRET": "guard-secret-guard-secret-guard-secret",
    "SMTP_HOST": "127.0.0.1",
    "SMTP_PORT": "9",
    "SMTP_FROM": "lidhja@example.org",
    **{f"{service.upper()}_URL": NOWHERE for service in STATEFUL},
}


@cache
def api_of(service: str) -> Any:
    """The Connexion application of a service with an API."""
    with patch.dict(os.environ, _ENVIRONMENT):
        if service == "identity":
            # Its application object writes the first signing key when it is built; its parts do not.
            asgi = importlib.import_module("services.identity.entrypoints.asgi")
            settings = asgi.IdentitySettings.from_environment(_ENVIRONMENT)
            return asgi.create_app(asgi.build_container(settings))
        return importlib.import_module(f"services.{service}.entrypoints.asgi").app
