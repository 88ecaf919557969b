"""The event log engine on PostgreSQL: publishing in commit order, waking readers by NOTIFY."""

from __future__ import annotations

import threading
import zlib
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import psycopg
from psycopg.types.json import Jsonb

from chassis.eventlog_postgres.schema import libpq_url
from chassis.eventlog_postgres.subscription import WAKE_CHANNEL, PostgresSubscription
from chassis.events.envelope import Event
from chassis.events.log import EventLogUnavailable, Topic


class PostgresEventLog:
    """The log in one database that every service may append to and read from, and none may rewrite."""

    def __init__(self, url: str, *, topics: Sequence[Topic] = ()) -> None:
        self._url = libpq_url(url)
        self._topics = list(topics)
        self._lock = threading.Lock()
        self._connection: psycopg.Connection | None = None
        self._partitions: dict[str, int] = {}

    def ensure_topics(self, topics: Sequence[Topic]) -> None:
        """Create the missing topics; the number of partitions of an existing one is never changed."""
        with self._lock, self._transaction() as connection:
            _create_missing(connection, topics)

    def publish(self, topic: str, events: Sequence[Event]) -> None:
        """Append all events in one transaction; either all of them are in the log or none."""
        with self._lock, self._transaction() as connection:
            by_partition: dict[int, list[Event]] = defaultdict(list)
            for event in events:
                by_partition[self._partition_of(connection, topic, event.subject)].append(event)
            # In the order of their numbers, so that two publishers cannot wait for each other.
            for partition in sorted(by_partition):
                _append(connection, topic, partition, by_partition[partition])
            connection.execute("SELECT pg_notify(%s, %s)", [WAKE_CHANNEL, topic])

    def subscribe(self, group: str, topics: Sequence[str]) -> PostgresSubscription:
        """Join a group; its own connection is opened by the first poll."""
        if self._topics:
            self.ensure_topics(self._topics)
        return PostgresSubscription(self._url, group, topics)

    def close(self) -> None:
        """Close the publisher's connection."""
        with self._lock:
            self._drop_connection()

    def _partition_of(self, connection: psycopg.Connection, topic: str, key: str) -> int:
        if topic not in self._partitions:
            row = connection.execute("SELECT count(*) FROM topic_partition WHERE topic = %s", [topic]).fetchone()
            if row is None or row[0] == 0:
                raise LookupError(f"the topic {topic} is not declared")
            self._partitions[topic] = row[0]
        return zlib.crc32(key.encode()) % self._partitions[topic]

    @contextmanager
    def _transaction(self) -> Iterator[psycopg.Connection]:
        try:
            if self._connection is None:
                self._connection = psycopg.connect(self._url, autocommit=True, connect_timeout=5)
                with self._connection.transaction():
                    _create_missing(self._connection, self._topics)
            with self._connection.transaction():
                yield self._connection
        except (psycopg.OperationalError, psycopg.InterfaceError) as fault:
            self._drop_connection()
            raise EventLogUnavailable("the event database cannot be reached") from fault

    def _drop_connection(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None
        self._partitions.clear()


def _create_missing(connection: psycopg.Connection, topics: Sequence[Topic]) -> None:
    known = {row[0] for row in connection.execute("SELECT DISTINCT topic FROM topic_partition")}
    for topic in topics:
        if topic.name not in known:
            connection.execute(
                "INSERT INTO topic_partition (topic, partition) SELECT %s, generate_series(0, %s)"
                " ON CONFLICT DO NOTHING",
                [topic.name, topic.partitions - 1],
            )


def _append(connection: psycopg.Connection, topic: str, partition: int, events: Sequence[Event]) -> None:
    row = connection.execute(
        "UPDATE topic_partition SET next_position = next_position + %s"
        " WHERE topic = %s AND partition = %s RETURNING id, next_position",
        [len(events), topic, partition],
    ).fetchone()
    if row is None:
        raise LookupError(f"the topic {topic} lacks its partition {partition}")
    partition_id, end = row
    records = []
    for position, event in enumerate(events, start=end - len(events)):
        headers, value = event.to_binary()
        records.append((partition_id, position, event.subject, Jsonb(headers), value))
    with connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO log_record (partition_id, position, key, headers, value) VALUES (%s, %s, %s, %s, %s)",
            records,
        )
