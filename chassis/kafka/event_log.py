"""The event log engine on Kafka: explicit topics, and publishing that waits for every acknowledgement."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from kafka import KafkaAdminClient, KafkaProducer
from kafka.errors import KafkaError, TopicAlreadyExistsError

from chassis.events.envelope import Event
from chassis.events.log import EventLogUnavailable, Topic
from chassis.kafka.reachable import require_reachable
from chassis.kafka.subscription import KafkaSubscription

_MILLISECONDS_PER_DAY = 24 * 60 * 60 * 1000
_CLOSE_SECONDS = 5


class KafkaEventLog:
    """The log on a Kafka cluster; the client is made on first use and afresh after every error.

    Make it after a server has forked: the client has threads.
    """

    def __init__(
        self,
        bootstrap: Sequence[str],
        *,
        replication: int,
        topics: Sequence[Topic] = (),
        delivery_seconds: float = 30.0,
    ) -> None:
        self._bootstrap = list(bootstrap)
        self._replication = replication
        self._delivery_seconds = delivery_seconds
        self._lock = threading.Lock()
        self._producer: KafkaProducer | None = None
        self._topics = {topic.name: topic for topic in topics}

    def ensure_topics(self, topics: Sequence[Topic]) -> None:
        """Create the missing topics; kept in mind, so that a cluster that was erased gets them again."""
        self._topics = self._topics | {topic.name: topic for topic in topics}
        with self._lock, self._faults_named():
            require_reachable(self._bootstrap)
            self._create_missing()

    def publish(self, topic: str, events: Sequence[Event]) -> None:
        """Send, and wait until all in-sync replicas have every event.

        A later event of a key is sent only when the earlier one is acknowledged: whatever fails, the log
        never holds the later one alone.
        """
        with self._lock, self._faults_named():
            producer = self._open_producer()
            for wave in _waves(events):
                pending = [_send(producer, topic, event) for event in wave]
                for future in pending:
                    future.get(timeout=self._delivery_seconds + _CLOSE_SECONDS)

    def subscribe(self, group: str, topics: Sequence[str]) -> KafkaSubscription:
        """Join a group; a new group starts at the beginning of each topic."""
        self.ensure_topics(())
        return KafkaSubscription(self._bootstrap, group, topics)

    def close(self) -> None:
        """Stop the producer; nothing is left to send, because publishing waits."""
        with self._lock:
            self._drop_producer()

    @contextmanager
    def _faults_named(self) -> Iterator[None]:
        try:
            yield
        except (KafkaError, OSError) as fault:
            self._drop_producer()
            raise EventLogUnavailable(f"Kafka: {type(fault).__name__}") from fault

    def _open_producer(self) -> KafkaProducer:
        if self._producer is None:
            require_reachable(self._bootstrap)
            self._create_missing()
            self._producer = KafkaProducer(
                bootstrap_servers=self._bootstrap,
                acks="all",
                enable_idempotence=True,
                allow_auto_create_topics=False,
                linger_ms=0,
                request_timeout_ms=10_000,
                delivery_timeout_ms=int(self._delivery_seconds * 1000),
                max_block_ms=15_000,
                bootstrap_timeout_ms=15_000,
            )
        return self._producer

    def _drop_producer(self) -> None:
        if self._producer is not None:
            self._producer.close(timeout=_CLOSE_SECONDS)
            self._producer = None

    def _create_missing(self) -> None:
        if not self._topics:
            return
        admin = KafkaAdminClient(bootstrap_servers=self._bootstrap, bootstrap_timeout_ms=15_000)
        try:
            present = set(admin.list_topics())
            missing = [topic for name, topic in self._topics.items() if name not in present]
            if missing:
                admin.create_topics({topic.name: self._settings_of(topic) for topic in missing}, wait_for_metadata=True)
        except TopicAlreadyExistsError:
            # Another service was quicker; all of them declare the same topics.
            admin.wait_for_topics(list(self._topics))
        finally:
            admin.close()

    def _settings_of(self, topic: Topic) -> dict[str, object]:
        return {
            "num_partitions": topic.partitions,
            "replication_factor": self._replication,
            "configs": {
                "min.insync.replicas": str(max(1, self._replication - 1)),
                "retention.ms": str(topic.retention_days * _MILLISECONDS_PER_DAY),
                "cleanup.policy": "delete",
            },
        }


def _waves(events: Iterable[Event]) -> list[list[Event]]:
    """Split events so that no key occurs twice in a wave, and each key keeps its order across waves."""
    waves: list[list[Event]] = []
    turns: dict[str, int] = {}
    for event in events:
        turn = turns.get(event.subject, 0)
        turns[event.subject] = turn + 1
        if turn == len(waves):
            waves.append([])
        waves[turn].append(event)
    return waves


def _send(producer: KafkaProducer, topic: str, event: Event) -> Any:
    headers, value = event.to_binary()
    return producer.send(
        topic,
        key=event.subject.encode(),
        value=value,
        headers=[(name, text.encode()) for name, text in headers.items()],
    )
