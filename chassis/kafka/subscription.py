"""A member of a consumer group on Kafka, with a watchdog over a client that may stall."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from kafka import KafkaConsumer, TopicPartition
from kafka.coordinator.assignors.roundrobin import RoundRobinPartitionAssignor
from kafka.errors import KafkaError
from kafka.structs import OffsetAndMetadata

from chassis.events.log import EventLogUnavailable, Record
from chassis.logs import get_logger

_CHECK_SECONDS = 5.0
_STALL_SECONDS = 20.0
_STALL_POLLS = 5
_DEAF_SECONDS = 60.0
_KNOWN_SECONDS = 15.0
_KNOWN_PAUSE_SECONDS = 0.1
_CLOSE_MILLISECONDS = 5_000
_COMMIT_MILLISECONDS = 15_000
_logger = get_logger(__name__)


class KafkaSubscription:
    """One consumer. After any EventLogUnavailable it is of no more use: close it and subscribe again."""

    def __init__(self, bootstrap: Sequence[str], group: str, topics: Sequence[str]) -> None:
        self._group = group
        with _faults_named():
            self._consumer = KafkaConsumer(
                bootstrap_servers=list(bootstrap),
                group_id=group,
                enable_auto_commit=False,
                auto_offset_reset="earliest",
                isolation_level="read_committed",
                allow_auto_create_topics=False,
                partition_assignment_strategy=[RoundRobinPartitionAssignor],
                session_timeout_ms=10_000,
                max_poll_interval_ms=60_000,
                metadata_max_age_ms=15_000,
                fetch_max_wait_ms=250,
                bootstrap_timeout_ms=15_000,
            )
        self._watchdog = Watchdog(time.monotonic)
        try:
            self._subscribe(topics)
        except EventLogUnavailable:
            self.close()
            raise

    def poll(self, *, timeout: float, max_records: int = 50) -> list[Record]:
        """The next records; few at a time, because the group expects to hear from us between polls."""
        with _faults_named():
            polled = self._consumer.poll(timeout_ms=int(timeout * 1000), max_records=max_records)
            records = [_record(message) for messages in polled.values() for message in messages]
            self._watch()
            return records

    def commit(self, record: Record) -> None:
        """Commit the place after the record and wait for the answer."""
        place = {TopicPartition(record.topic, record.partition): OffsetAndMetadata(record.offset + 1, "", -1)}
        with _faults_named():
            self._consumer.commit(place, timeout_ms=_COMMIT_MILLISECONDS)

    def close(self) -> None:
        """Leave the group; what was not committed goes to the other members."""
        try:
            self._consumer.close(autocommit=False, timeout_ms=_CLOSE_MILLISECONDS)
        except (KafkaError, OSError) as fault:
            _logger.warning(
                "consumer did not close cleanly",
                extra={"fields": {"group": self._group, "error": type(fault).__name__}},
            )

    def _subscribe(self, topics: Sequence[str]) -> None:
        """Join only when this client knows every topic's partitions.

        The group's leader assigns by its own knowledge: one that has not yet heard of a new topic would
        leave all members without it, deaf and without an error.
        """
        deadline = time.monotonic() + _KNOWN_SECONDS
        with _faults_named():
            while not all(self._consumer.partitions_for_topic(topic) for topic in topics):
                if time.monotonic() > deadline:
                    raise EventLogUnavailable("Kafka does not know a topic yet")
                time.sleep(_KNOWN_PAUSE_SECONDS)
            self._consumer.subscribe(list(topics))

    def _watch(self) -> None:
        if not self._watchdog.due():
            return
        assigned = self._consumer.assignment()
        if self._watchdog.deaf(has_partitions=bool(assigned)):
            raise EventLogUnavailable("the Kafka consumer has had no partition for a while")
        ends = self._consumer.end_offsets(assigned) if assigned else {}
        places = {(p.topic, p.partition): (self._consumer.position(p), ends[p]) for p in assigned}
        stalled = self._watchdog.stalled(places)
        if stalled is not None:
            _logger.error(
                "consumer stalled: assigned, behind, and no progress",
                extra={"fields": {"group": self._group, "topic": stalled[0], "partition": stalled[1]}},
            )
            raise EventLogUnavailable("the Kafka consumer stalled")


@dataclass(slots=True)
class _Place:
    position: int
    since: float
    polls: int


class Watchdog:
    """Notices a partition that is assigned and behind, and has not moved for a while."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._due_at = now() + _CHECK_SECONDS
        self._polls = 0
        self._assigned_at = now()
        self._places: dict[tuple[str, int], _Place] = {}

    def due(self) -> bool:
        """Count a poll; true when it is time to look at the places."""
        self._polls += 1
        if self._now() < self._due_at:
            return False
        self._due_at = self._now() + _CHECK_SECONDS
        return True

    def deaf(self, *, has_partitions: bool) -> bool:
        """Whether the member has had no partition for so long that joining afresh is the better guess.

        It may be one member too many, for which a rare rejoin costs the group next to nothing.
        """
        if has_partitions:
            self._assigned_at = self._now()
        return self._now() - self._assigned_at >= _DEAF_SECONDS

    def stalled(self, places: dict[tuple[str, int], tuple[int, int]]) -> tuple[str, int] | None:
        """The first partition that stands still, given (position, end) of each assigned one."""
        now = self._now()
        self._places = {partition: self._places[partition] for partition in places if partition in self._places}
        for partition, (position, end) in places.items():
            kept = self._places.get(partition)
            if kept is None or kept.position != position or position >= end:
                self._places[partition] = _Place(position, now, self._polls)
            elif now - kept.since >= _STALL_SECONDS and self._polls - kept.polls >= _STALL_POLLS:
                return partition
        return None


@contextmanager
def _faults_named() -> Iterator[None]:
    try:
        yield
    except (KafkaError, OSError) as fault:
        raise EventLogUnavailable(f"Kafka: {type(fault).__name__}") from fault


def _record(message: Any) -> Record:
    return Record(
        topic=message.topic,
        partition=message.partition,
        offset=message.offset,
        key=(message.key or b"").decode(errors="replace"),
        headers={name: value.decode(errors="replace") for name, value in message.headers},
        value=message.value or b"",
    )
