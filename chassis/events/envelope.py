"""The envelope of every event: CloudEvents 1.0, in binary and in structured mode."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from chassis.clock import Clock, from_rfc3339, to_rfc3339
from chassis.ids import new_id

SPEC_VERSION = "1.0"
DATA_CONTENT_TYPE = "application/json"
STRUCTURED_CONTENT_TYPE = "application/cloudevents+json"
_REQUIRED = ("specversion", "id", "source", "type", "subject", "time", "aggregateversion")


class EnvelopeError(ValueError):
    """The bytes are no event of ours: a required attribute is missing or cannot be read."""


@dataclass(frozen=True, slots=True)
class Event:
    """Something that has happened to one aggregate.

    `subject` is the aggregate's id and the key that keeps order; `aggregate_version` is the aggregate's
    version after the change. `data` carries ids, states and coded facts, never personal data.
    """

    id: str
    source: str
    type: str
    subject: str
    time: datetime
    data: Mapping[str, Any]
    aggregate_version: int
    correlation_id: str | None = None
    causation_id: str | None = None

    @classmethod
    def new(
        cls,
        *,
        type: str,
        source: str,
        subject: str,
        data: Mapping[str, Any],
        aggregate_version: int,
        clock: Clock,
        correlation_id: str | None = None,
        causation_id: str | None = None,
    ) -> Event:
        """Make a new event with an id and a time of its own; `causation_id` names the event it answers."""
        return cls(
            id=new_id(),
            source=source,
            type=type,
            subject=subject,
            time=clock.now(),
            data=dict(data),
            aggregate_version=aggregate_version,
            correlation_id=correlation_id,
            causation_id=causation_id,
        )

    def attributes(self) -> dict[str, str | int]:
        """The CloudEvents context attributes, extensions included, without the data."""
        attributes: dict[str, str | int] = {
            "specversion": SPEC_VERSION,
            "id": self.id,
            "source": self.source,
            "type": self.type,
            "subject": self.subject,
            "time": to_rfc3339(self.time),
            "datacontenttype": DATA_CONTENT_TYPE,
            "partitionkey": self.subject,
            "aggregateversion": self.aggregate_version,
        }
        if self.correlation_id is not None:
            attributes["correlationid"] = self.correlation_id
        if self.causation_id is not None:
            attributes["causationid"] = self.causation_id
        return attributes

    def to_binary(self) -> tuple[dict[str, str], bytes]:
        """Headers and value of a Kafka message in binary mode (`ce_` headers, the data alone as value)."""
        attributes = self.attributes()
        headers = {"content-type": str(attributes.pop("datacontenttype"))}
        headers |= {f"ce_{name}": str(value) for name, value in attributes.items()}
        return headers, _dump(self.data)

    def to_structured(self) -> dict[str, Any]:
        """The whole event as one JSON object."""
        return {**self.attributes(), "data": dict(self.data)}

    @classmethod
    def from_message(cls, headers: Mapping[str, str], value: bytes) -> Event:
        """Read a message in either mode; raise EnvelopeError where it is no event of ours."""
        if headers.get("content-type", "").startswith(STRUCTURED_CONTENT_TYPE):
            return cls.from_structured(_load(value))
        attributes = {name[3:]: text for name, text in headers.items() if name.startswith("ce_")}
        return cls.from_structured({**attributes, "data": _load(value)})

    @classmethod
    def from_structured(cls, body: Any) -> Event:
        """Read the structured form; attributes that are unknown here are passed over."""
        if not isinstance(body, Mapping):
            raise EnvelopeError("not a JSON object")
        missing = [name for name in _REQUIRED if not body.get(name) and body.get(name) != 0]
        if missing:
            raise EnvelopeError(f"missing attributes: {', '.join(missing)}")
        if body["specversion"] != SPEC_VERSION:
            raise EnvelopeError("another specversion")
        if not isinstance(body.get("data"), Mapping):
            raise EnvelopeError("data is no JSON object")
        try:
            return cls(
                id=str(body["id"]),
                source=str(body["source"]),
                type=str(body["type"]),
                subject=str(body["subject"]),
                time=from_rfc3339(str(body["time"])),
                data=dict(body["data"]),
                aggregate_version=int(body["aggregateversion"]),
                correlation_id=body.get("correlationid"),
                causation_id=body.get("causationid"),
            )
        except ValueError as fault:
            raise EnvelopeError("an attribute cannot be read") from fault


def _dump(data: Mapping[str, Any]) -> bytes:
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()


def _load(value: bytes) -> Any:
    try:
        return json.loads(value)
    except ValueError as fault:
        raise EnvelopeError("the value is no JSON") from fault
