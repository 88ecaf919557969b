"""The event log port: what relay and consumer ask of any engine, and the choice of the engine."""

from __future__ import annotations

import base64
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import yaml

from chassis.events.envelope import Event
from chassis.settings import ServiceSettings, SettingsError

TOPICS_FILE = Path(__file__).resolve().parents[2] / "deploy" / "kafka" / "topics.yaml"


class EventLogUnavailable(Exception):
    """The log cannot be reached now; the same call may succeed later."""


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic as it is declared: topics are never created by merely naming them."""

    name: str
    partitions: int
    retention_days: int
    readers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Record:
    """One message as it came from the log, with the place to commit."""

    topic: str
    partition: int
    offset: int
    key: str
    headers: Mapping[str, str]
    value: bytes

    def event(self) -> Event:
        """The event in the message; EnvelopeError where the bytes are none of ours."""
        return Event.from_message(self.headers, self.value)

    def stable_id(self) -> str:
        """An id for a message that cannot be read, the same whenever it is delivered."""
        return str(uuid.uuid5(uuid.NAMESPACE_URL, f"{self.topic}/{self.partition}/{self.offset}"))

    def to_json(self) -> dict[str, Any]:
        """The raw message for keeping, readable again by `message_of_json`."""
        return {"headers": dict(self.headers), "value": base64.b64encode(self.value).decode()}


class Subscription(Protocol):
    """One member of a consumer group; used by one thread alone."""

    def poll(self, *, timeout: float, max_records: int = 50) -> list[Record]:
        """The next records, in order per key, or none after `timeout` seconds.

        Call it only when all records of the poll before are dealt with: whatever was not committed
        may pass to another member, or come again after a restart.
        """
        ...

    def commit(self, record: Record) -> None:
        """Say that this record and all before it in its partition have taken effect."""
        ...

    def close(self) -> None:
        """Leave the group, so that the others take over at once."""
        ...


class EventLog(Protocol):
    """The log of events by topic."""

    def ensure_topics(self, topics: Sequence[Topic]) -> None:
        """Create the topics that are missing; a topic that exists is left as it is."""
        ...

    def publish(self, topic: str, events: Sequence[Event]) -> None:
        """Publish in the order given and return only when the log promises to keep all of them.

        After an EventLogUnavailable some of them may be in the log: publish all again.
        """
        ...

    def subscribe(self, group: str, topics: Sequence[str]) -> Subscription:
        """Join a group; a new group starts at the beginning. All its members name the same topics."""
        ...

    def close(self) -> None:
        """Give back connections and threads."""
        ...


def message_of_json(kept: Mapping[str, Any]) -> tuple[dict[str, str], bytes]:
    """Headers and value of a message kept by `Record.to_json`."""
    return dict(kept["headers"]), base64.b64decode(kept["value"])


def declared_topics(file: Path = TOPICS_FILE) -> list[Topic]:
    """The topics of `deploy/kafka/topics.yaml`."""
    declared = yaml.safe_load(file.read_text(encoding="utf-8"))
    return [
        Topic(
            name=entry["name"],
            partitions=entry["partitions"],
            retention_days=entry["retention_days"],
            readers=tuple(entry["readers"]),
        )
        for entry in declared["topics"]
    ]


def open_event_log(settings: ServiceSettings) -> EventLog:
    """The engine the settings name; it connects, and creates the declared topics, when first used.

    So a role starts, and waits, while the log is still down.
    """
    # Imported here so that a process pays for, and depends on, its own engine alone.
    if settings.events_engine == "kafka":
        if not settings.kafka_bootstrap:
            raise SettingsError("KAFKA_BOOTSTRAP is not set, and EVENTS_ENGINE is kafka")
        from chassis.kafka.event_log import KafkaEventLog

        return KafkaEventLog(settings.kafka_bootstrap, replication=settings.kafka_replication, topics=declared_topics())
    from chassis.eventlog_postgres.event_log import PostgresEventLog

    if not settings.events_database_url:
        raise SettingsError("EVENTS_DATABASE_URL is not set, and EVENTS_ENGINE is postgres")
    return PostgresEventLog(settings.events_database_url, topics=declared_topics())
