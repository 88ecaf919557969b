"""The registry of event types: reads every schema once and judges events on publish and on consume."""

from __future__ import annotations

import copy
import functools
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import fastjsonschema

from chassis.events.envelope import Event

SCHEMA_FOLDER = Path(__file__).resolve().parents[2] / "openapi" / "events"
_MARKS = ("x-topic", "x-producer", "x-consumers")


class RegistryError(Exception):
    """A schema file does not say what the registry needs."""


class UnknownEventType(Exception):
    """No schema describes this type of event."""


class EventInvalid(Exception):
    """The data does not match the schema of its type; the message names the place, never the value."""


@dataclass(frozen=True, slots=True)
class EventType:
    """One type of event: where it travels, who sends it, who reads it, and the schema of its data."""

    name: str
    topic: str
    producer: str
    consumers: tuple[str, ...]
    title: str
    description: str
    schema: Mapping[str, Any]
    file: Path


class EventRegistry:
    """Every known type of event by name."""

    def __init__(self, types: Mapping[str, EventType]) -> None:
        self._types = dict(sorted(types.items()))
        self._strict: dict[str, Callable[[Any], Any]] = {}
        self._tolerant: dict[str, Callable[[Any], Any]] = {}

    @classmethod
    def load(cls, folder: Path = SCHEMA_FOLDER) -> EventRegistry:
        """Read `<folder>/<aggregate>/<type>.json`; the file's name is the type's name."""
        types: dict[str, EventType] = {}
        for file in sorted(folder.glob("*/*.json")):
            event_type = _read_type(file)
            if event_type.name in types:
                raise RegistryError(f"{event_type.name} is described twice")
            types[event_type.name] = event_type
        return cls(types)

    def __iter__(self) -> Iterator[EventType]:
        return iter(self._types.values())

    def __contains__(self, name: object) -> bool:
        return name in self._types

    def get(self, name: str) -> EventType:
        """The type of this name; UnknownEventType where no schema describes it."""
        try:
            return self._types[name]
        except KeyError:
            raise UnknownEventType(name) from None

    def topic_of(self, name: str) -> str:
        """The topic on which events of this type travel."""
        return self.get(name).topic

    def topics_of(self, names: Iterator[str] | list[str] | tuple[str, ...] | Mapping[str, Any]) -> list[str]:
        """The topics a consumer of these types has to read, each once."""
        return sorted({self.topic_of(name) for name in names})

    def validate(self, event: Event) -> None:
        """Judge an event before it is published: nothing that the schema does not name may leave."""
        self._judge(event, self._strict, lambda schema: schema)

    def validate_received(self, event: Event) -> None:
        """Judge an event that arrived: fields added by a newer producer are let through."""
        self._judge(event, self._tolerant, _without_closed_objects)

    def _judge(
        self,
        event: Event,
        compiled: dict[str, Callable[[Any], Any]],
        prepare: Callable[[Mapping[str, Any]], Mapping[str, Any]],
    ) -> None:
        schema = self.get(event.type).schema
        if event.type not in compiled:
            compiled[event.type] = fastjsonschema.compile(dict(prepare(schema)), use_default=False)
        try:
            compiled[event.type](dict(event.data))
        except fastjsonschema.JsonSchemaValueException as fault:
            raise EventInvalid(f"{event.type}: {fault.name} breaks the rule {fault.rule}") from None


@functools.cache
def default_registry() -> EventRegistry:
    """The registry of the project's own schemas, read once per process."""
    return EventRegistry.load()


def _read_type(file: Path) -> EventType:
    schema = json.loads(file.read_text(encoding="utf-8"))
    missing = [mark for mark in (*_MARKS, "title") if mark not in schema]
    if missing:
        raise RegistryError(f"{file.name} lacks {', '.join(missing)}")
    return EventType(
        name=file.name.removesuffix(".json"),
        topic=schema["x-topic"],
        producer=schema["x-producer"],
        consumers=tuple(schema["x-consumers"]),
        title=schema["title"],
        description=schema.get("description", ""),
        schema={key: value for key, value in schema.items() if not key.startswith("x-")},
        file=file,
    )


def _without_closed_objects(schema: Mapping[str, Any]) -> Mapping[str, Any]:
    opened = copy.deepcopy(dict(schema))
    waiting: list[Any] = [opened]
    while waiting:
        node = waiting.pop()
        if isinstance(node, dict):
            if node.get("additionalProperties") is False:
                del node["additionalProperties"]
            waiting.extend(node.values())
        elif isinstance(node, list):
            waiting.extend(node)
    return opened
