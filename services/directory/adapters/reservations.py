"""Keeps which referral has taken a place of which service."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from services.directory.adapters.tables import capacity_reservation


class SqlReservationStore:
    """Reservations in PostgreSQL; the primary key on the referral makes each count once."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def reserve(self, referral_id: str, service_id: str, at: datetime) -> bool:
        """Note the acceptance; False where the referral has reserved, or ended, before."""
        statement = upsert(capacity_reservation).values(
            referral_id=referral_id, listing_id=service_id, took_place=False, reserved_at=at
        )
        inserted = statement.on_conflict_do_nothing().returning(capacity_reservation.c.referral_id)
        return self._connection.execute(inserted).first() is not None

    def of_referral(self, referral_id: str) -> tuple[str, datetime] | None:
        """Return the service that the referral has reserved at, and when; None where it has not."""
        table = capacity_reservation
        reserved = select(table.c.listing_id, table.c.reserved_at).where(table.c.reserved_at.is_not(None))
        row = self._connection.execute(reserved.where(table.c.referral_id == referral_id)).first()
        return (row.listing_id, row.reserved_at) if row else None

    def note_place_taken(self, referral_id: str) -> None:
        """Note that the acceptance has lowered the number of free places."""
        table = capacity_reservation
        self._connection.execute(update(table).where(table.c.referral_id == referral_id).values(took_place=True))

    def release(self, referral_id: str, service_id: str, at: datetime) -> bool:
        """Note the end; True only the first time, and only if the acceptance had lowered the number."""
        table = capacity_reservation
        ended = (
            update(table)
            .where(table.c.referral_id == referral_id, table.c.released_at.is_(None))
            .values(released_at=at)
            .returning(table.c.took_place)
        )
        took_place = self._connection.execute(ended).scalar()
        if took_place is None:
            early = upsert(table).values(
                referral_id=referral_id, listing_id=service_id, took_place=False, released_at=at
            )
            self._connection.execute(early.on_conflict_do_nothing())
        return bool(took_place)
