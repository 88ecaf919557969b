"""Organizations: public reads, and registration by the agency that keeps them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any

import flask
import orjson
from sqlalchemy import Connection, RowMapping

from chassis.auth import current_principal
from chassis.concurrency import etag, expected_tag
from chassis.connexion_app import container
from chassis.idempotency import idempotent
from services.directory.adapters import own_listings, queries
from services.directory.adapters.organization_search import (
    MOST_WORDS,
    OrganizationsAsked,
    find_organizations,
    ordered_organizations,
)
from services.directory.adapters.search_words import corrections_of_unknown
from services.directory.application import revise_organization as revising
from services.directory.application.register_organization import RegisterOrganization
from services.directory.application.register_organization import register_organization as register
from services.directory.domain.errors import MergedInto
from services.directory.domain.merging import version_of
from services.directory.domain.organization import SAID
from services.directory.domain.spelling import spellings
from services.directory.domain.translation import Translation
from services.directory.entrypoints.api.criteria import moment_of, with_body
from services.directory.entrypoints.api.cursors import unfit_cursor
from services.directory.entrypoints.api.lines import lines_of, rows_of
from services.directory.entrypoints.api.organization_answers import organization_answer, own_view
from services.directory.entrypoints.api.pages import json_of, page_of
from services.directory.entrypoints.api.presentation import Presentation, presentation_of
from services.directory.entrypoints.api.redirects import redirect_or_not_found
from services.directory.entrypoints.api.services import minimal_text
from services.directory.entrypoints.api.wire import translation_from

_KIND = "organization"
_OPTIONAL = ("alternate_name", "email", "website", "phone", "source_language")


def query_organizations(body: dict[str, Any] | None = None, **given: Any) -> flask.Response:
    """Search organizations by criteria that stand in no address."""
    return list_organizations(**with_body(given, body))


def list_organizations(**given: Any) -> flask.Response:
    """Return organizations that the public may know of."""
    shown = presentation_of(_KIND, given["profile"])
    # Read before the first line is on its way, while it can still be refused.
    given["modified_after"] = moment_of(given.get("modified_after"), "modified_after")
    if given["format"] == "ndjson":
        return shown.finish(lines_of(container().engine, partial(_all, shown, given)))

    def read(offset: int, limit: int) -> tuple[int, Sequence[str]]:
        with container().reading_one_state.connect() as connection:
            total, rows = find_organizations(connection, _asked(connection, given), offset=offset, limit=limit)
            return total, _entries(connection, rows, shown, given)

    page = page_of(read, page=given["page"], per_page=given.get("per_page"), minimal=given["minimal"])
    return shown.finish(page)


def _all(shown: Presentation, given: Mapping[str, Any], connection: Connection) -> Iterator[Sequence[str]]:
    for rows in rows_of(connection, ordered_organizations(_asked(connection, given))):
        yield _entries(connection, [row._mapping for row in rows], shown, given)


def _asked(connection: Connection, given: Mapping[str, Any]) -> OrganizationsAsked:
    term_id, taxonomy_id = given.get("taxonomy_term_id"), given.get("taxonomy_id")
    search = given.get("search")
    return OrganizationsAsked(
        search=search,
        corrected=corrections_of_unknown(connection, spellings(search or "")[:MOST_WORDS]),
        terms=queries.term_conditions(connection, term_id=term_id, taxonomy_id=taxonomy_id),
        modified_after=given["modified_after"],
        organization_id=given.get("organization_id"),
    )


def _entries(
    connection: Connection, rows: Sequence[RowMapping], shown: Presentation, given: Mapping[str, Any]
) -> Sequence[str]:
    if given["minimal"]:
        return [minimal_text(row["organization_id"], row["last_modified"]) for row in rows]
    if given["full"] or given["full_service"]:
        return shown.show(connection, _in_full(connection, rows, full_service=given["full_service"]))
    return shown.show(connection, [row["in_list"] for row in rows])


def get_organization(id: str, profile: str, full_service: bool = False) -> flask.Response:
    """Return one organization with its public services."""
    shown = presentation_of(_KIND, profile)
    with container().engine.connect() as connection:
        _, rows = find_organizations(connection, OrganizationsAsked(organization_id=id), offset=0, limit=1)
        if not rows:
            return redirect_or_not_found(connection, "organizations", id)
        (text,) = shown.show(connection, _in_full(connection, rows, full_service=full_service))
    return shown.finish(json_of(text))


def _in_full(connection: Connection, rows: Sequence[RowMapping], *, full_service: bool) -> list[str]:
    ids = [row["organization_id"] for row in rows]
    services = queries.services_of_organizations(connection, ids, in_full=full_service)
    return [_with_services(row["in_full"], services.get(row["organization_id"], [])) for row in rows]


def _with_services(organization: str, services: Sequence[str]) -> str:
    """Put the services into the organization's text; each comes without what it says of the organization."""
    if not services:
        return organization
    shapes = [orjson.loads(service) for service in services]
    for shape in shapes:
        shape.pop("organization", None)
    return f'{organization[:-1]},"services":{orjson.dumps(shapes).decode()}}}'


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
        translations=_translations_from(body),
    )
    directory = container()
    organization = register(command, unit_of_work=directory.unit_of_work, clock=directory.clock)
    headers = {"Location": f"/own-organizations/{organization.id}", "ETag": etag(version_of(organization))}
    return flask.jsonify(own_view(organization)), 201, headers


def list_own_organizations(*, limit: int, cursor: str | None = None) -> Any:
    """Return a page of the organizations whose listings the caller may keep, by delegation too."""
    principal = current_principal()
    try:
        with container().engine.connect() as connection:
            found = own_listings.own_organizations(
                connection, principal.agency_id, principal.account_id, after=cursor, limit=limit + 1
            )
    except LookupError:
        raise unfit_cursor() from None
    following = found[limit - 1].id if len(found) > limit else None
    return flask.jsonify({"items": [own_view(each) for each in found[:limit]], "next_cursor": following})


def get_own_organization(id: str) -> Any:
    """Return one organization whose listings the caller may keep, with what only its keepers see."""
    try:
        return organization_answer(
            revising.read_own_organization(current_principal(), id, unit_of_work=container().unit_of_work)
        )
    except MergedInto as gone:
        return "", 301, {"Location": f"/own-organizations/{gone.members['merged_into']}"}


def revise_own_organization(id: str, body: dict[str, Any]) -> Any:
    """Replace what an organization says of itself."""
    said = {name: body.get(name) for name in SAID} | {"translations": _translations_from(body)}
    command = revising.ReviseOrganization(
        principal=current_principal(),
        organization_id=id,
        expected_version=expected_tag(required=True),
        said=said | {"name": body["name"].strip(), "description": body["description"].strip()},
    )
    directory = container()
    revised = revising.revise_organization(command, unit_of_work=directory.unit_of_work, clock=directory.clock)
    return organization_answer(revised)


def _translations_from(body: Mapping[str, Any]) -> tuple[Translation, ...]:
    return tuple(translation_from(entry) for entry in body.get("translations", ()))
