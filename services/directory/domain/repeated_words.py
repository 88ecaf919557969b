"""Knows in a document of HSDS what this directory says of a listing already: an export that comes back tells no news.

Our own rendering is not what was said: beside a municipality it names the middle of it, for instance.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from services.directory.domain.listing import ListingContent

# Fields of a listing by the property that says them; other own fields are called as HSDS calls them.
_SAID_BY = {
    "attributes": "taxonomy_terms", "languages": "languages", "service_areas": "serves",
    "service_at_locations": "location", "phones": "phone",
    **{
        name: name
        for name in (
            "name", "alternate_name", "description", "url", "email", "application_process", "fees_description",
            "wait_time", "alert",
        )
    },
}  # fmt: skip
_OF_ELIGIBILITY = {
    "minimum_age": "minimum_age",
    "maximum_age": "maximum_age",
    "eligibility_description": "description",
}


def repeated_in(document: Mapping[str, Any], renderings: Iterable[Mapping[str, Any]]) -> frozenset[str]:
    """Return the properties that say what one of our renderings says, or that neither of the two has."""
    found: set[str] = set()
    for rendering in renderings:
        names = document.keys() | rendering.keys() | _SAID_BY.keys() | _OF_ELIGIBILITY.keys()
        found |= {name for name in names if _gist(document.get(name)) == _gist(rendering.get(name))}
        # A table names what belongs to a row by its id as well.
        parts = {name: rendering.get(name.removesuffix("_id")) for name in names if name.endswith("_id")}
        found |= {name for name, part in parts.items() if isinstance(part, dict) and part["id"] == document.get(name)}
    return frozenset(found)


def as_before(content: ListingContent, before: ListingContent, repeated: frozenset[str]) -> ListingContent:
    """Return the content with everything as it was that the document only repeats."""
    same = {field: getattr(before, field) for name, field in _SAID_BY.items() if name in repeated}
    of_whom = {field: getattr(before.eligibility, field) for name, field in _OF_ELIGIBILITY.items() if name in repeated}
    new = {name: value for name, value in content.hsds.items() if name not in repeated}
    kept = {name: value for name, value in before.hsds.items() if name in repeated}
    return replace(content, **same, eligibility=replace(content.eligibility, **of_whom), hsds={**kept, **new})


def alike_kept(detail: Mapping[str, Any], before: Mapping[str, Any]) -> dict[str, Any]:
    """Return the detail with each property as it was that says the same, however it is written."""
    return {
        name: before[name] if name in before and _gist(before[name]) == _gist(value) else value
        for name, value in detail.items()
    }


def adds_nothing(document: Mapping[str, Any], told: Mapping[str, Any]) -> bool:
    """Say whether a document says nothing that is not told here; what is empty says nothing."""
    return bool(told) and all(told.get(name) == value for name, value in document.items() if value not in ("", None))


def _gist(value: Any) -> Any:
    """Return what a value says; a table has no empty ones, says whose each row is, and knows one kind of number."""
    if isinstance(value, Mapping):
        told = {name: _gist(part) for name, part in value.items() if not name.endswith("_id")}
        return {name: part for name, part in told.items() if part is not None} or None
    if isinstance(value, list | tuple):
        return [_gist(part) for part in value] or None
    if isinstance(value, int | float) and not isinstance(value, bool):
        return float(value)
    return None if value == "" else value
