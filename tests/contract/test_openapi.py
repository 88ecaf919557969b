"""API descriptions as the outside sees them: each is valid, and each body has an example that its schema allows."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from functools import cache
from typing import Any

import pytest
from openapi_schema_validator import OAS30Validator, oas30_format_checker

from chassis.connexion_app import resolve_references
from deploy.checks.openapi import FOLDER, documents, faults_of, operations

SERVICES = [path.stem for path in documents()]
# Lines of JSON, each like an item of the answer in JSON.
WITHOUT_EXAMPLE = {"application/x-ndjson"}


@cache
def description_of(service: str) -> dict[str, Any]:
    return resolve_references(FOLDER / f"{service}.yaml")


def followed(description: dict[str, Any], node: Any) -> Any:
    while isinstance(node, dict) and "$ref" in node:
        target: Any = description
        for part in node["$ref"].removeprefix("#/").split("/"):
            target = target[part.replace("~1", "/").replace("~0", "~")]
        node = target
    return node


def bodies() -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Every JSON body of a request or an answer: service, where it is, its media type object."""
    for service in SERVICES:
        description = description_of(service)
        for path, method, operation in operations(description):
            parts = {"request": followed(description, operation.get("requestBody", {}))}
            parts |= {str(status): followed(description, answer) for status, answer in operation["responses"].items()}
            for part, body in parts.items():
                for media_type, content in body.get("content", {}).items():
                    if "json" in media_type and media_type not in WITHOUT_EXAMPLE:
                        yield service, f"{method.upper()} {path} {part} {media_type}", content


BODIES = list(bodies())
NAMES = [f"{service} {place}" for service, place, _ in BODIES]


def examples_of(description: dict[str, Any], content: dict[str, Any]) -> list[Any]:
    schema = followed(description, content.get("schema", {}))
    if "examples" in content:
        return [followed(description, example)["value"] for example in content["examples"].values()]
    return [holder["example"] for holder in (content, schema) if "example" in holder]


def as_json(value: Any) -> Any:
    """YAML reads bare times and days as such; on the wire they are text."""
    if isinstance(value, datetime | date):
        return value.isoformat().replace("+00:00", "Z")
    if isinstance(value, dict):
        return {key: as_json(item) for key, item in value.items()}
    return [as_json(item) for item in value] if isinstance(value, list) else value


@pytest.mark.parametrize("service", SERVICES)
def test_the_description_is_valid_and_keeps_the_rules_of_this_project(service: str) -> None:
    assert list(faults_of(FOLDER / f"{service}.yaml")) == []


@pytest.mark.parametrize(("service", "place", "content"), BODIES, ids=NAMES)
def test_a_body_has_an_example_that_its_schema_allows(service: str, place: str, content: dict[str, Any]) -> None:
    description = description_of(service)
    examples = examples_of(description, content)
    if not examples and "problem+json" in place:
        return
    assert examples, "give it an example"
    schema = {**content["schema"], "components": description["components"]}
    validator = OAS30Validator(schema, format_checker=oas30_format_checker)
    for example in examples:
        assert [error.message[:200] for error in validator.iter_errors(as_json(example))] == []


@pytest.mark.parametrize(("service", "place", "content"), BODIES, ids=NAMES)
def test_an_error_is_a_problem_and_nothing_else_is(service: str, place: str, content: dict[str, Any]) -> None:
    *_, part, media_type = place.split(" ")
    if service == "identity" and "/oauth/" in place:
        # OAuth has error bodies of its own, which every client library expects.
        return
    assert (media_type == "application/problem+json") == part.startswith(("4", "5", "default"))
