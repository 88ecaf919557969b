"""Our table of HSDS says what the official schemas say, in both versions."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from services.directory.domain.hsds_model import OBJECTS, VERSIONS, Field, is_known_in

FOLDER = Path(os.environ.get("HSDS_CONFORMANCE_DIR", Path(__file__).parents[4] / "shared" / "conformance"))
pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason="the official files are not here: set HSDS_CONFORMANCE_DIR")


def official(version: str) -> dict[str, Any]:
    files = (FOLDER / f"hsds-{version}" / "schema").glob("*.json")
    schemas = [json.loads(file.read_text(encoding="utf-8")) for file in files]
    return {schema["name"]: schema for schema in schemas if "properties" in schema}


def described(schema: dict[str, Any]) -> dict[str, Any]:
    """The same facts as ours, drawn out of a schema."""
    return {
        name: {
            "part": (found.get("$ref") or found.get("items", {}).get("$ref", "")).removesuffix(".json") or None,
            "is_list": found.get("type") == "array",
            "type": found.get("format") or {"number": "number"}.get(found.get("type"), "text"),
            "allowed": tuple(found.get("enum", ())),
            "is_required": name in schema.get("required", ()),
        }
        for name, found in schema["properties"].items()
    }


def ours(field: Field) -> dict[str, Any]:
    return {name: getattr(field, name) for name in ("part", "is_list", "type", "allowed", "is_required")}


@pytest.mark.parametrize("version", VERSIONS)
def test_there_are_the_same_objects(version: str) -> None:
    assert set(official(version)) == {name for name, found in OBJECTS.items() if version != "3.0" or not found.is_new}


@pytest.mark.parametrize("version", VERSIONS)
def test_every_object_has_the_same_fields_in_the_same_table(version: str) -> None:
    for name, schema in official(version).items():
        known = [field for field in OBJECTS[name].fields.values() if is_known_in(field, version)]
        assert {field.name: ours(field) for field in known} == described(schema), name
        assert f"{OBJECTS[name].table}.csv" == schema["path"]
        assert set(OBJECTS[name].in_table) == set(schema.get("tabular_required", ())), name
