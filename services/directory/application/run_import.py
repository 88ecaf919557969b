"""Works through an import: batch by batch, each written whole with the position reached, or not at all."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, Protocol

from chassis.clock import Clock
from services.directory.application.import_batches import BatchesAhead
from services.directory.application.judge_records import Judge
from services.directory.application.ports import UnitOfWork, UnitOfWorkFactory
from services.directory.application.read_service import Names
from services.directory.domain.imports import Decision, FileRefused, Import, Record, State

BATCH = 500
MOST_ROWS = 1_000_000


@dataclass(frozen=True)
class Task:
    """An import that this process holds, its file, and the names of places and terms.

    ``bytes_read`` says how much of the file is read, ``make_ready`` prepares a transaction for writing very much.
    """

    job: Import
    records: Iterator[Record]
    names: Names
    bytes_read: Callable[[], int]
    make_ready: Callable[[UnitOfWork], None]


class Desk(Protocol):
    """Hands out the imports that wait, each to one process at a time."""

    def take(self) -> AbstractContextManager[Task | None]:
        """Hold the oldest import that nobody works on, or return None; a process that dies lets go of it."""
        ...


def run_next_import(desk: Desk, *, unit_of_work: UnitOfWorkFactory, clock: Clock) -> bool:
    """Work through one import to its end; False where none waits."""
    with desk.take() as task:
        if task is None:
            return False
        _Run(task, unit_of_work, clock).run()
        return True


class _Run:
    def __init__(self, task: Task, unit_of_work: UnitOfWorkFactory, clock: Clock) -> None:
        self._job = task.job
        self._records = task.records
        self._bytes_read = task.bytes_read
        self._make_ready = task.make_ready
        self._unit_of_work = unit_of_work
        self._clock = clock
        self._judge = Judge(task.job, task.names)

    def run(self) -> None:
        self._job.begin(self._clock.now())
        with self._unit_of_work() as uow:
            if not uow.imports.begin(self._job):
                return
            self._judge.refused_organizations |= uow.imports.refused_organizations(self._job.id)
            uow.commit()
        fault = None
        try:
            if not self._work():
                return
        except FileRefused as refused:
            fault = refused.fault
        self._job.finish(self._clock.now(), fault)
        with self._unit_of_work() as uow:
            if uow.imports.finish(self._job):
                if self._job.state in (State.DONE, State.FAILED):
                    uow.imports.forget_file(self._job.id)
                uow.record(principal=self._job, action="import.finish", object_type="import", object_id=self._job.id)
                uow.commit()

    def _work(self) -> bool:
        """Write batch after batch; False where the import was stopped or somebody else went on with it."""
        self._job.check_attempts()
        batches = BatchesAhead(self._judge.told_once(self._records), BATCH)
        number = 0
        while batch := batches.take():
            first, number = number + 1, number + len(batch)
            self._job.begin_reading(self._clock.now())
            if number > MOST_ROWS:
                raise FileRefused("too_many_rows", limit=MOST_ROWS)
            # What is through was judged before; what must be remembered of it, told_once has noted.
            if number > self._job.position and not self._write(batch, first, batches):
                return False
        if not number:
            raise FileRefused("empty_file")
        return True

    def _write(self, batch: Sequence[Record], first: int, batches: BatchesAhead) -> bool:
        expected = self._job.position
        with self._unit_of_work() as uow:
            self._make_ready(uow)
            decisions = self._judge.decide(uow, batch, first, self._clock.now())
            self._note(uow, decisions)
            self._job.bytes_read = self._bytes_read()
            self._job.headers = batch[0].headers or self._job.headers
            batches.look_ahead()
            if not uow.imports.advance(self._job, expected):
                return False
            uow.commit()
        return True

    def _note(self, uow: UnitOfWork, decisions: Sequence[Decision]) -> None:
        counts: dict[str, Any] = self._job.counts
        for decision in decisions:
            counts[decision.outcome.value] = counts.get(decision.outcome.value, 0) + 1
            counts["possible_duplicates"] = counts.get("possible_duplicates", 0) + bool(decision.duplicates)
        self._job.position += len(decisions)
        uow.imports.add_rows(self._job.id, decisions)
