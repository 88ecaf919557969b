"""A file may say as much as a request to the API, and no more."""

from __future__ import annotations

from typing import Any

import pytest

from chassis.connexion_app import OPENAPI_FOLDER, resolve_references
from services.directory.domain.content_limits import LONGEST, MOST, is_phone, is_web_address

SCHEMAS = resolve_references(OPENAPI_FOLDER / "directory.yaml")["components"]["schemas"]
NAMED_OTHERWISE = {"eligibility": "eligibility_description", "terms": "taxonomy_terms"}


def described(column: str) -> dict[str, Any]:
    content, place = (SCHEMAS[name]["properties"] for name in ("ListingContent", "NewLocation"))
    found = {**place, **content}[NAMED_OTHERWISE.get(column, column)]
    return dict(SCHEMAS[found["$ref"].rsplit("/", 1)[-1]] if "$ref" in found else found)


def test_texts_are_as_long_as_the_api_takes_them() -> None:
    assert {column: described(column)["maxLength"] for column in LONGEST} == dict(LONGEST)


def test_lists_are_as_long_as_the_api_takes_them() -> None:
    assert {column: described(column)["maxItems"] for column in MOST} == dict(MOST)


@pytest.mark.parametrize(
    "text", ["javascript:alert(1)", "data:text/html,x", "//example.org", "ftp://example.org", "a b"]
)
def test_what_leads_to_no_web_server_is_no_web_address(text: str) -> None:
    assert not is_web_address(text)


def test_what_can_be_dialled_is_a_number() -> None:
    assert is_web_address("https://example.org/?a=1")
    assert is_phone("+(116) 111-111")
    assert not is_phone("call me maybe")
    assert not is_phone("1\n" * 3)
