"""Parks events that cannot take effect, and with them the later ones of the same key, in order."""

from __future__ import annotations

import traceback
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, delete, exists, func, select, update
from sqlalchemy.dialects.postgresql import insert

from chassis.events.envelope import Event
from chassis.events.log import Record, message_of_json
from chassis.inbox.table import dead_letter

FAILED = "failed"
WAITING = "waiting"


def lock_key(connection: Connection, consumer: str, key: str) -> None:
    """Hold one key of one consumer until the transaction ends: log, feed and replay never overlap on it."""
    connection.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"{consumer} {key}", 0))))


def is_parked(connection: Connection, consumer: str, key: str) -> bool:
    """Whether an event of this key waits, so that the next one has to wait behind it."""
    held = exists().where(dead_letter.c.consumer == consumer, dead_letter.c.key == key)
    return bool(connection.scalar(select(held)))


def park_event(connection: Connection, *, consumer: str, event: Event, state: str, reason: str, attempts: int) -> None:
    """Park a readable event behind the others of its key; parking it twice changes nothing."""
    _park(
        connection,
        consumer=consumer,
        event_id=event.id,
        key=event.subject,
        type=event.type,
        state=state,
        reason=reason,
        attempts=attempts,
        message=event.to_structured(),
    )


def park_unreadable(connection: Connection, *, consumer: str, record: Record, reason: str) -> None:
    """Park a message that is no event of ours, byte by byte, under the key it came with."""
    _park(
        connection,
        consumer=consumer,
        event_id=record.stable_id(),
        key=record.key,
        type=record.headers.get("ce_type", "unreadable"),
        state=FAILED,
        reason=reason,
        attempts=1,
        message=record.to_json(),
    )


def event_of_message(message: Mapping[str, Any]) -> Event:
    """The event a dead letter holds; EnvelopeError where it is still unreadable."""
    if "specversion" in message:
        return Event.from_structured(message)
    return Event.from_message(*message_of_json(message))


def note_failure(connection: Connection, *, position: int, reason: str) -> None:
    """Count another failed attempt of a dead letter."""
    connection.execute(
        update(dead_letter)
        .where(dead_letter.c.position == position)
        .values(attempts=dead_letter.c.attempts + 1, state=FAILED, reason=reason)
    )


def remove(connection: Connection, *, position: int) -> None:
    """Take a dead letter away, in the transaction in which its event took effect."""
    connection.execute(delete(dead_letter).where(dead_letter.c.position == position))


def reason_of(fault: BaseException) -> str:
    """The kind and the place of a fault, never its text: a text may quote a person."""
    frames = traceback.extract_tb(fault.__traceback__)
    if not frames:
        return type(fault).__name__
    last = frames[-1]
    return f"{type(fault).__name__} at {last.filename.rsplit('/', 1)[-1]}:{last.lineno} in {last.name}"


def _park(connection: Connection, **values: Any) -> None:
    connection.execute(insert(dead_letter).values(**values).on_conflict_do_nothing())
