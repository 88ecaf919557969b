"""A unit of work is all or nothing, and its audit record cannot be rewritten unseen."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import Engine, func, select, text
from sqlalchemy.exc import DBAPIError

from chassis import audit, metrics
from chassis.database import make_engine
from chassis.event_metrics import observe_events
from chassis.events.registry import EventInvalid, EventRegistry
from chassis.migrations import create_chassis_tables, drop_chassis_tables
from chassis.principal import Principal
from chassis.testing.fakes import FakeClock
from chassis.unit_of_work import SqlUnitOfWork
from tests.support.postgres import temporary_database

SCHEMA = """{"title": "x", "x-topic": "sample.events.v1", "x-producer": "sample", "x-consumers": ["other"],
"type": "object", "additionalProperties": false, "required": ["thing_id"],
"properties": {"thing_id": {"type": "string"}}}"""
SOMEONE = Principal("account-1", "agency-1", frozenset(), frozenset(), "portal")


@pytest.fixture
def engine() -> Iterator[Engine]:
    with temporary_database() as url:
        engine = make_engine(url)
        with engine.begin() as connection:
            create_chassis_tables(Operations(MigrationContext.configure(connection)))
        yield engine
        engine.dispose()


@pytest.fixture
def registry(tmp_path: Path) -> EventRegistry:
    (tmp_path / "sample").mkdir()
    (tmp_path / "sample" / "thing.made.v1.json").write_text(SCHEMA)
    return EventRegistry.load(tmp_path)


def work(engine: Engine, registry: EventRegistry) -> SqlUnitOfWork:
    return SqlUnitOfWork(engine, source="/services/sample", clock=FakeClock(), registry=registry)


def counts(engine: Engine) -> tuple[int, int]:
    with engine.connect() as connection:
        query = "SELECT (SELECT count(*) FROM outbox), (SELECT count(*) FROM audit_record)"
        return tuple(connection.execute(text(query)).one())  # type: ignore[return-value]


def make_thing(unit: SqlUnitOfWork) -> None:
    unit.emit("thing.made.v1", subject="thing-1", aggregate_version=1, data={"thing_id": "thing-1"})
    unit.record(principal=SOMEONE, action="make", object_type="thing", object_id="thing-1")


def test_without_commit_nothing_happened(engine: Engine, registry: EventRegistry) -> None:
    with work(engine, registry) as unit:
        make_thing(unit)
    assert counts(engine) == (0, 0)


def test_an_error_undoes_everything(engine: Engine, registry: EventRegistry) -> None:
    def fail_halfway() -> None:
        with work(engine, registry) as unit:
            make_thing(unit)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail_halfway()
    assert counts(engine) == (0, 0)


def test_an_event_with_a_field_its_schema_does_not_name_is_refused(engine: Engine, registry: EventRegistry) -> None:
    with work(engine, registry) as unit, pytest.raises(EventInvalid):
        unit.emit("thing.made.v1", subject="t", aggregate_version=1, data={"thing_id": "t", "child_name": "Agron"})


def test_a_commit_keeps_event_and_audit_record_together(engine: Engine, registry: EventRegistry) -> None:
    with work(engine, registry) as unit:
        make_thing(unit)
        unit.commit()
    assert counts(engine) == (1, 1)


def test_the_audit_record_is_append_only(engine: Engine, registry: EventRegistry) -> None:
    with work(engine, registry) as unit:
        make_thing(unit)
        unit.commit()
    for statement in ("UPDATE audit_record SET action = 'x'", "DELETE FROM audit_record", "TRUNCATE audit_record"):
        with pytest.raises(DBAPIError, match="append-only"), engine.begin() as connection:
            connection.execute(text(statement))


TAMPERINGS = [
    "UPDATE audit_record SET object_id = 'other' WHERE number = 2",
    "DELETE FROM audit_record WHERE number = 2",
    "UPDATE audit_record SET occurred_at = occurred_at - interval '1 day' WHERE number = 3",
    "UPDATE audit_record SET decision = 'refused', hash = previous_hash WHERE number = 1",
]


@pytest.mark.parametrize("tampering", TAMPERINGS)
def test_tampering_behind_the_trigger_breaks_the_chain(engine: Engine, registry: EventRegistry, tampering: str) -> None:
    for _ in range(3):
        with work(engine, registry) as unit:
            make_thing(unit)
            unit.commit()
    with engine.begin() as connection:
        assert audit.verify(connection) == 3
        connection.execute(text("ALTER TABLE audit_record DISABLE TRIGGER audit_record_append_only"))
        connection.execute(text(tampering))
        with pytest.raises(audit.AuditBroken):
            audit.verify(connection)


def test_records_written_at_the_same_time_form_one_chain(engine: Engine, registry: EventRegistry) -> None:
    def write(_: int) -> None:
        with work(engine, registry) as unit:
            make_thing(unit)
            unit.commit()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(write, range(40)))
    with engine.connect() as connection:
        assert audit.verify(connection) == 40


def test_the_chassis_tables_can_be_dropped_and_made_again(engine: Engine) -> None:
    with engine.begin() as connection:
        operations = Operations(MigrationContext.configure(connection))
        drop_chassis_tables(operations)
        left = connection.execute(
            select(func.count()).select_from(text("pg_tables")).where(text("schemaname = 'public'"))
        ).scalar()
        assert left == 0
        create_chassis_tables(operations)


def test_what_waits_in_the_outbox_is_measured(engine: Engine, registry: EventRegistry) -> None:
    with work(engine, registry) as unit:
        make_thing(unit)
        unit.commit()
    observe_events(engine, "sample")
    exposed = metrics.exposition().decode()
    unsent = next(line for line in exposed.splitlines() if line.startswith("lidhja_outbox_oldest_unsent_seconds{"))
    assert float(unsent.split()[-1]) > 0
    assert 'lidhja_events_parked{service="sample"} 0.0' in exposed
