"""What the use cases ask of the outside: one transaction with its stores, and a hasher of passwords."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from types import TracebackType
from typing import Any, Protocol, Self

from services.identity.domain.account import Account
from services.identity.domain.agency import Agency
from services.identity.domain.client import Client
from services.identity.domain.session import Code, RefreshToken, Session
from services.identity.domain.throttle import Throttle


class Agencies(Protocol):
    """The agencies."""

    def get(self, agency_id: str) -> Agency | None: ...

    def add(self, agency: Agency) -> None: ...


class Accounts(Protocol):
    """The accounts; ``replace`` fails when somebody else stored that version first."""

    def get(self, account_id: str) -> Account | None: ...

    def by_username(self, username: str) -> Account | None: ...

    def add(self, account: Account) -> None: ...

    def replace(self, account: Account) -> None: ...

    def set_password_hash(self, account_id: str, password_hash: str) -> None: ...


class Clients(Protocol):
    """The API clients."""

    def get(self, client_id: str) -> Client | None: ...

    def put(self, client: Client) -> None: ...


class Sessions(Protocol):
    """Sessions with their codes and refresh tokens; finding one locks it until the transaction ends."""

    def open(self, session: Session, code: Code) -> None: ...

    def find_code(self, code_hash: str) -> Code | None: ...

    def mark_code_used(self, code_hash: str, now: datetime) -> None: ...

    def add_refresh_token(self, token: RefreshToken) -> None: ...

    def find_refresh_token(self, token_hash: str) -> RefreshToken | None: ...

    def mark_refresh_token_used(self, token_hash: str, now: datetime) -> None: ...

    def end(self, session_id: str, now: datetime, reason: str) -> None: ...

    def end_all_of(self, account_id: str, now: datetime, reason: str) -> None: ...


class Throttles(Protocol):
    """The counted tries; ``locked`` holds the key until the transaction ends."""

    def locked(self, key: str, limit: int, now: datetime) -> Throttle: ...

    def put(self, throttle: Throttle) -> None: ...

    def reset(self, key: str) -> None: ...

    def give_back(self, key: str) -> None: ...


class UnitOfWork(Protocol):
    """One transaction; leaving it without ``commit`` undoes everything."""

    agencies: Agencies
    accounts: Accounts
    clients: Clients
    sessions: Sessions
    throttles: Throttles

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    def emit(self, event_type: str, *, subject: str, aggregate_version: int, data: Mapping[str, Any]) -> object: ...

    def record_act(
        self, *, actor: Account | None, action: str, object_type: str, object_id: str, decision: str = "allowed"
    ) -> None: ...

    def commit(self) -> None: ...


UnitOfWorkFactory = Callable[[], UnitOfWork]


class PasswordHasher(Protocol):
    """Hashes passwords slowly and checks them."""

    def hash(self, password: str) -> str: ...

    def verify(self, password_hash: str | None, password: str) -> bool:
        """Check a password; without a hash it takes as long and says no."""
        ...

    def is_outdated(self, password_hash: str) -> bool: ...
