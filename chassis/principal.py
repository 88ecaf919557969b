"""Says who is asking, once a token has been checked."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Principal:
    """Who is asking: a person's account or an API client, acting for one agency."""

    subject: str
    agency_id: str
    roles: frozenset[str]
    scopes: frozenset[str]
    client_id: str

    @property
    def is_client(self) -> bool:
        """Say whether a system asks on its own behalf, with no person behind it."""
        return self.subject == self.client_id

    @property
    def account_id(self) -> str | None:
        """Return the account of the person asking, or None for a system."""
        return None if self.is_client else self.subject
