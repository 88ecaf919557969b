"""Keeps capacity enquiries, and lists them for the agencies that have a part in them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, insert, literal, or_, select, tuple_, update

from services.directory.adapters.enquiry_tables import capacity_answer, capacity_enquiry
from services.directory.adapters.tables import listing, organization, search_entry
from services.directory.adapters.visibility import is_visible_to
from services.directory.domain.enquiry import Answer, AnswerCode, AskedService, CapacityEnquiry, EnquiryNeed

_LISTS = ("needs", "languages", "accessibility")
_PLAIN = ("urgency", "age_band", "sex", "municipality")


class SqlEnquiryStore:
    """Enquiries in PostgreSQL."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def agencies_of(self, service_ids: Sequence[str], asking_agency_id: str) -> Mapping[str, str]:
        """Return who is to be asked, by service, of those that the asker may know of and that have an agency."""
        statement = (
            select(search_entry.c.listing_id, organization.c.agency_id)
            .join(organization, organization.c.id == search_entry.c.organization_id)
            .where(search_entry.c.listing_id.in_(service_ids), is_visible_to(asking_agency_id).clause())
            .where(organization.c.agency_id.is_not(None))
        )
        return {row.listing_id: row.agency_id for row in self._connection.execute(statement)}

    def get(self, enquiry_id: str) -> CapacityEnquiry | None:
        """Return the enquiry and hold it against other writers until the transaction ends, or None."""
        statement = select(capacity_enquiry).where(capacity_enquiry.c.id == enquiry_id).with_for_update()
        row = self._connection.execute(statement).first()
        return _enquiries(self._connection, [row])[0] if row else None

    def add(self, new: CapacityEnquiry) -> None:
        """Keep a new one."""
        need = {name: list(getattr(new.need, name)) for name in _LISTS}
        need |= {name: getattr(new.need, name) for name in _PLAIN}
        ids = {"id": new.id, "reference": new.reference, "asking_agency_id": new.asking_agency_id}
        times = {"until": new.until, "created_at": new.created_at, "version": new.version}
        self._connection.execute(insert(capacity_enquiry).values(**ids, **need, **times))
        rows = [
            {"enquiry_id": new.id, "service_id": asked.service_id, "agency_id": asked.agency_id, "version": 1}
            for asked in new.asked.values()
        ]
        self._connection.execute(insert(capacity_answer), rows)

    def save(self, changed: CapacityEnquiry) -> None:
        """Keep a changed one."""
        state = {"closed_at": changed.closed_at, "closed_by": changed.closed_by, "version": changed.version}
        self._connection.execute(update(capacity_enquiry).where(capacity_enquiry.c.id == changed.id).values(**state))
        for asked in changed.asked.values():
            if asked.answer is not None:
                values = {
                    "answer": asked.answer.code.value,
                    "available": asked.answer.available,
                    "answered_at": asked.answered_at,
                    "version": asked.version,
                }
                key = (capacity_answer.c.enquiry_id == changed.id, capacity_answer.c.service_id == asked.service_id)
                is_newer = capacity_answer.c.version < asked.version
                self._connection.execute(update(capacity_answer).where(*key, is_newer).values(**values))

    def overdue(self, at: datetime, limit: int) -> Sequence[str]:
        """Return open enquiries whose time is up, the longest overdue first."""
        is_due = (capacity_enquiry.c.closed_at.is_(None), capacity_enquiry.c.until <= at)
        statement = select(capacity_enquiry.c.id).where(*is_due).order_by(capacity_enquiry.c.until).limit(limit)
        return self._connection.scalars(statement).all()


def enquiries_of(
    connection: Connection,
    agency_id: str,
    *,
    role: str | None,
    is_open: bool | None,
    before: tuple[datetime, str] | None,
    limit: int,
) -> list[CapacityEnquiry]:
    """Return what the agency has sent and received, the newest first, after the one named by time and id."""
    asked = select(capacity_answer.c.enquiry_id).where(capacity_answer.c.agency_id == agency_id)
    entry = capacity_enquiry.c
    parts = {"sent": entry.asking_agency_id == agency_id, "received": entry.id.in_(asked)}
    conditions: list[ColumnElement[bool]] = [parts[role] if role else or_(*parts.values())]
    if is_open is not None:
        conditions.append(entry.closed_at.is_(None) if is_open else entry.closed_at.is_not(None))
    if before is not None:
        bound: Any = tuple_(literal(before[0], entry.created_at.type), literal(before[1], entry.id.type))
        conditions.append(tuple_(entry.created_at, entry.id) < bound)
    newest_first = select(capacity_enquiry).where(*conditions).order_by(entry.created_at.desc(), entry.id.desc())
    return _enquiries(connection, connection.execute(newest_first.limit(limit)).all())


def names_of_services(connection: Connection, service_ids: Sequence[str]) -> dict[str, tuple[str, str]]:
    """Return the names of services, published or not, and of their organizations."""
    statement = (
        select(listing.c.id, listing.c.name, organization.c.name.label("organization_name"))
        .join(organization, organization.c.id == listing.c.organization_id)
        .where(listing.c.id.in_(service_ids))
    )
    return {row.id: (row.name, row.organization_name) for row in connection.execute(statement)}


def _enquiries(connection: Connection, rows: Sequence[Row[Any]]) -> list[CapacityEnquiry]:
    asked: dict[str, dict[str, AskedService]] = defaultdict(dict)
    statement = select(capacity_answer).where(capacity_answer.c.enquiry_id.in_([row.id for row in rows]))
    for part in connection.execute(statement.order_by(capacity_answer.c.service_id)):
        asked[part.enquiry_id][part.service_id] = AskedService(
            service_id=part.service_id,
            agency_id=part.agency_id,
            answer=Answer(code=AnswerCode(part.answer), available=part.available) if part.answer else None,
            answered_at=part.answered_at,
            version=part.version,
        )
    return [_enquiry(row, asked[row.id]) for row in rows]


def _enquiry(row: Row[Any], asked: dict[str, AskedService]) -> CapacityEnquiry:
    return CapacityEnquiry(
        id=row.id,
        reference=row.reference,
        asking_agency_id=row.asking_agency_id,
        need=EnquiryNeed(
            needs=tuple(row.needs),
            urgency=row.urgency,
            age_band=row.age_band,
            sex=row.sex,
            languages=tuple(row.languages),
            accessibility=tuple(row.accessibility),
            municipality=row.municipality,
        ),
        until=row.until,
        created_at=row.created_at,
        asked=asked,
        closed_at=row.closed_at,
        closed_by=row.closed_by,
        version=row.version,
    )
