"""Creates, changes and disables accounts, and announces each change without naming the person."""

from __future__ import annotations

from dataclasses import dataclass, field

from chassis.clock import Clock
from services.identity.application.ports import PasswordHasher, UnitOfWork
from services.identity.domain.access import Role
from services.identity.domain.account import Account, check_password, normalise_username
from services.identity.domain.errors import AccountUnknown, AgencyUnknown, UsernameTaken


@dataclass(frozen=True, kw_only=True)
class NewAccount:
    """What an account is created from."""

    account_id: str
    agency_id: str
    username: str
    display_name: str
    email: str
    language: str
    roles: frozenset[Role]
    password: str = field(repr=False)


def create_account(uow: UnitOfWork, new: NewAccount, *, hasher: PasswordHasher, clock: Clock) -> Account:
    """Create an account; raises for an unknown agency or a user name in use. The caller commits."""
    check_password(new.password)
    if uow.agencies.get(new.agency_id) is None:
        raise AgencyUnknown
    username = normalise_username(new.username)
    if uow.accounts.by_username(username) is not None:
        raise UsernameTaken
    account = Account(
        id=new.account_id,
        agency_id=new.agency_id,
        username=username,
        display_name=new.display_name,
        email=new.email,
        language=new.language,
        roles=new.roles,
        password_hash=hasher.hash(new.password),
        created_at=clock.now(),
    )
    uow.accounts.add(account)
    _announce(uow, account, "account.created.v1", "create")
    return account


def change_account(
    uow: UnitOfWork,
    username: str,
    *,
    roles: frozenset[Role] | None = None,
    language: str | None = None,
    email: str | None = None,
) -> Account:
    """Replace roles, language or e-mail address; what is None stays. The caller commits."""
    before = _find(uow, username)
    after = before.changed(roles=roles, language=language, email=email)
    if after is not before:
        uow.accounts.replace(after)
        _announce(uow, after, "account.changed.v1", "change")
    return after


def disable_account(uow: UnitOfWork, username: str, *, clock: Clock) -> Account:
    """Close an account and end its sessions; its last access tokens end within ten minutes. The caller commits."""
    before = _find(uow, username)
    after = before.disabled()
    if after is not before:
        uow.accounts.replace(after)
        uow.sessions.end_all_of(after.id, clock.now(), "account disabled")
        _announce(uow, after, "account.disabled.v1", "disable")
    return after


def _find(uow: UnitOfWork, username: str) -> Account:
    account = uow.accounts.by_username(normalise_username(username))
    if account is None:
        raise AccountUnknown
    return account


def _announce(uow: UnitOfWork, account: Account, event_type: str, action: str) -> None:
    uow.emit(
        event_type,
        subject=account.id,
        aggregate_version=account.version,
        data={
            "account_id": account.id,
            "agency_id": account.agency_id,
            "roles": sorted(role.value for role in account.roles),
            "language": account.language,
        },
    )
    uow.record_act(actor=None, action=action, object_type="account", object_id=account.id)
