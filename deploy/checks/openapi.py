"""Validates every OpenAPI document against the specification, and the rules this project adds to it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from openapi_spec_validator import OpenAPIV30SpecValidator
from openapi_spec_validator.readers import read_from_filename

from chassis.connexion_app import resolve_references

ROOT = Path(__file__).resolve().parent.parent.parent
FOLDER = ROOT / "openapi"
METHODS = ("get", "put", "post", "delete", "patch", "head", "options")


def documents() -> list[Path]:
    """Return the served documents; common.yaml is only referred to, asyncapi.yaml is another standard."""
    return sorted(path for path in FOLDER.glob("*.yaml") if path.name not in ("common.yaml", "asyncapi.yaml"))


def operations(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Yield (path, method, operation) of a document."""
    for path, item in document.get("paths", {}).items():
        for method in METHODS:
            if method in item:
                yield path, method, item[method]


def faults_of(path: Path) -> Iterator[str]:
    """Yield each fault of one document as a line."""
    spec, base_uri = read_from_filename(str(path))
    for error in OpenAPIV30SpecValidator(spec, base_uri=base_uri).iter_errors():
        place = "/".join(str(part) for part in error.absolute_path)
        yield f"{path.name}: {place}: {error.message.splitlines()[0]}"
    document = resolve_references(path)
    if not str(document.get("openapi", "")).startswith("3.0."):
        yield f"{path.name}: must be OpenAPI 3.0, the version the framework takes"
    seen: set[str] = set()
    for route, method, operation in operations(document):
        where = f"{path.name}: {method.upper()} {route}"
        name = operation.get("operationId")
        if not name:
            yield f"{where}: has no operationId"
        elif name in seen:
            yield f"{where}: operationId {name} is used twice"
        seen.add(name or "")
        if not operation.get("summary"):
            yield f"{where}: has no summary"
        if "400" not in operation["responses"]:
            yield f"{where}: does not say that it may answer 400, as every operation does to an unknown parameter"
        if "security" not in operation and "security" not in document:
            yield f"{where}: does not say whether it needs a token (security)"
    yield from (f"{path.name}: {place}: has a pattern and no x-rule that says it in words" for place in _mute(document))


def _mute(node: Any, place: str = "#") -> Iterator[str]:
    """Yield where a pattern stands alone: who breaks it would be told nothing but the pattern."""
    if isinstance(node, dict):
        if isinstance(node.get("pattern"), str) and not str(node.get("x-rule", "")).startswith("must "):
            yield place
        for name, part in node.items():
            yield from _mute(part, f"{place}/{name}")
    elif isinstance(node, list):
        for number, part in enumerate(node):
            yield from _mute(part, f"{place}/{number}")


def main() -> None:
    """Print every fault of every document; fail when there is one or when no document was found."""
    faults = [fault for path in documents() for fault in faults_of(path)]
    print("\n".join(faults))
    if faults or not documents():
        sys.exit(1)


if __name__ == "__main__":
    main()
