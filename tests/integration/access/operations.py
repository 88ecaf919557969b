"""Derives every operation from the API descriptions, with a request that fits its description."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from chassis.connexion_app import OPENAPI_FOLDER, resolve_references

SERVICES = ("identity", "directory", "referral", "notify")
_METHODS = ("get", "put", "post", "delete", "patch")


@dataclass(frozen=True)
class Operation:
    """One operation; ``name`` is what the table of rules calls it."""

    service: str
    name: str
    method: str
    path: str
    scopes: frozenset[str] | None
    example: Any
    for_persons_alone: bool

    @property
    def has_object(self) -> bool:
        """Say whether the path names a thing."""
        return "{" in self.path

    def path_of(self, thing_id: str) -> str:
        """Return the path to a thing; one that lies within another has an id of two parts, joined by a blank."""
        parts, path = thing_id.split(), self.path.replace("{number}", "1")
        return re.sub(r"\{\w+\}", lambda _: parts.pop(0) if len(parts) > 1 else (parts or [""])[0], path)


def operations() -> Iterator[Operation]:
    """Yield every operation of every service."""
    for service in SERVICES:
        description = resolve_references(OPENAPI_FOLDER / f"{service}.yaml")
        for path, item in description["paths"].items():
            for method in _METHODS:
                if method in item:
                    yield _operation(service, method, path, item[method], description)


def _operation(service: str, method: str, path: str, found: dict[str, Any], description: dict[str, Any]) -> Operation:
    security = found.get("security", description.get("security"))
    if security is None:
        raise AssertionError(f"{method} {path} of {service} says nothing about security")
    # Several entries would be alternatives; one that is empty would open the door.
    alternatives = [frozenset(entry["oauth2"]) for entry in security]
    assert len(alternatives) <= 1, f"{method} {path} of {service}: one way in is enough"
    name = f"{service}.{found['operationId'].rpartition('.')[2]}"
    scopes = alternatives[0] if alternatives else None
    for_persons_alone = found.get("x-for-persons-alone", False)
    return Operation(service, name, method.upper(), path, scopes, _example(found, description), for_persons_alone)


def _example(found: dict[str, Any], description: dict[str, Any]) -> Any:
    body = _resolved(found.get("requestBody"), description)
    media = (body or {}).get("content", {}).get("application/json")
    if media is None:
        return None
    if "example" in media:
        return copy.deepcopy(media["example"])
    first = _resolved(next(iter(media["examples"].values())), description)
    return copy.deepcopy(first["value"])


def _resolved(node: Any, description: dict[str, Any]) -> Any:
    while isinstance(node, dict) and "$ref" in node:
        found: Any = description
        for part in node["$ref"].removeprefix("#/").split("/"):
            found = found[part]
        node = found
    return node


OPERATIONS = {operation.name: operation for operation in operations()}
