"""The four services as the matrix sees them: callers with tokens, things made on demand, and one way to ask."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

from tests.integration.access.operations import Operation
from tests.integration.access.rules import ALL_SCOPES, COLLEAGUE, OTHER, OWN, SERVICE, STRANGER, SYSTEM
from tests.support.tokens import TokenIssuer

_PEOPLE = ("caseworker", "supervisor", "municipality_officer", "agency_administrator")
_INSTALLATION = "00000000-0000-0000-0000-000000000000"


def new_uuid() -> str:
    """Return a random id as a string."""
    return str(uuid.uuid4())


@dataclass(frozen=True)
class Caller:
    """Who asks; a system's subject is its client."""

    agency_id: str
    roles: tuple[str, ...]
    subject: str
    client_id: str = "portal"


def callers(own: str, other: str, stranger: str) -> dict[str, Caller]:
    """Return everybody who may knock, by the names of the table of rules."""
    return {
        OWN: Caller(own, ("caseworker",), new_uuid()),
        COLLEAGUE: Caller(own, ("supervisor", "agency_administrator"), new_uuid()),
        OTHER: Caller(other, ("caseworker",), new_uuid()),
        # Every role there is does not make up for being no party.
        STRANGER: Caller(stranger, _PEOPLE, new_uuid()),
        SYSTEM: Caller(stranger, ("partner_system",), "stranger-system", "stranger-system"),
        SERVICE: Caller(_INSTALLATION, ("service",), "svc-notify", "svc-notify"),
    }


class Door:
    """One service's application over a real database; subclasses know how its things are made."""

    client: Any
    issuer: TokenIssuer
    callers: dict[str, Caller]

    def __init__(self) -> None:
        self._shared: dict[str, str] = {}
        self._absent: dict[tuple[str, str | None], Any] = {}

    def make(self, kind: str) -> str:
        """Make a thing of the kind and return its id."""
        raise NotImplementedError

    def shared(self, kind: str) -> str:
        """Return a thing for those who must not change it; refused for all, it stays as it is."""
        if kind not in self._shared:
            self._shared[kind] = self.make(kind)
        return self._shared[kind]

    def absent(self, operation: Operation, *, caller: str | None) -> Any:
        """Return the answer about a thing that does not exist, asked for once."""
        known = (operation.name, caller)
        if known not in self._absent:
            headers = {"If-Match": '"4711"'} if operation.method != "GET" else {}
            self._absent[known] = self.ask(operation, new_uuid(), caller=caller, headers=headers)
        return self._absent[known]

    def body(self, operation: Operation) -> Any:
        """Return a body that fits; by default the description's example."""
        return operation.example

    def version_of(self, kind: str, thing_id: str) -> str | None:
        """Return the entity tag that a change of the thing must name."""
        return None

    def token(self, caller: Caller, scopes: frozenset[str], *, is_expired: bool = False) -> str:
        """Return a token of the caller."""
        return self.issuer.token(
            agency_id=caller.agency_id,
            scopes=" ".join(sorted(scopes)),
            roles=caller.roles,
            subject=caller.subject,
            client_id=caller.client_id,
            lifetime_seconds=-60 if is_expired else 600,
        )

    def ask(
        self,
        operation: Operation,
        thing_id: str,
        *,
        caller: str | Caller | None = None,
        scopes: frozenset[str] = ALL_SCOPES,
        is_expired: bool = False,
        headers: dict[str, str] | None = None,
        **more: Any,
    ) -> Any:
        """Send the operation's request about a thing; without a caller no token is sent."""
        sent = {"Idempotency-Key": new_uuid()} if operation.method == "POST" else {}
        if caller is not None:
            who = self.callers[caller] if isinstance(caller, str) else caller
            sent["Authorization"] = f"Bearer {self.token(who, scopes, is_expired=is_expired)}"
        body = {"json": self.body(operation)} if operation.example is not None else {}
        path = operation.path_of(thing_id)
        return self.client.request(operation.method, path, headers=sent | (headers or {}), **body, **more)
