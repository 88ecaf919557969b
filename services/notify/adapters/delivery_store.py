"""Keeps deliveries and their attempts; hands each out to one sender at a time."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, and_, exists, select, update
from sqlalchemy.dialects.postgresql import insert

from chassis.ids import new_id
from services.notify.adapters.tables import delivery, delivery_attempt
from services.notify.adapters.wake import wake_dispatcher
from services.notify.domain.delivery import Delivery, Status, Verdict
from services.notify.domain.news import Urgency
from services.notify.domain.retry import Channel


class DeliveryStore:
    """Deliveries by urgency and time."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, new: Delivery) -> bool:
        """Queue a delivery; False where the recipient was told of the event by this channel before."""
        statement = insert(delivery).values(
            id=new.id,
            channel=new.channel.value,
            recipient_id=new.recipient_id,
            agency_id=new.agency_id,
            event_id=new.event_id,
            event_type=new.event_type,
            referral_id=new.referral_id,
            reference=new.reference,
            referral_status=new.referral_status,
            urgency=new.urgency.value,
            priority=new.urgency.priority,
            occurred_at=new.occurred_at,
            due_at=new.due_at,
            listing_count=new.listing_count,
            created_at=new.created_at,
            next_attempt_at=new.next_attempt_at,
            status=new.status.value,
            attempts=new.attempts,
        )
        added = self._connection.execute(statement.on_conflict_do_nothing().returning(delivery.c.id)).first()
        if added is not None:
            wake_dispatcher(self._connection)
        return added is not None

    def claim(self, channel: Channel, *, now: datetime, lease: timedelta) -> Delivery | None:
        """Take the most urgent delivery that is due; it is nobody else's until the lease has run out.

        A webhook endpoint gets one request at a time, so that a slow one cannot hold up all the others.
        """
        waiting = delivery.alias("waiting")
        due = select(waiting.c.id).where(waiting.c.channel == channel.value, waiting.c.next_attempt_at <= now)
        if channel is Channel.WEBHOOK:
            other = delivery.alias("other")
            busy = exists().where(
                and_(
                    other.c.recipient_id == waiting.c.recipient_id,
                    other.c.status == Status.SENDING.value,
                    other.c.next_attempt_at > now,
                )
            )
            due = due.where(~busy)
        due = (
            due.order_by(waiting.c.priority, waiting.c.next_attempt_at, waiting.c.id)
            .limit(1)
            .with_for_update(skip_locked=True)
        )
        row = self._connection.execute(
            update(delivery)
            .where(delivery.c.id == due.scalar_subquery())
            .values(
                status=Status.SENDING.value,
                attempts=delivery.c.attempts + 1,
                claim=new_id(),
                next_attempt_at=now + lease,
            )
            .returning(delivery)
        ).first()
        return _delivery(row) if row else None

    def finish_attempt(self, finished: Delivery, verdict: Verdict, *, started_at: datetime, now: datetime) -> bool:
        """Record what came of an attempt; False where the claim is no longer the caller's."""
        kept = self._connection.execute(
            update(delivery)
            .where(delivery.c.id == finished.id, delivery.c.claim == finished.claim)
            .values(
                status=finished.status.value,
                next_attempt_at=finished.next_attempt_at,
                claim=None,
                finished_at=now if finished.status.is_final else None,
            )
        )
        if kept.rowcount != 1:
            return False
        self._connection.execute(
            insert(delivery_attempt).values(
                id=new_id(),
                delivery_id=finished.id,
                recipient_id=finished.recipient_id,
                number=finished.attempts,
                attempted_at=started_at,
                duration_ms=round((now - started_at).total_seconds() * 1000),
                status=finished.status.value,
                reason=verdict.reason.value if verdict.reason else None,
                response_code=verdict.response_code,
                next_attempt_at=finished.next_attempt_at,
            )
        )
        return True

    def hasten(self, endpoint_id: str, *, now: datetime) -> None:
        """Make everything that waits for a recipient due now."""
        self._connection.execute(
            update(delivery)
            .where(
                delivery.c.recipient_id == endpoint_id,
                delivery.c.next_attempt_at > now,
                delivery.c.status != Status.SENDING.value,
            )
            .values(next_attempt_at=now)
        )

    def release(self, delivery_id: str, *, now: datetime) -> Delivery | None:
        """Start a delivery afresh that had ended without being delivered; None where there is no such one."""
        row = self._connection.execute(
            update(delivery)
            .where(
                delivery.c.id == delivery_id,
                delivery.c.status.in_([Status.PERMANENT_FAILURE.value, Status.TECHNICAL_FAILURE.value]),
            )
            .values(status=Status.CREATED.value, attempts=0, created_at=now, next_attempt_at=now, finished_at=None)
            .returning(delivery)
        ).first()
        if row is None:
            return None
        wake_dispatcher(self._connection)
        return _delivery(row)


def _delivery(row: Any) -> Delivery:
    return Delivery(
        id=row.id,
        channel=Channel(row.channel),
        recipient_id=row.recipient_id,
        agency_id=row.agency_id,
        event_id=row.event_id,
        event_type=row.event_type,
        referral_id=row.referral_id,
        reference=row.reference,
        referral_status=row.referral_status,
        urgency=Urgency(row.urgency),
        occurred_at=row.occurred_at,
        due_at=row.due_at,
        listing_count=row.listing_count,
        created_at=row.created_at,
        next_attempt_at=row.next_attempt_at,
        status=Status(row.status),
        attempts=row.attempts,
        claim=row.claim,
    )
