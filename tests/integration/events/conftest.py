"""Fixtures for the event log engines, and a small service that sends and receives events."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from chassis.clock import SystemClock
from chassis.database import make_engine
from chassis.eventlog_postgres.event_log import PostgresEventLog
from chassis.eventlog_postgres.schema import create_event_log
from chassis.events.log import EventLog, Topic
from chassis.events.registry import EventRegistry
from chassis.testing.event_log_conformance import PARTITIONS
from tests.integration.events.things import ThingService, thing_metadata
from tests.support.kafka import KafkaCluster, running_cluster
from tests.support.postgres import temporary_database

SCHEMA = {
    "title": "Thing happened",
    "description": "A thing of the tests.",
    "x-topic": "things.events.v1",
    "x-producer": "things",
    "x-consumers": ["reader"],
    "type": "object",
    "additionalProperties": False,
    "required": ["number"],
    "properties": {"number": {"type": "integer"}},
}


@pytest.fixture(scope="session")
def kafka_cluster() -> Iterator[KafkaCluster]:
    with running_cluster() as cluster:
        yield cluster


@pytest.fixture(scope="session")
def events_database() -> Iterator[str]:
    with temporary_database() as url:
        create_event_log(url)
        yield url


@pytest.fixture(params=["postgres", pytest.param("kafka", marks=pytest.mark.kafka)])
def event_log(request: pytest.FixtureRequest) -> Iterator[EventLog]:
    log: EventLog
    if request.param == "kafka":
        log = request.getfixturevalue("kafka_cluster").open()
    else:
        log = PostgresEventLog(request.getfixturevalue("events_database"))
    yield log
    log.close()


@pytest.fixture
def topic(event_log: EventLog) -> str:
    name = f"things-{uuid.uuid4().hex[:8]}.v1"
    event_log.ensure_topics([Topic(name, PARTITIONS, retention_days=1)])
    return name


@pytest.fixture(scope="session")
def registry(tmp_path_factory: pytest.TempPathFactory) -> EventRegistry:
    folder: Path = tmp_path_factory.mktemp("schemas")
    (folder / "thing").mkdir()
    (folder / "thing" / "thing.happened.v1.json").write_text(json.dumps(SCHEMA), encoding="utf-8")
    return EventRegistry.load(folder)


@pytest.fixture(scope="session")
def service_database() -> Iterator[str]:
    with temporary_database() as url:
        engine = make_engine(url)
        thing_metadata().create_all(engine)
        engine.dispose()
        yield url


@pytest.fixture
def engine(service_database: str) -> Iterator[Engine]:
    engine = make_engine(service_database, statement_timeout_ms=10_000)
    with engine.begin() as connection:
        connection.execute(text("TRUNCATE outbox, inbox, dead_letter, feed_cursor, effect RESTART IDENTITY"))
    yield engine
    engine.dispose()


@pytest.fixture
def things(engine: Engine, event_log: EventLog, topic: str, registry: EventRegistry) -> Iterator[ThingService]:
    service = ThingService(engine, event_log, topic, registry, SystemClock())
    yield service
    service.stop()
