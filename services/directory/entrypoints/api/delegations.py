"""Delegations: letting another agency, or some of its people, keep listings."""

from __future__ import annotations

from functools import partial
from operator import attrgetter
from typing import Any

import flask

from chassis.auth import current_principal, for_persons_alone
from chassis.clock import to_rfc3339
from chassis.concurrency import etag, expected_version
from chassis.connexion_app import container
from chassis.idempotency import idempotent
from services.directory.adapters.delegations import SqlDelegationStore
from services.directory.application import delegate_listings as delegating
from services.directory.domain.delegation import Delegation
from services.directory.entrypoints.api.cursors import page_of, read_cursor

_OF_ITS_SIDES = ("account_ids", "organization_ids")


def list_delegations(*, limit: int, cursor: str | None = None) -> Any:
    """Return a page of what the caller's agency has given or been given, and of what reaches its organizations."""
    before, agency_id = read_cursor(cursor), current_principal().agency_id
    with container().engine.connect() as connection:
        found = SqlDelegationStore(connection).of_agency(agency_id, before=before, limit=limit + 1)
    view, place = partial(_view, agency_id=agency_id), attrgetter("created_at", "id")
    return flask.jsonify(page_of(found, limit, view=view, place=place))


@for_persons_alone
@idempotent(operation="createDelegation")
def create_delegation(body: dict[str, Any]) -> Any:
    """Delegate the keeping of listings."""
    directory = container()
    command = delegating.DelegateListings(
        principal=current_principal(),
        to_agency_id=body["to_agency_id"].lower(),
        account_ids=tuple(value.lower() for value in body.get("account_ids", ())),
        municipality_codes=tuple(body.get("municipality_codes", ())),
        organization_ids=tuple(value.lower() for value in body.get("organization_ids", ())),
    )
    made = delegating.delegate_listings(command, unit_of_work=directory.unit_of_work, clock=directory.clock)
    view = _view(made, agency_id=made.from_agency_id)
    return flask.jsonify(view), 201, {"Location": f"/delegations/{made.id}", "ETag": etag(made.version)}


@for_persons_alone
def end_delegation(id: str) -> Any:
    """End a delegation from now on."""
    directory = container()
    delegating.end_delegation(
        current_principal(),
        id,
        expected_version=expected_version(required=False),
        unit_of_work=directory.unit_of_work,
        clock=directory.clock,
    )
    return "", 204


def _view(delegation: Delegation, *, agency_id: str) -> dict[str, Any]:
    """Show it to one of its sides; an agency whose organizations it reaches sees no more than what concerns them."""
    is_onlooker = agency_id not in delegation.sides
    return {
        "id": delegation.id,
        "from_agency_id": delegation.from_agency_id,
        "to_agency_id": delegation.to_agency_id,
        "municipality_codes": list(delegation.municipality_codes),
        **{name: [] if is_onlooker else list(getattr(delegation, name)) for name in _OF_ITS_SIDES},
        "ended_for": [each for each in delegation.ended_for if each == agency_id or not is_onlooker],
        "version": delegation.version,
        "created_at": to_rfc3339(delegation.created_at),
        "ended_at": to_rfc3339(delegation.ended_at) if delegation.ended_at else None,
    }
