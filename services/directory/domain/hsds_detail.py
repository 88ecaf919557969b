"""What HSDS knows of a service or an organization beyond our own fields: kept as it came, in HSDS's words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from operator import attrgetter
from typing import Any

# Properties that say where something is; beside a confidential location none of them may stand.
_PLACES = frozenset(
    ("service_at_locations", "locations", "location", "addresses", "address_1", "latitude", "longitude")
)  # fmt: skip
# Earlier values of any field, an address among them.
_EARLIER = frozenset(("metadata",))
# Properties of a service that say again what fields of the listing say, by the fields.
_SHADOWS = {
    "phones": ("phone",),
    "schedules": ("schedule", "always_open"),
    "service_areas": ("serves",),
    "service_at_locations": ("location",),
    "has_confidential_address": ("location",),
    "languages": ("languages",),
    "attributes": ("taxonomy_terms",),
    # Where they are not whole years.
    "minimum_age": ("eligibility.minimum_age",),
    "maximum_age": ("eligibility.maximum_age",),
}
# Who said when that all of it holds; the word of an owner here takes its place.
_ASSURANCE = ("assured_date", "assurer_email")


def still_true(detail: Mapping[str, Any], before: Any, after: Any) -> dict[str, Any]:
    """Return the detail without what a change of content, from ``before`` to ``after``, has made untrue.

    A property that repeats a field falls away when the field changes: it was told by an import, the field by a person.
    """
    return {
        name: value
        for name, value in unassured(detail).items()
        if all(said(before) == said(after) for said in map(attrgetter, _SHADOWS.get(name, ())))
    }


def with_last_status(detail: Mapping[str, Any], told: Mapping[str, Any]) -> dict[str, Any]:
    """Return the detail with the status that a feed told last: like the doors themselves it waits for no review."""
    return {**detail, **{name: told[name] for name in ("status",) if name in told}}


def unassured(detail: Mapping[str, Any]) -> dict[str, Any]:
    """Return the detail without what a feed said of when it was last assured."""
    return {name: value for name, value in detail.items() if name not in _ASSURANCE}


def names_a_place(detail: Any) -> bool:
    """Say whether a location, an address or coordinates stand anywhere in the detail, however deep."""
    return any(name in _PLACES for name in _names(detail))


def without_places(detail: Any) -> Any:
    """Return the detail without all that says where something is, however deep, or what was said of it earlier."""
    if isinstance(detail, Mapping):
        return {name: without_places(value) for name, value in detail.items() if name not in _PLACES | _EARLIER}
    if isinstance(detail, list | tuple):
        return [without_places(value) for value in detail]
    return detail


def _names(detail: Any) -> Iterator[str]:
    if isinstance(detail, Mapping):
        yield from detail
        for value in detail.values():
            yield from _names(value)
    elif isinstance(detail, list | tuple):
        for value in detail:
            yield from _names(value)
