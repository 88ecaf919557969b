"""The agencies, accounts and clients of the demo, with ids and secrets that follow from their names."""

from __future__ import annotations

import base64
import hashlib
import hmac
import uuid
from pathlib import Path
from typing import Any

import yaml

NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "https://lidhja.example.org/demo")
_FILE = Path(__file__).parent / "agencies.yaml"


def demo_agencies() -> list[dict[str, Any]]:
    """Return the agencies as the file has them."""
    agencies: list[dict[str, Any]] = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    return agencies


def demo_id(name: str) -> str:
    """Return the fixed id of a demo object, such as ``agency:ngo-tirana`` or ``account:worker.ngo``."""
    return str(uuid.uuid5(NAMESPACE, name))


def client_secret(seed: str, client_id: str) -> str:
    """Return the secret of a demo client: 256 bits that only who knows the installation's seed can derive."""
    digest = hmac.new(seed.encode(), f"client:{client_id}".encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def demo_password(seed: str) -> str:
    """Return a password for the demo accounts that a person can type, derived from the seed."""
    digest = hmac.new(seed.encode(), b"password", hashlib.sha256).digest()
    text = base64.b32encode(digest).decode().lower()
    return "-".join(text[start : start + 4] for start in range(0, 20, 4))


def demo_accounts(password: str) -> list[dict[str, str]]:
    """Return how each demo account signs in; the role is the first one the file names."""
    return [
        {
            "username": account["username"],
            "password": password,
            "role": account["roles"][0],
            "agency": agency["name"],
            "agency_id": demo_id(f"agency:{agency['slug']}"),
        }
        for agency in demo_agencies()
        for account in agency["accounts"]
    ]


def demo_clients(seed: str) -> list[dict[str, str]]:
    """Return how each demo client gets its tokens."""
    return [
        {
            "client_id": agency["client"],
            "client_secret": client_secret(seed, agency["client"]),
            "agency": agency["name"],
            "agency_id": demo_id(f"agency:{agency['slug']}"),
        }
        for agency in demo_agencies()
        if "client" in agency
    ]
