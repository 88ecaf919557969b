"""From the outbox of one service to one effect in another, on both engines, whatever happens in between."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from datetime import timedelta

import psycopg
import pytest
from sqlalchemy import func, select, text, update

from chassis.clock import SystemClock
from chassis.eventlog_postgres.schema import libpq_url
from chassis.events.envelope import Event
from chassis.events.log import EventLogUnavailable
from chassis.events.registry import EventInvalid
from chassis.http_client import ServiceUnavailable
from chassis.inbox.table import dead_letter, inbox
from chassis.outbox.table import outbox
from chassis.testing.fakes import FakeClock
from tests.integration.events.things import TYPE, ThingService, wait_until
from tests.support.kafka import KafkaCluster


class LogThatDiesAfterSending:
    """Publishes and then loses its answer, like a relay killed between sending and marking."""

    def __init__(self, things: ThingService, deaths: int) -> None:
        self._log = things.event_log
        self._deaths = deaths

    def publish(self, topic: str, events: Sequence[Event]) -> None:
        self._log.publish(topic, events)
        if self._deaths:
            self._deaths -= 1
            raise EventLogUnavailable("the answer was lost")


def test_an_event_outside_its_schema_never_reaches_the_outbox(things: ThingService) -> None:
    with things.unit_of_work() as uow, pytest.raises(EventInvalid):
        uow.emit(TYPE, subject="k", aggregate_version=1, data={"number": 1, "given_name": "A"})
    assert things.scalar(select(func.count()).select_from(outbox)) == 0


def test_an_event_of_a_change_that_was_undone_never_leaves(things: ThingService) -> None:
    things.start(things.relay().run, things.consumer().run)
    with things.unit_of_work() as uow:
        uow.emit(TYPE, subject="undone", aggregate_version=1, data={"number": 1})
    things.emit("done")
    things.wait_for({"done": [1]})


def test_every_event_takes_effect_once_and_in_order(things: ThingService) -> None:
    things.start(things.relay().run, things.consumer().run)
    for _ in range(20):
        things.emit("a", "b", "c")
    things.wait_for({key: list(range(1, 21)) for key in "abc"})


def test_a_relay_killed_between_sending_and_marking_repeats_and_the_inbox_absorbs(
    things: ThingService,
) -> None:
    things.emit("a", "b", "a")
    relay = things.relay(LogThatDiesAfterSending(things, deaths=2))  # type: ignore[arg-type]
    things.start(relay.run, things.consumer().run)
    things.wait_for({"a": [1, 2], "b": [1]})
    things.emit("b")
    things.wait_for({"a": [1, 2], "b": [1, 2]})


def test_published_numbers_follow_the_order_of_publishing_without_gaps(things: ThingService) -> None:
    things.start(things.relay().run, things.relay().run)
    for _ in range(30):
        things.emit("a", "b")
    unpublished = select(func.count()).select_from(outbox).where(outbox.c.published_number.is_(None))
    wait_until(lambda: things.scalar(unpublished) == 0)
    with things.engine.connect() as connection:
        numbers = connection.scalars(select(outbox.c.published_number).order_by(outbox.c.position)).all()
    assert list(numbers) == list(range(1, 61))


def test_a_row_that_commits_late_is_published_all_the_same(things: ThingService) -> None:
    things.start(things.relay().run, things.consumer().run)
    with things.unit_of_work() as slow:
        slow.emit(TYPE, subject="late", aggregate_version=1, data={"number": 1})
        things.emit("early")
        things.wait_for({"early": [1]})
        slow.commit()
    things.wait_for({"early": [1], "late": [1]})


def test_a_kill_before_the_offset_is_committed_repeats_and_the_inbox_absorbs(things: ThingService) -> None:
    things.emit("a", "a", "b")
    things.start(things.relay().run)
    subscription = things.event_log.subscribe("reader", [things.topic])
    never = threading.Event()
    seen = 0
    while seen < 3:
        for record in subscription.poll(timeout=0.5):
            things.applier.deliver(record.event(), never)
            seen += 1
    subscription.close()
    things.emit("b")
    things.start(things.consumer().run)
    things.wait_for({"a": [1, 2], "b": [1, 2]})


def test_a_poison_event_parks_its_key_while_the_others_flow(things: ThingService) -> None:
    things.poison = {"bad"}
    things.start(things.relay().run, things.consumer().run)
    things.emit("bad", "good")
    things.emit("bad", "good", "bad", "good")
    things.wait_for({"good": [1, 2, 3]})
    states = select(dead_letter.c.state).order_by(dead_letter.c.position)
    wait_until(lambda: things.scalar(select(func.count()).select_from(dead_letter)) == 3)
    with things.engine.connect() as connection:
        assert list(connection.scalars(states)) == ["failed", "waiting", "waiting"]
        assert "ValueError at things.py" in (connection.scalar(select(dead_letter.c.reason)) or "")


def test_an_outage_is_no_poison_however_long_it_lasts(things: ThingService) -> None:
    things.poison, things.fault = {"a"}, ServiceUnavailable
    things.start(things.relay().run, things.consumer().run)
    things.emit("a")
    wait_until(lambda: things.attempts > 5)
    things.poison = set()
    things.wait_for({"a": [1]})
    assert things.scalar(select(func.count()).select_from(dead_letter)) == 0


def test_a_lost_database_session_is_survived_by_every_role(things: ThingService) -> None:
    things.start(things.relay().run, things.consumer().run)
    things.emit("a")
    things.wait_for({"a": [1]})
    with psycopg.connect(libpq_url(things.engine.url.render_as_string(hide_password=False)), autocommit=True) as admin:
        admin.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'"
        )
    things.engine.dispose()
    things.emit("a")
    things.wait_for({"a": [1, 2]})


def test_a_young_event_is_left_to_the_log(things: ThingService) -> None:
    clock = FakeClock(SystemClock().now())
    things.clock = clock
    things.start(things.relay().run)
    things.emit("a", "b")
    wait_until(lambda: things.scalar(select(func.max(outbox.c.published_number))) == 2)
    reconciler = things.reconciler(grace=timedelta(minutes=1))
    assert reconciler.reconcile("things", threading.Event()) == 0
    clock.advance(timedelta(minutes=2))
    assert reconciler.reconcile("things", threading.Event()) == 2
    assert things.effects() == {"a": [1], "b": [1]}


def test_the_reconciler_brings_only_what_is_missing_and_remembers_its_place(things: ThingService) -> None:
    things.start(things.relay().run, things.consumer().run)
    things.emit("a", "b")
    things.wait_for({"a": [1], "b": [1]})
    reconciler = things.reconciler()
    assert reconciler.reconcile("things", threading.Event()) == 0
    with things.engine.begin() as connection:
        connection.execute(update(inbox).values(consumer="somebody else"))
    assert reconciler.reconcile("things", threading.Event()) == 0


def test_log_and_feed_together_still_apply_each_event_once(things: ThingService) -> None:
    things.start(things.relay().run, things.consumer().run, things.reconciler().run)
    for _ in range(30):
        things.emit("a", "b", "c", "d")
    things.wait_for({key: list(range(1, 31)) for key in "abcd"})


@pytest.mark.parametrize("event_log", ["postgres"], indirect=True)
def test_nothing_is_lost_when_the_postgres_log_is_erased(things: ThingService, events_database: str) -> None:
    things.start(things.relay().run)
    for _ in range(10):
        things.emit("a", "b")
    wait_until(lambda: things.scalar(select(func.max(outbox.c.published_number))) == 20)
    with psycopg.connect(libpq_url(events_database)) as owner:
        owner.execute("TRUNCATE log_record, group_offset")
        owner.execute("UPDATE topic_partition SET next_position = 0")
    things.emit("a")
    things.start(things.reconciler().run)
    wait_until(lambda: things.effects().get("a", [])[-1:] == [11])
    things.start(things.consumer().run)
    things.emit("b")
    things.wait_for({"a": list(range(1, 12)), "b": list(range(1, 12))})


@pytest.mark.kafka
@pytest.mark.parametrize("event_log", ["kafka"], indirect=True)
def test_nothing_is_lost_when_a_broker_is_killed(things: ThingService, kafka_cluster: KafkaCluster) -> None:
    things.start(things.relay().run, things.consumer().run)
    try:
        for number in range(60):
            if number == 20:
                kafka_cluster.kill(2)
            things.emit("a", "b", "c")
        things.wait_for({key: list(range(1, 61)) for key in "abc"}, seconds=90)
    finally:
        kafka_cluster.up()
    things.emit("a")
    things.wait_for({"a": list(range(1, 62)), "b": list(range(1, 61)), "c": list(range(1, 61))}, seconds=60)


@pytest.mark.kafka
@pytest.mark.timeout(300)
@pytest.mark.parametrize("event_log", ["kafka"], indirect=True)
def test_nothing_is_lost_when_every_broker_loses_its_disk(things: ThingService, kafka_cluster: KafkaCluster) -> None:
    things.start(things.relay().run)
    for _ in range(10):
        things.emit("a", "b")
    wait_until(lambda: things.scalar(select(func.max(outbox.c.published_number))) == 20)
    kafka_cluster.erase()
    things.start(things.reconciler().run, things.consumer().run)
    things.wait_for({"a": list(range(1, 11)), "b": list(range(1, 11))}, seconds=60)
    things.emit("a", "b")
    things.wait_for({"a": list(range(1, 12)), "b": list(range(1, 12))}, seconds=120)
    assert things.scalar(text("SELECT count(*) FROM outbox WHERE published_number IS NULL")) == 0
