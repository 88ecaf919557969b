"""Stores agencies, accounts and clients: explicit mapping between rows and domain objects."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, RowMapping, select, update
from sqlalchemy.dialects.postgresql import insert

from services.identity.adapters.tables import account, agency, client
from services.identity.domain.access import Role
from services.identity.domain.account import Account
from services.identity.domain.agency import Agency, AgencyKind
from services.identity.domain.client import Client, ClientKind


class StaleAccount(Exception):
    """Somebody else stored this version of the account first."""


class SqlAgencies:
    """The agencies."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def get(self, agency_id: str) -> Agency | None:
        """Return an agency or None."""
        row = self._connection.execute(select(agency).where(agency.c.id == agency_id)).mappings().first()
        return Agency(**{**row, "kind": AgencyKind(row["kind"])}) if row else None

    def add(self, added: Agency) -> None:
        """Store a new agency."""
        self._connection.execute(
            agency.insert().values(
                id=added.id,
                name=added.name,
                country=added.country,
                kind=added.kind.value,
                version=added.version,
                registered_at=added.registered_at,
            )
        )


class SqlAccounts:
    """The accounts."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def get(self, account_id: str) -> Account | None:
        """Return an account or None."""
        return self._first(account.c.id == account_id)

    def by_username(self, username: str) -> Account | None:
        """Return the account with this normalised user name or None."""
        return self._first(account.c.username == username)

    def add(self, added: Account) -> None:
        """Store a new account."""
        self._connection.execute(account.insert().values(**_account_values(added)))

    def replace(self, changed: Account) -> None:
        """Store the next version; raises :class:`StaleAccount` where the one before is no longer the stored one."""
        done = self._connection.execute(
            update(account)
            .where(account.c.id == changed.id, account.c.version == changed.version - 1)
            .values(**_account_values(changed))
        )
        if done.rowcount != 1:
            raise StaleAccount

    def set_password_hash(self, account_id: str, password_hash: str) -> None:
        """Replace the hash of the same password by one with present parameters; no new version."""
        self._connection.execute(update(account).where(account.c.id == account_id).values(password_hash=password_hash))

    def _first(self, condition: Any) -> Account | None:
        row = self._connection.execute(select(account).where(condition)).mappings().first()
        return _account(row) if row else None


class SqlClients:
    """The API clients."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def get(self, client_id: str) -> Client | None:
        """Return a client or None."""
        row = self._connection.execute(select(client).where(client.c.id == client_id)).mappings().first()
        if row is None:
            return None
        return _client(row)

    def put(self, stored: Client) -> None:
        """Store a client, new or changed."""
        values = {
            "kind": stored.kind.value,
            "secret_hash": stored.secret_hash,
            "agency_id": stored.agency_id,
            "redirect_uris": list(stored.redirect_uris),
            "is_active": stored.is_active,
            "created_at": stored.created_at,
            "scopes": None if stored.granted is None else sorted(stored.granted),
        }
        self._connection.execute(
            insert(client).values(id=stored.id, **values).on_conflict_do_update(index_elements=["id"], set_=values)
        )


def _client(row: RowMapping) -> Client:
    own = {name: value for name, value in row.items() if name != "scopes"}
    granted = None if row["scopes"] is None else frozenset(row["scopes"])
    read = {"kind": ClientKind(row["kind"]), "redirect_uris": tuple(row["redirect_uris"]), "granted": granted}
    return Client(**{**own, **read})


def _account(row: RowMapping) -> Account:
    return Account(**{**row, "roles": frozenset(Role(role) for role in row["roles"])})


def _account_values(stored: Account) -> dict[str, Any]:
    return {
        "id": stored.id,
        "agency_id": stored.agency_id,
        "username": stored.username,
        "display_name": stored.display_name,
        "email": stored.email,
        "language": stored.language,
        "roles": sorted(role.value for role in stored.roles),
        "password_hash": stored.password_hash,
        "is_active": stored.is_active,
        "version": stored.version,
        "created_at": stored.created_at,
    }
