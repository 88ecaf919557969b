"""A webhook endpoint: the address of an agency's own system, with a secret of its own."""

from __future__ import annotations

import base64
import secrets
from dataclasses import dataclass, field
from datetime import datetime

MAXIMUM_PER_AGENCY = 10
SECRET_BYTES = 32


@dataclass(frozen=True)
class WebhookEndpoint:
    """Where to send, and the secret to sign with; the secret must never be printed or logged."""

    id: str
    agency_id: str
    url: str
    description: str
    created_at: datetime
    secret: bytes = field(repr=False)
    disabled_at: datetime | None = None

    @property
    def is_active(self) -> bool:
        """Say whether deliveries are sent there."""
        return self.disabled_at is None


def new_secret() -> bytes:
    """Return fresh random bytes to sign with."""
    return secrets.token_bytes(SECRET_BYTES)


def written_secret(secret: bytes) -> str:
    """Write a secret the way Standard Webhooks libraries take it."""
    return "whsec_" + base64.b64encode(secret).decode()
