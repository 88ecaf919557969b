"""Shows and replays dead letters: by key, in order, each removed once its event has taken effect."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TextIO

from sqlalchemy import Connection, delete, insert, select

from chassis.clock import to_rfc3339
from chassis.inbox.apply import TRANSIENT, EventApplier
from chassis.inbox.parking import event_of_message, lock_key, note_failure, reason_of, remove
from chassis.inbox.table import dead_letter, inbox


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A parked event as an operator sees it."""

    event_id: str
    key: str
    type: str
    state: str
    reason: str
    attempts: int
    parked_at: datetime


@dataclass(frozen=True, slots=True)
class ReplayReport:
    """What a replay did: events that took effect, and the keys that still stand still."""

    applied: int
    stuck_keys: tuple[str, ...]


def list_dead_letters(connection: Connection, consumer: str) -> list[DeadLetter]:
    """All dead letters of a consumer, oldest first."""
    rows = connection.execute(
        select(dead_letter).where(dead_letter.c.consumer == consumer).order_by(dead_letter.c.position)
    )
    return [
        DeadLetter(row.event_id, row.key, row.type, row.state, row.reason, row.attempts, row.parked_at) for row in rows
    ]


def replay(applier: EventApplier, *, key: str | None = None) -> ReplayReport:
    """Run the parked events again, of one key or of all; a key stops at its first event that fails again."""
    applied = 0
    stuck = []
    for parked in [key] if key is not None else _parked_keys(applier):
        count, clear = _replay_key(applier, parked)
        applied += count
        if not clear:
            stuck.append(parked)
    return ReplayReport(applied, tuple(stuck))


def dead_letters_command(argv: Sequence[str], *, applier: EventApplier, output: TextIO | None = None) -> int:
    """The `dead-letters` command of a service: list, replay or discard; status 1 where something is left."""
    out = output or sys.stdout
    arguments = _parser().parse_args(list(argv))
    if arguments.command == "list":
        return _show(applier, out)
    if arguments.command == "discard":
        return _discard(applier, arguments.event, out)
    report = replay(applier, key=arguments.key)
    out.write(f"{report.applied} applied, {len(report.stuck_keys)} keys still stuck\n")
    out.writelines(f"stuck: {stuck}\n" for stuck in report.stuck_keys)
    return 1 if report.stuck_keys else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="dead-letters")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("list", help="show what is parked")
    replaying = commands.add_parser("replay", help="run parked events again, in order")
    replaying.add_argument("--key", help="only this key (the id of an aggregate)")
    discarding = commands.add_parser("discard", help="give up one event for good; the later ones stay parked")
    discarding.add_argument("--event", required=True, help="the event's id, as the list shows it")
    return parser


def _show(applier: EventApplier, out: TextIO) -> int:
    with applier.unit_of_work() as uow:
        letters = list_dead_letters(uow.connection, applier.consumer)
    out.writelines(_line(letter) for letter in letters)
    out.write(f"{len(letters)} parked\n")
    return 0


def _discard(applier: EventApplier, event_id: str, out: TextIO) -> int:
    with applier.unit_of_work() as uow:
        row = uow.connection.execute(
            delete(dead_letter)
            .where(dead_letter.c.consumer == applier.consumer, dead_letter.c.event_id == event_id)
            .returning(dead_letter)
        ).one_or_none()
        if row is None:
            out.write("no such event is parked\n")
            return 1
        # In the inbox it counts as seen, so that neither the log nor the feed brings it again.
        uow.connection.execute(
            insert(inbox).values(
                consumer=applier.consumer, event_id=event_id, type=row.type, subject=row.key, aggregate_version=0
            )
        )
        uow.commit()
    out.write("1 discarded\n")
    return 0


def _parked_keys(applier: EventApplier) -> list[str]:
    with applier.unit_of_work() as uow:
        rows = uow.connection.scalars(
            select(dead_letter.c.key).where(dead_letter.c.consumer == applier.consumer).order_by(dead_letter.c.position)
        )
        return list(dict.fromkeys(rows))


def _replay_key(applier: EventApplier, key: str) -> tuple[int, bool]:
    count = 0
    while True:
        try:
            with applier.unit_of_work() as uow:
                letter = _first(uow.connection, applier.consumer, key)
                if letter is None:
                    return count, True
                event = event_of_message(letter.message)
                if not applier.has_applied(uow.connection, event):
                    applier.effect(uow, event)
                remove(uow.connection, position=letter.position)
                uow.commit()
            count += 1
        except TRANSIENT:
            raise
        except Exception as fault:
            with applier.unit_of_work() as uow:
                note_failure(uow.connection, position=letter.position, reason=reason_of(fault))
                uow.commit()
            return count, False


def _first(connection: Connection, consumer: str, key: str) -> Any:
    lock_key(connection, consumer, key)
    return connection.execute(
        select(dead_letter)
        .where(dead_letter.c.consumer == consumer, dead_letter.c.key == key)
        .order_by(dead_letter.c.position)
        .limit(1)
    ).one_or_none()


def _line(letter: DeadLetter) -> str:
    return (
        f"{to_rfc3339(letter.parked_at)}  {letter.state:8}  {letter.type}  key={letter.key}"
        f"  event={letter.event_id}  attempts={letter.attempts}  {letter.reason}\n"
    )
