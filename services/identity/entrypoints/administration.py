"""The commands by which an operator keeps agencies, accounts and clients."""

from __future__ import annotations

import argparse
import getpass
import sys
from typing import Any

from chassis.ids import new_id
from services.identity.application.keep_accounts import (
    NewAccount,
    change_account,
    create_account,
    disable_account,
)
from services.identity.application.keep_clients import disable_client, put_client
from services.identity.application.register_agency import register_agency
from services.identity.bootstrap import Container
from services.identity.domain.access import PARTNER_SCOPES, Role
from services.identity.domain.account import LANGUAGES
from services.identity.domain.agency import AgencyKind
from services.identity.domain.client import ClientKind, new_secret
from services.identity.domain.errors import AccountInvalid

_PORTAL = "portal"


def add_commands(commands: Any) -> None:
    """Add the commands to the parser."""
    agency = commands.add_parser("register-agency", help="take an agency into the network; prints its id")
    agency.add_argument("--name", required=True)
    agency.add_argument("--country", required=True, help="two letters")
    agency.add_argument("--kind", required=True, choices=[kind.value for kind in AgencyKind])
    agency.set_defaults(run=_register_agency)
    account = commands.add_parser("create-account", help="create an account; the password comes by standard input")
    account.add_argument("username")
    account.add_argument("--agency", required=True, help="the agency's id")
    account.add_argument("--display-name", required=True)
    _add_changeable(account, required=True)
    account.set_defaults(run=_create_account)
    changing = commands.add_parser("change-account", help="change roles, language or e-mail address")
    changing.add_argument("username")
    _add_changeable(changing, required=False)
    changing.set_defaults(run=_change_account)
    closing = commands.add_parser("disable-account", help="close an account and end its sessions")
    closing.add_argument("username")
    closing.set_defaults(run=_disable_account)
    client = commands.add_parser("create-client", help="create a partner's client, or renew its secret; prints it once")
    client.add_argument("client_id")
    client.add_argument("--agency", required=True, help="the agency's id")
    granting = "a scope it may hold, once for each; without any a new client gets all but listings:write"
    client.add_argument("--scope", action="append", choices=sorted(PARTNER_SCOPES), help=granting)
    client.set_defaults(run=_create_client)
    ending = commands.add_parser("disable-client", help="close a client")
    ending.add_argument("client_id")
    ending.set_defaults(run=_disable_client)
    internal = commands.add_parser("load-clients", help="bring the internal clients up to date from the settings")
    internal.set_defaults(run=_load_clients)


def _add_changeable(parser: argparse.ArgumentParser, *, required: bool) -> None:
    parser.add_argument("--email", required=required)
    parser.add_argument("--language", required=required, choices=LANGUAGES)
    roles = "a role, once for each; municipality_officer and agency_administrator keep listings"
    parser.add_argument("--role", required=required, action="append", choices=[role.value for role in Role], help=roles)


def _register_agency(container: Container, arguments: argparse.Namespace) -> int:
    agency_id = new_id()
    with container.unit_of_work() as uow:
        register_agency(
            uow,
            agency_id=agency_id,
            name=arguments.name,
            country=arguments.country,
            kind=AgencyKind(arguments.kind),
            clock=container.clock,
        )
        uow.commit()
    _say(agency_id)
    return 0


def _create_account(container: Container, arguments: argparse.Namespace) -> int:
    password = getpass.getpass("Password: ") if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")
    new = NewAccount(
        account_id=new_id(),
        agency_id=arguments.agency,
        username=arguments.username,
        display_name=arguments.display_name,
        email=arguments.email,
        language=arguments.language,
        roles=frozenset(Role(role) for role in arguments.role),
        password=password,
    )
    with container.unit_of_work() as uow:
        created = create_account(uow, new, hasher=container.hasher, clock=container.clock)
        uow.commit()
    _say(created.id)
    return 0


def _change_account(container: Container, arguments: argparse.Namespace) -> int:
    roles = frozenset(Role(role) for role in arguments.role) if arguments.role else None
    with container.unit_of_work() as uow:
        changed = change_account(
            uow, arguments.username, roles=roles, language=arguments.language, email=arguments.email
        )
        uow.commit()
    _say(f"version {changed.version}")
    return 0


def _disable_account(container: Container, arguments: argparse.Namespace) -> int:
    with container.unit_of_work() as uow:
        disable_account(uow, arguments.username, clock=container.clock)
        uow.commit()
    _say("disabled; its last access tokens end within ten minutes")
    return 0


def _create_client(container: Container, arguments: argparse.Namespace) -> int:
    secret = new_secret()
    with container.unit_of_work() as uow:
        existing = uow.clients.get(arguments.client_id)
        if existing is not None and (existing.kind, existing.agency_id) != (ClientKind.PARTNER, arguments.agency):
            raise AccountInvalid("this client id belongs to somebody else")
        put_client(
            uow,
            client_id=arguments.client_id,
            kind=ClientKind.PARTNER,
            secret=secret,
            agency_id=arguments.agency,
            scopes=frozenset(arguments.scope) if arguments.scope else None,
            clock=container.clock,
        )
        uow.commit()
    _say(secret)
    return 0


def _disable_client(container: Container, arguments: argparse.Namespace) -> int:
    with container.unit_of_work() as uow:
        done = disable_client(uow, arguments.client_id)
        uow.commit()
    _say("disabled" if done else "there is no active client of this id")
    return 0 if done else 1


def _load_clients(container: Container, _arguments: argparse.Namespace) -> int:
    changed = 0
    with container.unit_of_work() as uow:
        for client_id, secret in internal_clients(container.settings.service_client_secrets):
            is_portal = client_id == _PORTAL
            changed += put_client(
                uow,
                client_id=client_id,
                kind=ClientKind.PORTAL if is_portal else ClientKind.SERVICE,
                secret=secret,
                redirect_uris=(f"{container.settings.portal_url}/callback",) if is_portal else (),
                clock=container.clock,
            )
        uow.commit()
    _say(f"{changed} internal clients brought up to date")
    return 0


def internal_clients(text: str) -> list[tuple[str, str]]:
    """Read ``id:secret,id:secret``; only the portal and clients named ``svc-...`` are internal."""
    pairs = []
    for entry in filter(None, (part.strip() for part in text.split(","))):
        client_id, _, secret = entry.partition(":")
        if client_id != _PORTAL and not client_id.startswith("svc-"):
            raise AccountInvalid("SERVICE_CLIENT_SECRETS names the portal and clients called svc-..., no other")
        pairs.append((client_id, secret))
    return pairs


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
