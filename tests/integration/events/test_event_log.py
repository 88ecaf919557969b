"""Both engines of the event log pass the same suite; the PostgreSQL engine never steps over a late commit."""

from __future__ import annotations

import threading

import psycopg
import pytest
from sqlalchemy import Engine, make_url

from chassis.clock import SystemClock
from chassis.eventlog_postgres.event_log import PostgresEventLog, _append
from chassis.eventlog_postgres.schema import create_event_log, libpq_url
from chassis.events.log import EventLogUnavailable, Topic, open_event_log
from chassis.events.registry import EventRegistry
from chassis.settings import ServiceSettings, SettingsError
from chassis.testing.event_log_conformance import EventLogConformance, make_events, read
from tests.integration.events.things import ThingService
from tests.support.postgres import create_database, drop_database, server_url


class TestEventLog(EventLogConformance):
    """The suite, once per engine."""


@pytest.fixture
def postgres_log(events_database: str) -> PostgresEventLog:
    log = PostgresEventLog(events_database)
    log.ensure_topics([Topic("late.v1", 1, 1), Topic("rights.v1", 1, 1)])
    return log


def test_a_topic_that_is_not_declared_is_refused(postgres_log: PostgresEventLog) -> None:
    with pytest.raises(LookupError):
        postgres_log.publish("undeclared.v1", make_events(1))


def test_a_late_commit_is_never_stepped_over(postgres_log: PostgresEventLog, events_database: str) -> None:
    early, later = make_events(2, keys=1)
    subscription = postgres_log.subscribe("reader", ["late.v1"])
    with psycopg.connect(libpq_url(events_database)) as slow:
        _append(slow, "late.v1", 0, [early])
        publishing = threading.Thread(target=postgres_log.publish, args=("late.v1", [later]))
        publishing.start()
        assert subscription.poll(timeout=0.3) == []
        slow.commit()
    publishing.join(10)
    assert [record.event().id for record in read(subscription, 2)] == [early.id, later.id]
    subscription.close()


def test_a_reader_starts_over_when_the_log_was_lost(postgres_log: PostgresEventLog, events_database: str) -> None:
    postgres_log.ensure_topics([Topic("lost.v1", 1, 1)])
    postgres_log.publish("lost.v1", make_events(3))
    subscription = postgres_log.subscribe("reader", ["lost.v1"])
    read(subscription, 3)
    with psycopg.connect(libpq_url(events_database)) as owner:
        owner.execute("DELETE FROM log_record USING topic_partition p WHERE partition_id = p.id AND topic = 'lost.v1'")
        owner.execute("UPDATE topic_partition SET next_position = 0 WHERE topic = 'lost.v1'")
    again = make_events(1)
    postgres_log.publish("lost.v1", again)
    assert [record.event() for record in read(subscription, 1)] == again
    subscription.close()


def test_a_service_role_can_append_and_never_rewrite(events_database: str) -> None:
    role = "thing_service"
    with psycopg.connect(libpq_url(server_url()), autocommit=True) as admin:
        admin.execute(f"DROP ROLE IF EXISTS {role}")
        admin.execute(f"CREATE ROLE {role} NOLOGIN")
    create_event_log(events_database, [role])
    create_event_log(events_database, [role])
    with psycopg.connect(libpq_url(events_database), autocommit=True) as connection:
        connection.execute(f"SET ROLE {role}")
        _append(connection, "rights.v1", 0, make_events(1))
        for forbidden in ("UPDATE log_record SET key = ''", "DELETE FROM log_record", "TRUNCATE log_record"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(forbidden)
        connection.execute("RESET ROLE")
        connection.execute(f"DROP OWNED BY {role}")
        connection.execute(f"DROP ROLE {role}")


def test_a_log_that_cannot_be_reached_says_so() -> None:
    with pytest.raises(EventLogUnavailable):
        PostgresEventLog("postgresql+psycopg://nobody@127.0.0.1:1/none").publish("late.v1", make_events(1))


def test_roles_start_before_the_log_and_go_on_when_it_comes(engine: Engine, registry: EventRegistry) -> None:
    url = create_database()
    drop_database(url)
    log = PostgresEventLog(url, topics=[Topic("things.v1", 2, 1)])
    things = ThingService(engine, log, "things.v1", registry, SystemClock())
    things.start(things.relay().run, things.consumer().run)
    things.emit("a")
    create_database(make_url(url).database)
    create_event_log(url)
    things.wait_for({"a": [1]})
    things.stop()
    log.close()
    drop_database(url)


@pytest.mark.parametrize(
    ("engine_name", "variable"), [("postgres", "EVENTS_DATABASE_URL"), ("kafka", "KAFKA_BOOTSTRAP")]
)
def test_an_engine_without_its_address_is_refused(engine_name: str, variable: str) -> None:
    settings = ServiceSettings.from_environment(
        {"ISSUER": "http://issuer", "DATABASE_URL": "postgresql://x", "EVENTS_ENGINE": engine_name}
    )
    with pytest.raises(SettingsError, match=variable):
        open_event_log(settings)
