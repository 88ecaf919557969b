"""Reads for the API, straight from the tables to what goes over the wire."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, func, select

from chassis.clock import to_rfc3339
from services.notify.adapters.tables import delivery, delivery_attempt, inbox_entry, webhook_endpoint
from services.notify.adapters.templates import Templates
from services.notify.domain.message import Language
from services.notify.domain.news import Subject


def inbox_page(
    connection: Connection,
    *,
    account_id: str,
    unread: bool | None,
    cursor: str | None,
    limit: int,
    templates: Templates,
    language: Language,
) -> dict[str, Any]:
    """Return a page of one person's entries, newest first."""
    mine = select(inbox_entry).where(inbox_entry.c.account_id == account_id)
    if unread is not None:
        mine = mine.where(inbox_entry.c.read_at.is_(None) if unread else inbox_entry.c.read_at.is_not(None))
    rows, next_cursor = _page(connection, mine, inbox_entry.c.id, cursor, limit)
    unread_count = connection.scalar(
        select(func.count())
        .select_from(inbox_entry)
        .where(inbox_entry.c.account_id == account_id, inbox_entry.c.read_at.is_(None))
    )
    return {
        "items": [_entry(row, templates, language) for row in rows],
        "next_cursor": next_cursor,
        "unread_count": unread_count,
    }


def inbox_entry_view(
    connection: Connection, *, entry_id: str, templates: Templates, language: Language
) -> dict[str, Any]:
    """Return one entry; whose it is has been checked before."""
    row = connection.execute(select(inbox_entry).where(inbox_entry.c.id == entry_id)).one()
    return _entry(row, templates, language)


def endpoint_views(connection: Connection, *, agency_id: str, endpoint_id: str | None = None) -> list[dict[str, Any]]:
    """Return an agency's endpoints, or the one named, with what the last attempt came to; never a secret."""
    last = (
        select(delivery_attempt.c.attempted_at, delivery_attempt.c.status)
        .where(delivery_attempt.c.recipient_id == webhook_endpoint.c.id)
        .order_by(delivery_attempt.c.id.desc())
        .limit(1)
        .lateral("last")
    )
    wanted = (
        select(webhook_endpoint, last.c.attempted_at, last.c.status.label("last_status"))
        .join(last, last.c.status.is_not(None), isouter=True)
        .where(webhook_endpoint.c.agency_id == agency_id)
        .order_by(webhook_endpoint.c.id.desc())
    )
    if endpoint_id is not None:
        wanted = wanted.where(webhook_endpoint.c.id == endpoint_id)
    return [_endpoint(row) for row in connection.execute(wanted)]


def attempt_page(connection: Connection, *, endpoint_id: str, cursor: str | None, limit: int) -> dict[str, Any]:
    """Return a page of what was tried at an endpoint, newest first."""
    tried = (
        select(delivery_attempt, delivery.c.event_type, delivery.c.reference)
        .join(delivery, delivery.c.id == delivery_attempt.c.delivery_id)
        .where(delivery_attempt.c.recipient_id == endpoint_id)
    )
    rows, next_cursor = _page(connection, tried, delivery_attempt.c.id, cursor, limit)
    return {"items": [_attempt(row) for row in rows], "next_cursor": next_cursor}


def _page(
    connection: Connection, wanted: Select[Any], key: Any, cursor: str | None, limit: int
) -> tuple[list[Any], str | None]:
    """Read one row more than asked for, to know whether there is a next page."""
    if cursor is not None:
        wanted = wanted.where(key < cursor)
    rows = list(connection.execute(wanted.order_by(key.desc()).limit(limit + 1)))
    return rows[:limit], rows[limit - 1].id if len(rows) > limit else None


def _entry(row: Any, templates: Templates, language: Language) -> dict[str, Any]:
    return {
        "id": row.id,
        "created_at": to_rfc3339(row.created_at),
        "read_at": _moment(row.read_at),
        "kind": row.kind,
        "subject": {
            "type": Subject.of(row.reference).value,
            "id": row.referral_id or row.listing_id,
            "reference": row.reference,
            "count": row.listing_count,
        },
        "urgency": row.urgency,
        "due_at": _moment(row.due_at),
        "text": templates.inbox_line(row.kind, row.reference, row.listing_count, language=language),
    }


def _endpoint(row: Any) -> dict[str, Any]:
    return {
        "id": row.id,
        "url": row.url,
        "description": row.description,
        "status": "disabled" if row.disabled_at else "active",
        "created_at": to_rfc3339(row.created_at),
        "disabled_at": _moment(row.disabled_at),
        "disabled_reason": "gone" if row.disabled_at else None,
        "last_attempt_at": _moment(row.attempted_at),
        "last_status": row.last_status,
    }


def _attempt(row: Any) -> dict[str, Any]:
    return {
        "id": row.id,
        "delivery_id": row.delivery_id,
        "number": row.number,
        "event_type": row.event_type,
        "reference": row.reference,
        "attempted_at": to_rfc3339(row.attempted_at),
        "duration_ms": row.duration_ms,
        "status": row.status,
        "reason": row.reason,
        "response_code": row.response_code,
        "next_attempt_at": _moment(row.next_attempt_at),
    }


def _moment(moment: datetime | None) -> str | None:
    return to_rfc3339(moment) if moment else None
