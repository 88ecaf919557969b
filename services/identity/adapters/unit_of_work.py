"""One transaction of identity with its stores."""

from __future__ import annotations

from sqlalchemy import Engine

from chassis.clock import Clock
from chassis.principal import Principal
from chassis.unit_of_work import SqlUnitOfWork
from services.identity.adapters.repositories import SqlAccounts, SqlAgencies, SqlClients
from services.identity.adapters.session_store import SqlSessions, SqlThrottles
from services.identity.application.ports import Accounts, Agencies, Clients, Sessions, Throttles
from services.identity.domain.account import Account

SOURCE = "/services/identity"


class IdentityUnitOfWork(SqlUnitOfWork):
    """The transaction; leaving it without ``commit`` undoes everything."""

    agencies: Agencies
    accounts: Accounts
    clients: Clients
    sessions: Sessions
    throttles: Throttles

    def __init__(self, engine: Engine, clock: Clock) -> None:
        super().__init__(engine, source=SOURCE, clock=clock)

    def opened(self) -> None:
        """Build the stores on the open connection."""
        self.agencies = SqlAgencies(self.connection)
        self.accounts = SqlAccounts(self.connection)
        self.clients = SqlClients(self.connection)
        self.sessions = SqlSessions(self.connection)
        self.throttles = SqlThrottles(self.connection)

    def record_act(
        self, *, actor: Account | None, action: str, object_type: str, object_id: str, decision: str = "allowed"
    ) -> None:
        """Add an audit record; without an actor the system, or somebody not signed in, did it."""
        self.record(
            principal=_principal(actor) if actor else None,
            action=action,
            object_type=object_type,
            object_id=object_id,
            decision=decision,
        )


def _principal(actor: Account) -> Principal:
    return Principal(
        subject=actor.id,
        agency_id=actor.agency_id,
        roles=frozenset(role.value for role in actor.roles),
        scopes=frozenset(),
        client_id="",
    )
