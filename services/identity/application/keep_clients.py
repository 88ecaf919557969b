"""Registers API clients and replaces their secrets."""

from __future__ import annotations

from dataclasses import replace

from chassis.clock import Clock
from services.identity.application.ports import UnitOfWork
from services.identity.domain.access import PARTNER_SCOPES
from services.identity.domain.client import SHORTEST_SECRET, Client, ClientKind, hash_secret
from services.identity.domain.errors import AccountInvalid, AgencyUnknown


def put_client(
    uow: UnitOfWork,
    *,
    client_id: str,
    kind: ClientKind,
    secret: str,
    clock: Clock,
    agency_id: str | None = None,
    redirect_uris: tuple[str, ...] = (),
    scopes: frozenset[str] | None = None,
) -> bool:
    """Create a client or bring it up to date; False when nothing changed. The caller commits.

    Without ``scopes`` a client keeps those that it has, and a new one gets those that its kind has by default.
    """
    if len(secret) < SHORTEST_SECRET:
        raise AccountInvalid(f"a client's secret needs at least {SHORTEST_SECRET} random characters")
    if (kind is ClientKind.PARTNER) != (agency_id is not None):
        raise AccountInvalid("a partner's client, and no other, belongs to an agency")
    if agency_id is not None and uow.agencies.get(agency_id) is None:
        raise AgencyUnknown
    if scopes is not None and not scopes <= PARTNER_SCOPES:
        raise AccountInvalid("a partner's client may not hold one of these scopes")
    before = uow.clients.get(client_id)
    kept = before.granted if before else None
    client = Client(
        id=client_id,
        kind=kind,
        secret_hash=hash_secret(secret),
        created_at=before.created_at if before else clock.now(),
        agency_id=agency_id,
        redirect_uris=redirect_uris,
        granted=kept if scopes is None else scopes,
    )
    if before == client:
        return False
    uow.clients.put(client)
    uow.record_act(actor=None, action="put", object_type="client", object_id=client_id)
    return True


def disable_client(uow: UnitOfWork, client_id: str) -> bool:
    """Close a client; False when there is none or it was closed already. The caller commits."""
    client = uow.clients.get(client_id)
    if client is None or not client.is_active:
        return False
    uow.clients.put(replace(client, is_active=False))
    uow.record_act(actor=None, action="disable", object_type="client", object_id=client_id)
    return True
