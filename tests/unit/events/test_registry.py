"""The registry refuses what schemas do not allow, and what schema files leave unsaid."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from chassis.events.envelope import Event
from chassis.events.registry import EventInvalid, EventRegistry, RegistryError, UnknownEventType
from chassis.testing.fakes import FakeClock

SCHEMA: dict[str, Any] = {
    "title": "Thing happened",
    "x-topic": "things.events.v1",
    "x-producer": "things",
    "x-consumers": ["reader"],
    "type": "object",
    "additionalProperties": False,
    "required": ["number"],
    "properties": {
        "number": {"type": "integer"},
        "inner": {"type": "object", "additionalProperties": False, "properties": {}},
    },
}


def registry_of(folder: Path, schema: dict[str, Any]) -> EventRegistry:
    (folder / "thing").mkdir(exist_ok=True)
    (folder / "thing" / "thing.happened.v1.json").write_text(json.dumps(schema), encoding="utf-8")
    return EventRegistry.load(folder)


def event(data: dict[str, Any], *, type: str = "thing.happened.v1") -> Event:
    return Event.new(
        type=type, source="/services/things", subject="k", data=data, aggregate_version=1, clock=FakeClock()
    )


@pytest.mark.parametrize("mark", ["title", "x-topic", "x-producer", "x-consumers"])
def test_a_schema_that_leaves_something_unsaid_is_refused(tmp_path: Path, mark: str) -> None:
    with pytest.raises(RegistryError, match=mark):
        registry_of(tmp_path, {key: value for key, value in SCHEMA.items() if key != mark})


def test_an_unknown_type_is_refused(tmp_path: Path) -> None:
    registry = registry_of(tmp_path, SCHEMA)
    with pytest.raises(UnknownEventType):
        registry.validate(event({"number": 1}, type="thing.unheard_of.v1"))


@pytest.mark.parametrize(
    "data", [{}, {"number": "secret name"}, {"number": 1, "surplus": 1}, {"number": 1, "inner": {"surplus": 1}}]
)
def test_data_outside_the_schema_is_refused_without_repeating_it(tmp_path: Path, data: dict[str, Any]) -> None:
    with pytest.raises(EventInvalid) as refusal:
        registry_of(tmp_path, SCHEMA).validate(event(data))
    assert "secret name" not in str(refusal.value)


def test_fields_of_a_newer_producer_are_let_through_on_arrival(tmp_path: Path) -> None:
    registry = registry_of(tmp_path, SCHEMA)
    registry.validate_received(event({"number": 1, "surplus": 1, "inner": {"surplus": 1}}))
    with pytest.raises(EventInvalid):
        registry.validate_received(event({"surplus": 1}))


def test_a_consumer_learns_its_topics_from_its_types(tmp_path: Path) -> None:
    assert registry_of(tmp_path, SCHEMA).topics_of(["thing.happened.v1"]) == ["things.events.v1"]
