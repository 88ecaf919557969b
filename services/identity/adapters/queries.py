"""Reads for the API, straight from rows to what goes over the wire."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, RowMapping, Select, select

from services.identity.adapters.tables import account, agency

_AGENCY = (agency.c.id, agency.c.name, agency.c.country, agency.c.kind)
_ACCOUNT = (
    account.c.id,
    account.c.agency_id,
    account.c.email,
    account.c.language,
    account.c.roles,
    account.c.is_active,
)


def list_agencies(connection: Connection, *, after: str | None, limit: int) -> dict[str, Any]:
    """Return a page of agencies in the order of their ids."""
    rows = _page(connection, select(*_AGENCY), agency.c.id, after=after, limit=limit)
    return _listing([dict(row) for row in rows], rows, limit)


def get_agency(connection: Connection, agency_id: str) -> dict[str, Any] | None:
    """Return one agency or None."""
    row = connection.execute(select(*_AGENCY).where(agency.c.id == agency_id)).mappings().first()
    return dict(row) if row else None


def list_accounts(connection: Connection, agency_id: str, *, after: str | None, limit: int) -> dict[str, Any]:
    """Return a page of an agency's active accounts in the order of their ids."""
    statement = select(*_ACCOUNT).where(account.c.agency_id == agency_id, account.c.is_active)
    rows = _page(connection, statement, account.c.id, after=after, limit=limit)
    return _listing([_account(row) for row in rows], rows, limit)


def get_account(connection: Connection, account_id: str) -> dict[str, Any] | None:
    """Return one account, active or not, or None."""
    row = connection.execute(select(*_ACCOUNT).where(account.c.id == account_id)).mappings().first()
    return _account(row) if row else None


def get_userinfo(connection: Connection, account_id: str) -> dict[str, Any] | None:
    """Return what an active account's own person may see of it, or None."""
    statement = (
        select(*_ACCOUNT, account.c.username, account.c.display_name)
        .add_columns(*(column.label(f"agency_{column.name}") for column in _AGENCY[1:]))
        .join(agency, agency.c.id == account.c.agency_id)
        .where(account.c.id == account_id, account.c.is_active)
    )
    row = connection.execute(statement).mappings().first()
    if row is None:
        return None
    return {
        "sub": row["id"],
        "account_id": row["id"],
        "username": row["username"],
        "display_name": row["display_name"],
        "email": row["email"],
        "language": row["language"],
        "agency": {
            "id": row["agency_id"],
            "name": row["agency_name"],
            "country": row["agency_country"],
            "kind": row["agency_kind"],
        },
        "roles": list(row["roles"]),
    }


def _account(row: RowMapping) -> dict[str, Any]:
    return {
        "account_id": row["id"],
        "agency_id": row["agency_id"],
        "email": row["email"],
        "language": row["language"],
        "roles": list(row["roles"]),
        "active": row["is_active"],
    }


def _page(
    connection: Connection, statement: Select[Any], key: Any, *, after: str | None, limit: int
) -> list[RowMapping]:
    if after is not None:
        statement = statement.where(key > after)
    return list(connection.execute(statement.order_by(key).limit(limit)).mappings())


def _listing(items: list[dict[str, Any]], rows: list[RowMapping], limit: int) -> dict[str, Any]:
    return {"items": items, "next_cursor": rows[-1]["id"] if len(rows) == limit else None}
