"""Reads which terms of their own taxonomies feeds attach to a service or a place, and under what keys search has them.

A key is the id of a term, that of the term above it, or that of a taxonomy behind ``TAXONOMY``. What is attached to a
place alone stands in its service's entry behind ``AT_A_PLACE``, so that one index finds both.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

TAXONOMY = "taxonomy:"
AT_A_PLACE = "@"


def told_keys(part: Any) -> list[str]:
    """Return the keys of all terms that stand in the attributes of this part itself."""
    return list(dict.fromkeys(key for attribute in _attributes(part) for key in _keys(attribute)))


def told_names(part: Any) -> list[str]:
    """Return what the terms in the attributes of this part are called."""
    return list(dict.fromkeys(str(term["name"]) for term in map(_term, _attributes(part)) if term.get("name")))


def name_of_term(service: Mapping[str, Any], term_id: str) -> str | None:
    """Return what a service or one of its places calls the term with this id; None where it does not say."""
    places = service.get("service_at_locations") or ()
    parts = [service, *(part for place in places for part in place_parts(place))]
    terms = (_term(attribute) for part in parts for attribute in _attributes(part))
    return next((str(term["name"]) for term in terms if _is(term, term_id) and term.get("name")), None)


def anywhere(keys: Sequence[str]) -> list[str]:
    """Return the keys as entries have them of what is attached to the service or to any of its places."""
    return [*keys, *(AT_A_PLACE + key for key in keys)]


def place_parts(place: Mapping[str, Any]) -> tuple[Any, Any]:
    """Return the parts of a service at a location that attributes stand in: the pair itself and the location."""
    return place, place.get("location")


def _keys(attribute: Mapping[str, Any]) -> Iterator[str]:
    term = _term(attribute)
    detail = term.get("taxonomy_detail")
    for own_id in (attribute.get("taxonomy_term_id"), term.get("id"), term.get("parent_id")):
        if own_id:
            yield str(own_id).lower()
    for taxonomy in (term.get("taxonomy_id"), detail.get("id") if isinstance(detail, Mapping) else None):
        if taxonomy:
            yield TAXONOMY + str(taxonomy).lower()


def _attributes(part: Any) -> Iterator[Mapping[str, Any]]:
    listed = part.get("attributes") if isinstance(part, Mapping) else None
    return (each for each in listed if isinstance(each, Mapping)) if isinstance(listed, list) else iter(())


def _term(attribute: Mapping[str, Any]) -> Mapping[str, Any]:
    term = attribute.get("taxonomy_term")
    return term if isinstance(term, Mapping) else {}


def _is(term: Mapping[str, Any], term_id: str) -> bool:
    return str(term.get("id") or "").lower() == term_id
