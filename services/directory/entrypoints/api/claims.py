"""Claims: an agency says that a listed organization is its own, and who keeps the listings decides."""

from __future__ import annotations

from functools import partial
from operator import itemgetter
from typing import Any

import flask

from chassis.auth import Principal, current_principal, for_persons_alone
from chassis.clock import to_rfc3339
from chassis.concurrency import etag, expected_version
from chassis.connexion_app import container
from chassis.idempotency import idempotent
from services.directory.adapters.claims import SqlClaimStore
from services.directory.adapters.hsds_values import present
from services.directory.application import claim_organization as claiming
from services.directory.entrypoints.api.cursors import page_of, read_cursor

_SHOWN = ("id", "organization_id", "agency_id", "evidence", "evidence_url", "status", "version", "reason", "note")


@for_persons_alone
@idempotent(operation="claimOrganization")
def claim_organization(id: str, body: dict[str, Any]) -> Any:
    """Claim an organization for the caller's agency."""
    directory = container()
    command = claiming.ClaimOrganization(
        principal=current_principal(),
        organization_id=id.lower(),
        evidence=body["evidence"].strip(),
        evidence_url=body.get("evidence_url"),
    )
    claim, organization = claiming.claim_organization(
        command, unit_of_work=directory.unit_of_work, clock=directory.clock
    )
    headers = {"ETag": etag(claim.version), "Location": "/claims"}
    return flask.jsonify(_view(vars(claim), organization)), 201, headers


def list_claims(*, limit: int, status: str | None = None, cursor: str | None = None) -> Any:
    """Return a page of the claims that the caller's agency has made or decides on."""
    principal, before = current_principal(), read_cursor(cursor)
    with container().engine.connect() as connection:
        claims = SqlClaimStore(connection)
        rows = claims.seen_by(principal.agency_id, status=status, before=before, limit=limit + 1)
    page = page_of(rows, limit, view=partial(_listed, principal), place=itemgetter("created_at", "id"))
    return flask.jsonify(page), 200, {"Cache-Control": "no-store"}


def _listed(principal: Principal, row: Any) -> dict[str, Any]:
    is_decider = row["maintaining_agency_id"] == principal.agency_id
    is_open = row["status"] == "pending" and row["account_id"] != principal.account_id
    entry = _view(row, None) | {"organization_name": row["organization_name"]}
    return entry | {"may_decide": is_decider and is_open}


@for_persons_alone
@idempotent(operation="approveClaim")
def approve_claim(id: str) -> Any:
    """Put the claiming agency behind the organization."""
    return _decide(claiming.approve_claim, id, {})


@for_persons_alone
@idempotent(operation="rejectClaim")
def reject_claim(id: str, body: dict[str, Any]) -> Any:
    """Turn the claim down."""
    return _decide(claiming.reject_claim, id, body)


def _decide(use_case: Any, claim_id: str, body: dict[str, Any]) -> Any:
    directory = container()
    decision = claiming.Decision(
        principal=current_principal(),
        claim_id=claim_id,
        expected_version=expected_version(required=True),
        reason=body.get("reason"),
        note=body.get("note"),
    )
    claim, organization = use_case(decision, unit_of_work=directory.unit_of_work, clock=directory.clock)
    return flask.jsonify(_view(vars(claim), organization)), 200, {"ETag": etag(claim.version)}


def _view(claim: Any, organization: Any) -> dict[str, Any]:
    shown = present({name: claim[name] for name in _SHOWN})
    shown["created_at"] = to_rfc3339(claim["created_at"])
    if claim["decided_at"]:
        shown["decided_at"] = to_rfc3339(claim["decided_at"])
    return {**shown, "organization_name": organization.name} if organization else shown
