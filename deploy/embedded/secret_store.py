"""Makes the installation's secrets once and keeps them in one file that only its owner can read."""

from __future__ import annotations

import base64
import json
import os
import secrets
from pathlib import Path

DATABASES = ("lidhja_identity", "lidhja_directory", "lidhja_referral", "lidhja_notify", "lidhja_events")
CLIENTS = ("svc-directory", "svc-referral", "svc-notify", "portal")
KEY_RINGS = ("identity", "referral", "notify")


def _key() -> str:
    return base64.b64encode(secrets.token_bytes(32)).decode()


def _words() -> str:
    """Return a password that a person can type from a screen."""
    letters = "abcdefghjkmnpqrstuvwxyz23456789"
    return "-".join("".join(secrets.choice(letters) for _ in range(4)) for _ in range(4))


def load_secrets(state: Path) -> dict[str, str]:
    """Return all secrets by name, adding (and storing) those that are not there yet."""
    path = state / "secrets.json"
    kept: dict[str, str] = json.loads(path.read_text()) if path.exists() else {}
    made = {f"database:{name}": secrets.token_urlsafe(24) for name in DATABASES}
    made |= {f"client:{name}": secrets.token_urlsafe(32) for name in CLIENTS}
    made |= {f"keys:{name}": f"k1:{_key()}" for name in KEY_RINGS}
    made |= {"session": _key(), "demo:password": _words(), "demo:seed": secrets.token_urlsafe(32)}
    complete = made | kept
    if complete != kept:
        write_private(path, json.dumps(complete, indent=1))
    return complete


def write_private(path: Path, text: str) -> None:
    """Write a file in one step, readable by its owner alone from its first moment."""
    temporary = path.with_suffix(".new")
    temporary.unlink(missing_ok=True)
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)
