"""A member of a consumer group on PostgreSQL: holds partitions by advisory locks of its own session."""

from __future__ import annotations

import time
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import psycopg

from chassis.events.log import EventLogUnavailable, Record
from chassis.logs import get_logger

WAKE_CHANNEL = "event_log"
_REBALANCE_SECONDS = 2.0
_MAXIMUM_MEMBERS = 64
_logger = get_logger(__name__)


class PostgresSubscription:
    """One session: its end, for whatever reason, frees its partitions for the other members.

    Offsets are committed in the session that holds the lock, so a member that lost its partitions
    cannot move an offset any more.
    """

    def __init__(self, url: str, group: str, topics: Sequence[str]) -> None:
        self._url = url
        self._group = group
        self._topics = list(topics)
        self._member_space = _lock_space(f"members of {group}")
        self._partition_space = _lock_space(f"partitions of {group}")
        self._connection: psycopg.Connection | None = None
        self._slot = 0
        self._names: dict[int, tuple[str, int]] = {}
        self._next: dict[int, int] = {}
        self._rebalance_at = 0.0

    def poll(self, *, timeout: float, max_records: int = 50) -> list[Record]:
        """The next records of the partitions held, waiting for them up to `timeout` seconds."""
        deadline = time.monotonic() + timeout
        with self._session() as connection:
            while True:
                if time.monotonic() >= self._rebalance_at:
                    self._rebalance(connection)
                records = self._read(connection, max_records)
                remaining = deadline - time.monotonic()
                if records or remaining <= 0:
                    return records
                self._wait(connection, min(remaining, self._rebalance_at - time.monotonic()))

    def commit(self, record: Record) -> None:
        """Keep the place after the record; an older place never replaces a newer one."""
        with self._session() as connection:
            partition_id = self._held(record)
            connection.execute(
                "INSERT INTO group_offset AS kept (group_name, partition_id, next_position)"
                " VALUES (%s, %s, %s) ON CONFLICT (group_name, partition_id) DO UPDATE"
                " SET next_position = EXCLUDED.next_position"
                " WHERE kept.next_position < EXCLUDED.next_position",
                [self._group, partition_id, record.offset + 1],
            )

    def close(self) -> None:
        """Leave the group and tell the other members."""
        if self._connection is not None:
            try:
                self._announce(self._connection)
            except psycopg.Error:
                _logger.info("event database was gone at close", extra={"fields": {"group": self._group}})
            self._drop()

    @contextmanager
    def _session(self) -> Iterator[psycopg.Connection]:
        try:
            if self._connection is None:
                self._connection = self._join()
            yield self._connection
        except (psycopg.OperationalError, psycopg.InterfaceError) as fault:
            self._drop()
            raise EventLogUnavailable("the event database cannot be reached") from fault

    def _drop(self) -> None:
        if self._connection is not None:
            self._connection.close()
        self._connection = None
        self._next.clear()
        self._rebalance_at = 0.0

    def _join(self) -> psycopg.Connection:
        connection = psycopg.connect(self._url, autocommit=True, connect_timeout=5)
        for slot in range(_MAXIMUM_MEMBERS):
            if _try_lock(connection, self._member_space, slot):
                self._slot = slot
                break
        else:
            connection.close()
            raise EventLogUnavailable("the group has no place for another member")
        connection.execute(f"LISTEN {WAKE_CHANNEL}")
        self._announce(connection)
        return connection

    def _announce(self, connection: psycopg.Connection) -> None:
        connection.execute("SELECT pg_notify(%s, %s)", [WAKE_CHANNEL, f"group {self._group}"])

    def _wait(self, connection: psycopg.Connection, seconds: float) -> None:
        for notice in connection.notifies(timeout=max(0.0, seconds), stop_after=1):
            if notice.payload == f"group {self._group}":
                self._rebalance_at = 0.0

    def _held(self, record: Record) -> int:
        for partition_id in self._next:
            if self._names[partition_id] == (record.topic, record.partition):
                return partition_id
        raise EventLogUnavailable("the partition has passed to another member")

    def _rebalance(self, connection: psycopg.Connection) -> None:
        """Hold a fair share: give up what is too much, take what is free.

        Safe at the start of a poll: everything delivered before is dealt with by then.
        """
        self._rebalance_at = time.monotonic() + _REBALANCE_SECONDS
        ends = self._read_partitions(connection)
        for partition_id, position in self._next.items():
            if position > ends.get(partition_id, 0):
                self._start_over(connection, partition_id)
        share = -(-len(ends) // self._count_members(connection))
        for partition_id in sorted(self._next)[share:]:
            del self._next[partition_id]
            connection.execute("SELECT pg_advisory_unlock(%s, %s)", [self._partition_space, partition_id])
            self._announce(connection)
        free = sorted(set(ends) - set(self._next))
        start = self._slot % len(free) if free else 0
        for partition_id in free[start:] + free[:start]:
            if len(self._next) >= share:
                break
            if _try_lock(connection, self._partition_space, partition_id):
                self._take(connection, partition_id)

    def _read_partitions(self, connection: psycopg.Connection) -> dict[int, int]:
        rows = connection.execute(
            "SELECT id, topic, partition, next_position FROM topic_partition WHERE topic = ANY(%s)",
            [self._topics],
        ).fetchall()
        self._names = {row[0]: (row[1], row[2]) for row in rows}
        return {row[0]: row[3] for row in rows}

    def _count_members(self, connection: psycopg.Connection) -> int:
        row = connection.execute(
            "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND granted AND objsubid = 2"
            " AND classid = %s::bigint::oid"
            " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())",
            [self._member_space],
        ).fetchone()
        return max(1, row[0] if row else 1)

    def _take(self, connection: psycopg.Connection, partition_id: int) -> None:
        row = connection.execute(
            "SELECT coalesce(o.next_position, 0), p.next_position FROM topic_partition p"
            " LEFT JOIN group_offset o ON o.partition_id = p.id AND o.group_name = %s WHERE p.id = %s",
            [self._group, partition_id],
        ).fetchone()
        committed, end = row if row else (0, 0)
        self._next[partition_id] = committed
        if committed > end:
            self._start_over(connection, partition_id)

    def _start_over(self, connection: psycopg.Connection, partition_id: int) -> None:
        """The log is shorter than our place in it: it was lost and begun again, so read it from its start."""
        _logger.warning(
            "event log is shorter than the committed place",
            extra={"fields": {"group": self._group, "partition": partition_id}},
        )
        connection.execute(
            "UPDATE group_offset SET next_position = 0 WHERE group_name = %s AND partition_id = %s",
            [self._group, partition_id],
        )
        self._next[partition_id] = 0

    def _read(self, connection: psycopg.Connection, max_records: int) -> list[Record]:
        if not self._next:
            return []
        rows = connection.execute(
            "SELECT r.partition_id, r.position, r.key, r.headers, r.value"
            " FROM unnest(%s::int[], %s::bigint[]) WITH ORDINALITY AS place (partition_id, position, turn)"
            " CROSS JOIN LATERAL (SELECT * FROM log_record l WHERE l.partition_id = place.partition_id"
            " AND l.position >= place.position ORDER BY l.position LIMIT %s) r"
            " ORDER BY place.turn, r.position LIMIT %s",
            [list(self._next), list(self._next.values()), max_records, max_records],
        ).fetchall()
        records = []
        for partition_id, position, key, headers, value in rows:
            topic, partition = self._names[partition_id]
            records.append(Record(topic, partition, position, key, headers, bytes(value)))
            # Moved to the end, so that the next read begins with the partitions that were not served.
            self._next.pop(partition_id)
            self._next[partition_id] = position + 1
        return records


def _lock_space(name: str) -> int:
    return zlib.crc32(name.encode()) & 0x7FFFFFFF


def _try_lock(connection: psycopg.Connection, space: int, number: int) -> bool:
    row = connection.execute("SELECT pg_try_advisory_lock(%s, %s)", [space, number]).fetchone()
    return bool(row and row[0])
