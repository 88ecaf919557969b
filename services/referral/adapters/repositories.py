"""Loads and saves referrals: explicit rows to objects and back, with a version check on every save."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, delete, insert, select, update

from services.referral.adapters.tables import consent, deadline, listing, referral, sealed_part
from services.referral.domain.appointment import Appointment, AppointmentStatus
from services.referral.domain.consent import Assent, Basis, Consent, DataGroup, Form, GivenBy
from services.referral.domain.deadlines import Deadline, DeadlineName, Deadlines
from services.referral.domain.errors import StaleReferral
from services.referral.domain.referral import Referral
from services.referral.domain.status import Kind, Status, Urgency

_PLAIN = (
    "id", "reference", "version", "service_id", "referring_agency_id", "receiving_agency_id", "created_by",
    "on_hold_until", "reason_code", "outcome_code", "consent_withdrawn_at", "created_at", "sent_at",
    "acknowledged_at", "decided_at", "accepted_at", "started_at", "completed_at", "closed_at", "expires_at",
    "retained_until", "erased_at",
)  # fmt: skip
_GROUPS = tuple(group.value for group in DataGroup)


class SqlReferrals:
    """The referrals in PostgreSQL."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, new: Referral) -> None:
        """Add a new one."""
        self._connection.execute(insert(referral).values(_row_of(new)))
        self._put_details(new)

    def get(self, referral_id: str, *, for_change: bool = False) -> Referral | None:
        """Load one, locked until the end of the transaction where it is to be changed."""
        wanted = select(referral).where(referral.c.id == referral_id)
        if for_change:
            wanted = wanted.with_for_update()
        found = self.load(self._connection.execute(wanted).all())
        return found[0] if found else None

    def find(self, *conditions: ColumnElement[bool], limit: int) -> list[Referral]:
        """Load those that meet the conditions, the latest first."""
        wanted = select(referral).where(*conditions).order_by(referral.c.id.desc()).limit(limit)
        return self.load(self._connection.execute(wanted).all())

    def save(self, changed: Referral, *, loaded_version: int) -> None:
        """Store changes; raises StaleReferral when the version on record is not the one that was loaded."""
        done = self._connection.execute(
            update(referral)
            .where(referral.c.id == changed.id, referral.c.version == loaded_version)
            .values(_row_of(changed))
        )
        if done.rowcount != 1:
            raise StaleReferral(current_version=None)
        for details in (consent, deadline):
            self._connection.execute(delete(details).where(details.c.referral_id == changed.id))
        self._put_details(changed)

    def open_for_service(self, service_id: str) -> Sequence[str]:
        """Return ids of the referrals that were sent to a service, or to one that it has replaced, and go on."""
        is_open = (referral.c.sent_at.is_not(None), referral.c.closed_at.is_(None))
        replaced = select(listing.c.service_id).where(listing.c.replaced_by == service_id)
        is_to_it = (referral.c.service_id == service_id) | referral.c.service_id.in_(replaced)
        found = select(referral.c.id).where(is_to_it, *is_open).order_by(referral.c.id)
        return list(self._connection.scalars(found))

    def due_for_the_clock(self, now: datetime, limit: int) -> Sequence[str]:
        """Return ids of referrals with a miss to announce or an expiry to carry out."""
        missed = select(deadline.c.referral_id).where(
            deadline.c.due_at < now,
            deadline.c.done_at.is_(None),
            deadline.c.paused_at.is_(None),
            deadline.c.announced_at.is_(None),
        )
        expired = select(referral.c.id).where(referral.c.expires_at <= now)
        return list(self._connection.scalars(missed.union(expired).limit(limit)))

    def load(self, rows: Iterable[Row[Any]]) -> list[Referral]:
        """Build the referrals of these rows, with three queries however many there are."""
        found = [_referral_of(row) for row in rows]
        by_id = {each.id: each for each in found}
        ids = list(by_id)
        if not ids:
            return []
        for row in self._connection.execute(select(consent).where(consent.c.referral_id.in_(ids))):
            by_id[row.referral_id].consent = _consent_of(row)
        for row in self._connection.execute(select(deadline).where(deadline.c.referral_id.in_(ids))):
            clocks = by_id[row.referral_id].deadlines.by_name
            clocks[DeadlineName(row.name)] = Deadline(
                DeadlineName(row.name), row.due_at, row.done_at, row.paused_at, row.announced_at
            )
        filled = select(sealed_part.c.referral_id, sealed_part.c.part).where(
            sealed_part.c.referral_id.in_(ids), sealed_part.c.part.in_(_GROUPS)
        )
        for row in self._connection.execute(filled):
            by_id[row.referral_id].filled_groups |= {DataGroup(row.part)}
        return found

    def _put_details(self, whole: Referral) -> None:
        if whole.consent is not None:
            self._connection.execute(insert(consent).values(referral_id=whole.id, **_row_of_consent(whole.consent)))
        clocks = [
            {
                "referral_id": whole.id,
                "name": each.name.value,
                "due_at": each.due_at,
                "done_at": each.done_at,
                "paused_at": each.paused_at,
                "announced_at": each.announced_at,
            }
            for each in whole.deadlines
        ]
        if clocks:
            self._connection.execute(insert(deadline), clocks)


def _row_of(whole: Referral) -> dict[str, Any]:
    row = {name: getattr(whole, name) for name in _PLAIN}
    appointment = whole.appointment
    return row | {
        "kind": whole.kind.value,
        "urgency": whole.urgency.value,
        "status": whole.status.value,
        "held_from": whole.held_from.value if whole.held_from else None,
        "appointment_status": appointment.status.value if appointment else None,
        "appointment_at": appointment.at if appointment else None,
    }


def _referral_of(row: Row[Any]) -> Referral:
    plain = {name: getattr(row, name) for name in _PLAIN}
    has_appointment = row.appointment_status is not None
    return Referral(
        **plain,
        kind=Kind(row.kind),
        urgency=Urgency(row.urgency),
        status=Status(row.status),
        held_from=Status(row.held_from) if row.held_from else None,
        appointment=Appointment(AppointmentStatus(row.appointment_status), row.appointment_at)
        if has_appointment
        else None,
        deadlines=Deadlines(),
    )


def _row_of_consent(given: Consent) -> dict[str, Any]:
    return {
        "basis": given.basis.value,
        "given_by": given.given_by.value,
        "form": given.form.value,
        "data_groups": sorted(group.value for group in given.data_groups),
        "language": given.language,
        "obtained_at": given.obtained_at,
        "valid_until": given.valid_until,
        "child_assent": given.child_assent.value if given.child_assent else None,
        "is_override_explained": given.is_override_explained,
    }


def _consent_of(row: Row[Any]) -> Consent:
    return Consent(
        basis=Basis(row.basis),
        given_by=GivenBy(row.given_by),
        form=Form(row.form),
        data_groups=frozenset(DataGroup(name) for name in row.data_groups),
        language=row.language,
        obtained_at=row.obtained_at,
        valid_until=row.valid_until,
        child_assent=Assent(row.child_assent) if row.child_assent else None,
        is_override_explained=row.is_override_explained,
    )
