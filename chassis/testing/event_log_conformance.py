"""The suite every engine of the event log has to pass; a test class inherits it and gives two fixtures."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from chassis.clock import SystemClock
from chassis.events.envelope import Event
from chassis.events.log import EventLog, Record, Subscription

PARTITIONS = 4


def make_events(count: int, *, keys: int = 5) -> list[Event]:
    """Events of several subjects, each subject's numbered from 1 by aggregate version."""
    return [
        Event.new(
            type="thing.happened.v1",
            source="/services/things",
            subject=f"key-{number % keys}",
            data={"number": number},
            aggregate_version=number // keys + 1,
            clock=SystemClock(),
        )
        for number in range(count)
    ]


def read(subscription: Subscription, count: int, *, seconds: float = 30.0, commit: bool = True) -> list[Record]:
    """Poll until so many records have come; fail when they do not."""
    records: list[Record] = []
    deadline = time.monotonic() + seconds
    while len(records) < count:
        assert time.monotonic() < deadline, f"{len(records)} of {count} records after {seconds} s"
        records += _poll(subscription, commit=commit)
    return records


def _poll(subscription: Subscription, *, commit: bool, timeout: float = 0.5) -> list[Record]:
    records = subscription.poll(timeout=timeout, max_records=50)
    if commit:
        for record in {(r.topic, r.partition): r for r in records}.values():
            subscription.commit(record)
    return records


def order_by_key(records: Sequence[Record]) -> dict[str, list[int]]:
    """The aggregate versions of each key in the order of delivery."""
    order: dict[str, list[int]] = {}
    for record in records:
        order.setdefault(record.key, []).append(record.event().aggregate_version)
    return order


class EventLogConformance:
    """Inherit it; give the fixtures `event_log` (an EventLog) and `topic` (a fresh topic of 4 partitions)."""

    def test_an_event_comes_out_as_it_went_in(self, event_log: EventLog, topic: str) -> None:
        sent = make_events(1)
        event_log.publish(topic, sent)
        subscription = event_log.subscribe("reader", [topic])
        assert [record.event() for record in read(subscription, 1)] == sent
        subscription.close()

    def test_events_of_one_key_keep_their_order(self, event_log: EventLog, topic: str) -> None:
        sent = make_events(300, keys=7)
        for start in range(0, 300, 30):
            event_log.publish(topic, sent[start : start + 30])
        subscription = event_log.subscribe("reader", [topic])
        order = order_by_key(read(subscription, 300))
        subscription.close()
        assert len(order) == 7
        assert all(versions == sorted(versions) for versions in order.values())

    def test_each_group_gets_every_event(self, event_log: EventLog, topic: str) -> None:
        sent = make_events(40)
        event_log.publish(topic, sent)
        for group in ("first", "second"):
            subscription = event_log.subscribe(group, [topic])
            assert {record.event().id for record in read(subscription, 40)} == {event.id for event in sent}
            subscription.close()

    def test_a_group_goes_on_after_its_last_commit(self, event_log: EventLog, topic: str) -> None:
        sent = make_events(40)
        event_log.publish(topic, sent[:20])
        subscription = event_log.subscribe("reader", [topic])
        before = read(subscription, 20)
        subscription.close()
        event_log.publish(topic, sent[20:])
        subscription = event_log.subscribe("reader", [topic])
        after = read(subscription, 20)
        subscription.close()
        assert [r.event().id for r in before + after].count(sent[0].id) == 1
        assert {r.event().id for r in after} == {event.id for event in sent[20:]}

    def test_what_was_not_committed_comes_again(self, event_log: EventLog, topic: str) -> None:
        sent = make_events(10)
        event_log.publish(topic, sent)
        subscription = event_log.subscribe("reader", [topic])
        read(subscription, 10, commit=False)
        subscription.close()
        subscription = event_log.subscribe("reader", [topic])
        assert {r.event().id for r in read(subscription, 10)} == {event.id for event in sent}
        subscription.close()

    def test_two_members_share_the_partitions(self, event_log: EventLog, topic: str) -> None:
        members = [event_log.subscribe("shared", [topic]) for _ in range(2)]
        seen: list[list[Record]] = [[], []]

        def both_work() -> bool:
            event_log.publish(topic, make_events(16, keys=16))
            for member, records in zip(members, seen, strict=True):
                records += _poll(member, commit=True)
            return all(seen)

        _until(both_work)
        for member in members:
            member.close()

    def test_a_member_that_leaves_is_replaced(self, event_log: EventLog, topic: str) -> None:
        members = [event_log.subscribe("shared", [topic]) for _ in range(2)]
        for _ in range(4):
            for member in members:
                _poll(member, commit=True)
        members[0].close()
        sent = make_events(32, keys=16)
        event_log.publish(topic, sent)
        assert {r.event().id for r in read(members[1], 32)} == {event.id for event in sent}
        members[1].close()

    def test_a_waiting_reader_is_woken_by_a_new_event(self, event_log: EventLog, topic: str) -> None:
        subscription = event_log.subscribe("reader", [topic])
        event_log.publish(topic, make_events(1))
        read(subscription, 1)
        started = time.monotonic()
        event_log.publish(topic, make_events(1))
        read(subscription, 1)
        assert time.monotonic() - started < 2.0
        subscription.close()


def _until(condition: Callable[[], bool], *, seconds: float = 60.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"not so after {seconds} s"
