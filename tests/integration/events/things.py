"""A small service for tests: it emits things to its outbox and writes each effect into a table."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import BigInteger, Column, Engine, Identity, Integer, MetaData, Table, Text, insert, select

from chassis.clock import Clock
from chassis.database import new_metadata
from chassis.events.envelope import Event
from chassis.events.feed import read_feed
from chassis.events.log import EventLog
from chassis.events.registry import EventRegistry
from chassis.events.tables import add_event_tables
from chassis.inbox.apply import EventApplier
from chassis.inbox.consumer import Consumer
from chassis.inbox.reconciler import Reconciler
from chassis.outbox.relay import Relay
from chassis.unit_of_work import SqlUnitOfWork

TYPE = "thing.happened.v1"

_metadata = new_metadata()
add_event_tables(_metadata)
effect = Table(
    "effect",
    _metadata,
    Column("position", BigInteger, Identity(), primary_key=True),
    Column("key", Text, nullable=False),
    Column("version", Integer, nullable=False),
)


def thing_metadata() -> MetaData:
    return _metadata


class DirectFeed:
    """The feed read straight from the producer's database."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def read(self, *, after: int, limit: int) -> Mapping[str, Any]:
        with self._engine.connect() as connection:
            return read_feed(connection, after=after, limit=limit)


class ThingService:
    """Producer and consumer over one database; `poison` names keys whose events fail."""

    def __init__(self, engine: Engine, event_log: EventLog, topic: str, registry: EventRegistry, clock: Clock) -> None:
        self.engine = engine
        self.event_log = event_log
        self.topic = topic
        self.registry = registry
        self.clock = clock
        self.poison: set[str] = set()
        self.fault: type[Exception] = ValueError
        self.attempts = 0
        self.applier = EventApplier(
            consumer="reader",
            handlers={TYPE: self.handle},
            unit_of_work=self.unit_of_work,
            registry=registry,
            first_pause_seconds=0.01,
        )
        self._stop = threading.Event()
        self._threads: list[threading.Thread] = []
        self._crashes: list[Exception] = []
        self._versions: dict[str, int] = {}

    def unit_of_work(self) -> SqlUnitOfWork:
        return SqlUnitOfWork(self.engine, source="/services/things", clock=self.clock, registry=self.registry)

    def handle(self, uow: SqlUnitOfWork, event: Event) -> None:
        self.attempts += 1
        if event.subject in self.poison:
            raise self.fault("a handler's fault")
        uow.connection.execute(insert(effect).values(key=event.subject, version=event.aggregate_version))

    def emit(self, *keys: str) -> None:
        """Emit one event per key in one transaction."""
        with self.unit_of_work() as uow:
            for key in keys:
                self._versions[key] = self._versions.get(key, 0) + 1
                uow.emit(TYPE, subject=key, aggregate_version=self._versions[key], data={"number": 1})
            uow.commit()

    def relay(self, event_log: EventLog | None = None) -> Relay:
        return Relay(
            engine=self.engine,
            event_log=event_log or self.event_log,
            topic=self.topic,
            longest_pause_seconds=1.0,
        )

    def consumer(self) -> Consumer:
        return Consumer(
            event_log=self.event_log,
            topics=[self.topic],
            applier=self.applier,
            poll_seconds=0.2,
            pause_seconds=0.2,
        )

    def reconciler(self, *, grace: timedelta = timedelta(0)) -> Reconciler:
        return Reconciler(
            applier=self.applier,
            feeds={"things": DirectFeed(self.engine)},
            clock=self.clock,
            grace=grace,
            every_seconds=0.2,
        )

    def start(self, *roles: Callable[[threading.Event], None]) -> None:
        for role in roles:
            thread = threading.Thread(target=self._run, args=(role,), daemon=True)
            thread.start()
            self._threads.append(thread)

    def _run(self, role: Callable[[threading.Event], None]) -> None:
        try:
            role(self._stop)
        except Exception as fault:
            self._crashes.append(fault)
            raise

    def stop(self) -> None:
        """Stop every role; each has to end soon, and none may have crashed."""
        self._stop.set()
        for thread in self._threads:
            thread.join(20)
            assert not thread.is_alive(), "a role did not stop"
        assert not self._crashes, f"a role crashed: {self._crashes}"

    def effects(self) -> dict[str, list[int]]:
        """The versions that took effect, by key, in order of effect."""
        with self.engine.connect() as connection:
            rows = connection.execute(select(effect.c.key, effect.c.version).order_by(effect.c.position))
            found: dict[str, list[int]] = {}
            for key, version in rows:
                found.setdefault(key, []).append(version)
            return found

    def wait_for(self, expected: dict[str, list[int]], *, seconds: float = 40.0) -> None:
        wait_until(lambda: self.effects() == expected, seconds=seconds, otherwise=self.effects)

    def scalar(self, statement: Any) -> Any:
        with self.engine.connect() as connection:
            return connection.scalar(statement)


def wait_until(
    condition: Callable[[], bool], *, seconds: float = 40.0, otherwise: Callable[[], object] = lambda: ""
) -> None:
    """Wait for a condition; fail with what is there instead."""
    deadline = time.monotonic() + seconds
    pause = threading.Event()
    while not condition():
        assert time.monotonic() < deadline, f"not so after {seconds} s: {otherwise()}"
        pause.wait(0.02)
