"""Events as the outside sees them: schemas, samples, CloudEvents and the AsyncAPI document agree."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from cloudevents.core.bindings.kafka import KafkaMessage, from_kafka
from cloudevents.core.formats.json import JSONFormat

from chassis.events.asyncapi import written_files
from chassis.events.envelope import STRUCTURED_CONTENT_TYPE, Event
from chassis.events.log import declared_topics
from chassis.events.registry import SCHEMA_FOLDER, EventInvalid, EventRegistry, EventType
from tests.architecture.sources import ROOT, STATEFUL, constants_of, python_files

SAMPLES = SCHEMA_FOLDER.parent / "examples" / "events"
REGISTRY = EventRegistry.load()
TYPES = [pytest.param(event_type, id=event_type.name) for event_type in REGISTRY]
PERSONAL = {
    "address", "caregiver", "contact", "date_of_birth", "display_name", "email", "family_name", "first_name",
    "full_name", "given_name", "last_name", "mobile", "national_id", "notes", "phone", "username",
}  # fmt: skip


def sample_of(event_type: EventType) -> dict[str, Any]:
    sample: dict[str, Any] = json.loads((SAMPLES / f"{event_type.name}.json").read_text(encoding="utf-8"))
    return sample


def objects_in(schema: Any) -> list[dict[str, Any]]:
    if isinstance(schema, list):
        return [found for entry in schema for found in objects_in(entry)]
    if not isinstance(schema, dict):
        return []
    here = [schema] if "properties" in schema else []
    return here + [found for entry in schema.values() for found in objects_in(entry)]


def test_no_sample_is_left_without_a_type() -> None:
    assert {file.stem for file in SAMPLES.glob("*.json")} == {event_type.name for event_type in REGISTRY}


@pytest.mark.parametrize("event_type", TYPES)
def test_a_field_the_schema_does_not_name_cannot_be_published(event_type: EventType) -> None:
    sample = sample_of(event_type)
    sample["data"] = {**sample["data"], "surplus": 1}
    event = Event.from_structured(sample)
    with pytest.raises(EventInvalid):
        REGISTRY.validate(event)
    REGISTRY.validate_received(event)


@pytest.mark.parametrize("event_type", TYPES)
def test_no_field_can_hold_personal_data(event_type: EventType) -> None:
    objects = objects_in(event_type.schema)
    assert objects
    assert all(entry.get("additionalProperties") is False for entry in objects)
    assert not PERSONAL & {name for entry in objects for name in entry["properties"]}


@pytest.mark.parametrize("event_type", TYPES)
def test_the_sample_is_valid_in_envelope_and_data(event_type: EventType) -> None:
    sample = sample_of(event_type)
    envelope = json.loads((SCHEMA_FOLDER / "envelope.json").read_text(encoding="utf-8"))
    checker = jsonschema.FormatChecker()
    jsonschema.Draft7Validator(envelope, format_checker=checker).validate(sample)
    jsonschema.Draft7Validator.check_schema(dict(event_type.schema))
    jsonschema.Draft7Validator(event_type.schema, format_checker=checker).validate(sample["data"])
    event = Event.from_structured(sample)
    REGISTRY.validate(event)
    assert event.type == event_type.name
    assert sample["partitionkey"] == sample["subject"]
    assert sample["source"] == f"/services/{event_type.producer}"


@pytest.mark.parametrize("event_type", TYPES)
@pytest.mark.parametrize("mode", ["binary", "structured"])
def test_the_official_sdk_reads_our_messages(event_type: EventType, mode: str) -> None:
    event = Event.from_structured(sample_of(event_type))
    headers, value = event.to_binary()
    if mode == "structured":
        headers, value = {"content-type": STRUCTURED_CONTENT_TYPE}, json.dumps(event.to_structured()).encode()
    message = KafkaMessage(
        headers={name: text.encode() for name, text in headers.items()},
        key=event.subject.encode(),
        value=value,
    )
    read = from_kafka(message, JSONFormat())
    ours = event.to_structured()
    theirs = {**read.get_attributes(), "data": read.get_data()}
    theirs["time"] = read.get_time()
    ours["time"] = event.time
    theirs["aggregateversion"] = int(theirs["aggregateversion"])
    assert theirs == ours
    assert Event.from_message(headers, value) == event


@pytest.mark.parametrize("event_type", TYPES)
def test_every_consumer_may_read_the_topic(event_type: EventType) -> None:
    topics = {topic.name: topic for topic in declared_topics()}
    assert event_type.topic in topics
    assert event_type.topic == f"{event_type.producer}.events.v1"
    assert set(event_type.consumers) <= set(topics[event_type.topic].readers)


@pytest.mark.parametrize("service", STATEFUL)
def test_a_service_names_exactly_the_events_it_sends_and_reads(service: str) -> None:
    names = {event_type.name for event_type in REGISTRY}
    modules = [path for path in python_files("services") if path.is_relative_to(ROOT / "services" / service)]
    named = {name for path in modules for name in constants_of(path)} & names
    assert named == {
        event_type.name for event_type in REGISTRY if event_type.producer == service or service in event_type.consumers
    }


def test_the_generated_documents_are_up_to_date() -> None:
    for file, content in written_files(REGISTRY, declared_topics()).items():
        assert file.read_text(encoding="utf-8") == content, "run python -m chassis.events.asyncapi"


def test_the_document_lists_exactly_the_topics_and_events_there_are() -> None:
    document = yaml.safe_load((SCHEMA_FOLDER.parent / "asyncapi.yaml").read_text(encoding="utf-8"))
    assert document["asyncapi"] == "3.0.0"
    listed = {(channel["address"], name) for channel in document["channels"].values() for name in channel["messages"]}
    assert listed == {(event_type.topic, event_type.name) for event_type in REGISTRY}
    for message in document["components"]["messages"].values():
        assert (SCHEMA_FOLDER.parent / Path(message["payload"]["schema"]["$ref"])).is_file()
