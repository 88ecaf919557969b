"""An API client: a system that gets tokens, for itself or for the people who sign in through it."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from services.identity.domain.access import (
    DEFAULT_PARTNER_SCOPES,
    PARTNER_ROLE,
    PARTNER_SCOPES,
    PERSON_SCOPES,
    SERVICE_ROLE,
    SERVICE_SCOPES,
)

# The agency of clients that act for the installation itself; no agency ever has this id.
INSTALLATION = "00000000-0000-0000-0000-000000000000"
SHORTEST_SECRET = 32


class ClientKind(StrEnum):
    """What a client is for; grants, roles and scopes follow from it."""

    PARTNER = "partner"
    SERVICE = "service"
    PORTAL = "portal"


_GRANTS = {
    ClientKind.PARTNER: frozenset({"client_credentials"}),
    ClientKind.SERVICE: frozenset({"client_credentials"}),
    ClientKind.PORTAL: frozenset({"authorization_code", "refresh_token"}),
}
_MOST_SCOPES = {
    ClientKind.PARTNER: PARTNER_SCOPES,
    ClientKind.SERVICE: SERVICE_SCOPES,
    ClientKind.PORTAL: PERSON_SCOPES,
}
_DEFAULT_SCOPES = {
    ClientKind.PARTNER: DEFAULT_PARTNER_SCOPES,
    ClientKind.SERVICE: SERVICE_SCOPES,
    ClientKind.PORTAL: PERSON_SCOPES,
}
_ROLES: dict[ClientKind, tuple[str, ...]] = {
    ClientKind.PARTNER: (PARTNER_ROLE,),
    ClientKind.SERVICE: (SERVICE_ROLE,),
    ClientKind.PORTAL: (),
}


def new_secret() -> str:
    """Return a fresh secret of 256 random bits."""
    return secrets.token_urlsafe(32)


def hash_secret(secret: str) -> str:
    """Return what is stored of a secret or token; fit only for random values of 256 bits, never for passwords."""
    return hashlib.sha256(secret.encode()).hexdigest()


@dataclass(frozen=True)
class Client:
    """One client with the hash of its secret; without ``granted`` scopes it has those that its kind has by default."""

    id: str
    kind: ClientKind
    secret_hash: str = field(repr=False)
    created_at: datetime
    agency_id: str | None = None
    redirect_uris: tuple[str, ...] = ()
    is_active: bool = True
    granted: frozenset[str] | None = None

    @property
    def grants(self) -> frozenset[str]:
        """The OAuth grants it may use."""
        return _GRANTS[self.kind]

    @property
    def scopes(self) -> frozenset[str]:
        """The scopes it may hold at the most."""
        if self.granted is None:
            return _DEFAULT_SCOPES[self.kind]
        return self.granted & _MOST_SCOPES[self.kind]

    @property
    def roles(self) -> tuple[str, ...]:
        """Its roles when it acts for itself."""
        return _ROLES[self.kind]

    @property
    def acts_for(self) -> str:
        """The agency it acts for."""
        return self.agency_id or INSTALLATION

    def has_secret(self, secret: str) -> bool:
        """Say whether this is its secret, in constant time; an inactive client has none."""
        return hmac.compare_digest(self.secret_hash, hash_secret(secret)) and self.is_active
