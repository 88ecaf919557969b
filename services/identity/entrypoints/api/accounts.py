"""Handles agencies, accounts and who is signed in."""

from __future__ import annotations

from chassis.auth import current_principal
from chassis.principal import Principal
from services.identity.adapters import queries
from services.identity.domain.access import SERVICE_ROLE
from services.identity.domain.errors import AccountUnknown, AgencyUnknown
from services.identity.entrypoints.api.answers import Answer, answer
from services.identity.entrypoints.api.cursor import read_cursor
from services.identity.entrypoints.request_transaction import container_of_request


def read_userinfo() -> Answer:
    """Return the signed-in person's account."""
    principal = current_principal()
    if principal.account_id is None:
        raise AccountUnknown
    with container_of_request().engine.connect() as connection:
        found = queries.get_userinfo(connection, principal.account_id)
    if found is None:
        raise AccountUnknown
    return answer(found)


def list_agencies(cursor: str | None = None, limit: int = 200) -> Answer:
    """Return a page of agencies."""
    after = read_cursor(cursor)
    with container_of_request().engine.connect() as connection:
        return answer(queries.list_agencies(connection, after=after, limit=limit))


def get_agency(agency_id: str) -> Answer:
    """Return one agency."""
    with container_of_request().engine.connect() as connection:
        found = queries.get_agency(connection, agency_id)
    if found is None:
        raise AgencyUnknown
    return answer(found)


def list_accounts(agency_id: str, cursor: str | None = None, limit: int = 200) -> Answer:
    """Return a page of an agency's active accounts."""
    after = read_cursor(cursor)
    if not _may_see(current_principal(), agency_id):
        raise AgencyUnknown
    with container_of_request().engine.connect() as connection:
        if queries.get_agency(connection, agency_id) is None:
            raise AgencyUnknown
        return answer(queries.list_accounts(connection, agency_id, after=after, limit=limit))


def get_account(account_id: str) -> Answer:
    """Return one account."""
    with container_of_request().engine.connect() as connection:
        found = queries.get_account(connection, account_id)
    if found is None or not _may_see(current_principal(), found["agency_id"]):
        raise AccountUnknown
    return answer(found)


def _may_see(principal: Principal, agency_id: str) -> bool:
    """Let internal services see every agency's people, everybody else those of their own agency."""
    return SERVICE_ROLE in principal.roles or principal.agency_id == agency_id
