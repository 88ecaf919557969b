"""Loads the demo's agencies, accounts and clients; a second run changes nothing."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from services.identity import demo_data
from services.identity.application.keep_accounts import NewAccount, create_account
from services.identity.application.keep_clients import put_client
from services.identity.application.register_agency import register_agency
from services.identity.bootstrap import Container
from services.identity.domain.access import PARTNER_SCOPES, Role
from services.identity.domain.agency import AgencyKind
from services.identity.domain.client import ClientKind


def load_demo(container: Container, *, seed: str, password: str) -> int:
    """Load what is missing, an agency at a time, and return how many things changed."""
    return sum(_load_agency(container, entry, seed, password) for entry in demo_data.demo_agencies())


def write_summary(path: Path, *, seed: str, password: str) -> None:
    """Write how to sign in to the demo into a file that only its owner can read."""
    summary = {"accounts": demo_data.demo_accounts(password), "clients": demo_data.demo_clients(seed)}
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(summary, file, indent=2, ensure_ascii=False)


def _load_agency(container: Container, entry: dict[str, Any], seed: str, password: str) -> int:
    agency_id = demo_data.demo_id(f"agency:{entry['slug']}")
    with container.unit_of_work() as uow:
        changes = int(
            register_agency(
                uow,
                agency_id=agency_id,
                name=entry["name"],
                country=entry["country"],
                kind=AgencyKind(entry["kind"]),
                clock=container.clock,
            )
        )
        for account in entry["accounts"]:
            if uow.accounts.by_username(account["username"]) is None:
                new = _new_account(account, agency_id, password)
                create_account(uow, new, hasher=container.hasher, clock=container.clock)
                changes += 1
        if "client" in entry:
            changes += put_client(
                uow,
                client_id=entry["client"],
                kind=ClientKind.PARTNER,
                secret=demo_data.client_secret(seed, entry["client"]),
                agency_id=agency_id,
                # Every agency of the demo keeps its listings with its own system, too.
                scopes=PARTNER_SCOPES,
                clock=container.clock,
            )
        uow.commit()
    return changes


def _new_account(entry: dict[str, Any], agency_id: str, password: str) -> NewAccount:
    return NewAccount(
        account_id=demo_data.demo_id(f"account:{entry['username']}"),
        agency_id=agency_id,
        username=entry["username"],
        display_name=entry["display_name"],
        email=f"{entry['username']}@demo.example.org",
        language=entry["language"],
        roles=frozenset(Role(role) for role in entry["roles"]),
        password=password,
    )
