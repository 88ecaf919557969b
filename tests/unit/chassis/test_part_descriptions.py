"""A path may stand in a part file of its own; whole and parts come together as one description."""

from __future__ import annotations

from pathlib import Path

import pytest

from chassis.connexion_app import resolve_references

WHOLE = """
openapi: 3.0.3
paths:
  /things: {$ref: "whole/things.yaml#/paths/~1things"}
components: {schemas: {Size: {type: integer}}}
"""
PART = """
paths:
  /things:
    get:
      responses:
        "200": {$ref: "../whole.yaml#/components/schemas/Size"}
        "400": {$ref: "../common.yaml#/components/responses/BadRequest"}
components: {schemas: {%s}}
"""
TAKING_A_BODY = """
openapi: 3.0.3
paths:
  /things:
    parameters: []
    get: {responses: {"200": {description: found}}}
    post: {requestBody: {}, responses: {"201": {description: made}, "413": {description: its own}}}
"""


def write(folder: Path, schemas: str) -> Path:
    (folder / "whole").mkdir()
    (folder / "whole" / "things.yaml").write_text(PART % schemas)
    (folder / "whole.yaml").write_text(WHOLE)
    return folder / "whole.yaml"


def test_the_part_is_drawn_in_with_its_components(tmp_path: Path) -> None:
    found = resolve_references(write(tmp_path, "Thing: {type: object}"))
    answers = found["paths"]["/things"]["get"]["responses"]
    assert answers["200"] == {"$ref": "#/components/schemas/Size"}
    assert answers["400"] == {"$ref": "#/components/responses/BadRequest"}
    assert set(found["components"]["schemas"]) >= {"Size", "Thing"}


def test_a_name_described_twice_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="schemas/Size"):
        resolve_references(write(tmp_path, "Size: {type: string}"))


def test_what_takes_a_body_may_refuse_it_for_its_size_and_type(tmp_path: Path) -> None:
    (tmp_path / "plain.yaml").write_text(TAKING_A_BODY)
    operations = resolve_references(tmp_path / "plain.yaml")["paths"]["/things"]
    assert operations["post"]["responses"]["413"] == {"description": "its own"}
    assert operations["post"]["responses"]["415"] == {"$ref": "#/components/responses/UnsupportedMediaType"}
    assert set(operations["get"]["responses"]) == {"200"}
