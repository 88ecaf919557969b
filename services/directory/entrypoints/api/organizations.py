"""Organizations: public reads, and registration by the agency that keeps them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import flask

from chassis.auth import current_principal
from chassis.connexion_app import container
from chassis.idempotency import idempotent
from chassis.problems import NOT_FOUND, Problem
from services.directory.adapters import own_listings, queries
from services.directory.application.register_organization import RegisterOrganization
from services.directory.application.register_organization import register_organization as register
from services.directory.entrypoints.api import hsds
from services.directory.entrypoints.api.pages import lines_of, page_of

_OWN_FIELDS = ("id", "name", "alternate_name", "description", "email", "website", "phone", "country")
_AGENCY_FIELDS = ("agency_id", "maintaining_agency_id")
_OPTIONAL = ("alternate_name", "email", "website", "phone")


def list_organizations(
    *,
    page: int,
    per_page: int,
    format: str = "json",
    search: str | None = None,
    full: bool = False,
    full_service: bool = False,
    taxonomy_term_id: str | None = None,
    taxonomy_id: str | None = None,
) -> Any:
    """Return organizations that have a public service."""

    # Lines are written after the request's context is gone.
    engine = container().engine

    def read(offset: int, limit: int) -> tuple[int, list[dict[str, Any]]]:
        with engine.connect() as connection:
            codes = queries.term_codes(connection, term_id=taxonomy_term_id, taxonomy_id=taxonomy_id)
            total, rows = queries.find_organizations(
                connection, search=search, term_codes=codes, offset=offset, limit=limit
            )
            if not full and not full_service:
                return total, [hsds.organization(row) for row in rows]
            return total, _in_full(connection, rows, full_service=full_service)

    return lines_of(read) if format == "ndjson" else page_of(read, page=page, per_page=per_page)


def get_organization(id: str, full_service: bool = False) -> Any:
    """Return one organization with its public services."""
    with container().engine.connect() as connection:
        row = queries.public_organization(connection, id)
        if row is None:
            raise Problem(NOT_FOUND)
        return flask.jsonify(_in_full(connection, [row], full_service=full_service)[0])


def _in_full(connection: Any, rows: Sequence[Any], *, full_service: bool) -> list[dict[str, Any]]:
    ids = queries.services_of_organizations(connection, [row["id"] for row in rows])
    shape = hsds.service_in_full if full_service else hsds.service_in_list
    presented = []
    for row in rows:
        services = [shape(found) for found in queries.public_services(connection, ids.get(row["id"], []))]
        for service in services:
            service.pop("organization")
        presented.append(hsds.organization_in_full(row, services))
    return presented


@idempotent(operation="registerOrganization")
def register_organization(body: dict[str, Any]) -> Any:
    """Register an organization that the caller's agency keeps."""
    command = RegisterOrganization(
        principal=current_principal(),
        name=body["name"].strip(),
        description=body["description"].strip(),
        country=body["country"],
        is_linked=body.get("linked", True),
        **{name: body.get(name) for name in _OPTIONAL},
    )
    directory = container()
    organization = register(command, unit_of_work=directory.unit_of_work, clock=directory.clock)
    view = _own_view({name: getattr(organization, name) for name in (*_OWN_FIELDS, *_AGENCY_FIELDS)})
    return flask.jsonify(view), 201, {"Location": f"/organizations/{organization.id}"}


def list_own_organizations() -> Any:
    """Return the organizations whose listings the caller's agency may keep."""
    with container().engine.connect() as connection:
        rows = own_listings.own_organizations(connection, current_principal().agency_id)
    return flask.jsonify({"items": [_own_view(row) for row in rows]})


def _own_view(row: Any) -> dict[str, Any]:
    shown = hsds.present({name: row[name] for name in _OWN_FIELDS})
    return {**shown, **{name: row[name] for name in _AGENCY_FIELDS}}
