"""Writes the AsyncAPI document and the catalogue of events from the schemas, so that neither can drift."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import yaml

from chassis.events.envelope import DATA_CONTENT_TYPE
from chassis.events.log import Topic, declared_topics
from chassis.events.registry import SCHEMA_FOLDER, EventRegistry, EventType

OPENAPI_FOLDER = SCHEMA_FOLDER.parent
DOCUMENT = OPENAPI_FOLDER / "asyncapi.yaml"
CATALOGUE = SCHEMA_FOLDER / "CATALOG.md"
_DESCRIPTION = (
    "Events between the services. CloudEvents 1.0 in binary mode: the attributes are headers with the prefix ce_, "
    "the value is the data as JSON, the key is the subject (the id of the aggregate). Delivery is at least once and "
    "in order per key; consumers take an id once. No event carries personal data."
)


def build_document(registry: EventRegistry, topics: list[Topic]) -> dict[str, Any]:
    """The AsyncAPI 3.0 document of all topics and messages."""
    return {
        "asyncapi": "3.0.0",
        "info": {"title": "Lidhja events", "version": "1.0.0", "description": _DESCRIPTION},
        "defaultContentType": DATA_CONTENT_TYPE,
        "channels": {topic.name: _channel(topic, registry) for topic in topics},
        "operations": _operations(registry),
        "components": {
            "messages": {event_type.name: _message(event_type) for event_type in registry},
            "messageTraits": {"envelope": _envelope_trait()},
        },
    }


def _channel(topic: Topic, registry: EventRegistry) -> dict[str, Any]:
    return {
        "address": topic.name,
        "messages": {
            event_type.name: {"$ref": f"#/components/messages/{event_type.name}"}
            for event_type in registry
            if event_type.topic == topic.name
        },
        "bindings": {
            "kafka": {
                "topic": topic.name,
                "partitions": topic.partitions,
                "topicConfiguration": {"retention.ms": topic.retention_days * 24 * 60 * 60 * 1000},
                "bindingVersion": "0.5.0",
            }
        },
    }


def _operations(registry: EventRegistry) -> dict[str, Any]:
    """One send operation per producer and topic, one receive operation per consumer and topic."""
    operations: dict[str, Any] = {}
    for event_type in registry:
        for action, service in [
            ("send", event_type.producer),
            *(("receive", consumer) for consumer in event_type.consumers),
        ]:
            operation = operations.setdefault(
                f"{service}.{action}.{event_type.topic}",
                {
                    "action": action,
                    "channel": {"$ref": f"#/channels/{event_type.topic}"},
                    "tags": [{"name": service}],
                    "messages": [],
                },
            )
            operation["messages"].append({"$ref": f"#/channels/{event_type.topic}/messages/{event_type.name}"})
    return dict(sorted(operations.items()))


def _message(event_type: EventType) -> dict[str, Any]:
    return {
        "name": event_type.name,
        "title": event_type.title,
        "summary": event_type.description,
        "contentType": DATA_CONTENT_TYPE,
        "traits": [{"$ref": "#/components/messageTraits/envelope"}],
        "payload": {
            "schemaFormat": "application/schema+json;version=draft-07",
            "schema": {"$ref": f"./events/{event_type.file.parent.name}/{event_type.file.name}"},
        },
        "examples": [{"payload": _sample(event_type)["data"]}],
    }


def _sample(event_type: EventType) -> dict[str, Any]:
    file = OPENAPI_FOLDER / "examples" / "events" / event_type.file.name
    sample: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return sample


def _envelope_trait() -> dict[str, Any]:
    envelope = json.loads((SCHEMA_FOLDER / "envelope.json").read_text(encoding="utf-8"))
    on_headers = {"datacontenttype": "content-type"}
    attributes = [name for name in envelope["properties"] if name != "data"]
    return {
        "headers": {
            "type": "object",
            "required": sorted(on_headers.get(name, f"ce_{name}") for name in envelope["required"] if name != "data"),
            "properties": {on_headers.get(name, f"ce_{name}"): {"type": "string"} for name in sorted(attributes)},
        },
        "bindings": {
            "kafka": {
                "key": {"type": "string", "description": "The subject of the event."},
                "bindingVersion": "0.5.0",
            }
        },
    }


def document_text(registry: EventRegistry, topics: list[Topic]) -> str:
    """The document as it lies in openapi/asyncapi.yaml."""
    body = yaml.safe_dump(build_document(registry, topics), sort_keys=False, allow_unicode=True, width=110, indent=2)
    return f"---\n# Written by python -m chassis.events.asyncapi from the schemas in events/; change those.\n{body}"


def catalogue_text(registry: EventRegistry) -> str:
    """The catalogue as it lies in openapi/events/CATALOG.md."""
    lines = [
        "# Catalogue of events",
        "",
        "Written by `python -m chassis.events.asyncapi` from the schemas; change those. The key of every event is its",
        "subject.",
        "",
        "| event | topic | producer | consumers | meaning | personal data |",
        "|---|---|---|---|---|---|",
    ]
    for event_type in sorted(registry, key=lambda entry: (entry.topic, entry.name)):
        link = f"[`{event_type.name}`]({event_type.file.parent.name}/{event_type.file.name})"
        consumers = ", ".join(event_type.consumers) or "nobody yet"
        lines.append(
            f"| {link} | {event_type.topic} | {event_type.producer} | {consumers} | {event_type.description} | none |"
        )
    return "\n".join([*lines, ""])


def written_files(registry: EventRegistry, topics: list[Topic]) -> dict[Path, str]:
    """Each generated file with the text it ought to have."""
    return {DOCUMENT: document_text(registry, topics), CATALOGUE: catalogue_text(registry)}


def main() -> int:
    """Write both files."""
    for file, content in written_files(EventRegistry.load(), declared_topics()).items():
        file.write_text(content, encoding="utf-8")
        sys.stdout.write(f"{file.relative_to(OPENAPI_FOLDER.parent)}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
