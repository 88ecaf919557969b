"""Knows in a document of HSDS what this directory says of a listing already: an export that comes back tells no news.

Our own rendering is not what was said: beside a municipality it names the middle of it, for instance.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from services.directory.domain.last_words import Words, word_of
from services.directory.domain.own_words import OWN

_TEXTS = (
    "name", "alternate_name", "description", "url", "email", "application_process", "fees_description", "wait_time",
    "alert",
)  # fmt: skip
_LANGUAGES = (f"{OWN}.source_language", f"{OWN}.translations")
_HOURS = (f"{OWN}.schedule", f"{OWN}.always_open")
# What attributes come to here, by the field of a listing.
_TERMS, _TIER = "attributes.taxonomy_terms", "attributes.tier"
# By the field of a listing, which properties say it.
SAID_OF_SERVICE: Mapping[str, tuple[str, ...]] = {
    **{name: (name,) for name in (*_TEXTS, "languages")},
    "taxonomy_terms": (_TERMS,),
    **dict.fromkeys(("tier", "named_agencies"), (_TIER,)),
    "serves": ("service_areas",),
    "location": ("service_at_locations", f"{OWN}.place", f"{OWN}.is_exact"),
    "phone": ("phones",),
    "eligibility.minimum_age": ("minimum_age",),
    "eligibility.maximum_age": ("maximum_age",),
    "eligibility.description": ("eligibility_description",),
    "eligibility.sex": (f"{OWN}.sex",),
    "accepts_referrals": (f"{OWN}.accepts_referrals",),
    "accessibility": (f"{OWN}.accessibility",),
    **dict.fromkeys(("schedule", "always_open"), _HOURS),
    **dict.fromkeys(("source_language", "translations"), _LANGUAGES),
}
SAID_OF_ORGANIZATION: Mapping[str, tuple[str, ...]] = {
    **{name: (name,) for name in ("name", "alternate_name", "description", "email", "website")},
    "phone": (f"{OWN}.phone",),
    **dict.fromkeys(("source_language", "translations"), _LANGUAGES),
}
_PROPERTIES = {name for names in SAID_OF_SERVICE.values() for name in names} - {_TERMS, _TIER}
# What our own records say: whose it is, its id, and when it was last changed here.
SAID_ELSEWHERE = frozenset(("id", "organization", "organization_id", "last_modified"))


def words_of_service(
    document: Mapping[str, Any], *, serves: Any, location: Any, taxonomy_terms: Any, tier: Any
) -> Words:
    """Return the words of a service by property, with what is made of it here.

    Where another municipality is made of an area, for instance, the property says something else.
    """
    words = words_of(document, {"service_areas": serves, "service_at_locations": location})
    of_attributes = {_TERMS: taxonomy_terms, _TIER: tier}
    return {**words, **{name: word_of(value) for name, value in of_attributes.items() if value}}


def words_of(document: Mapping[str, Any], meanings: Mapping[str, Any] | None = None) -> Words:
    """Return the words of a document by property, with what it means here; what is empty says nothing."""
    meanings = meanings or {}
    gists = {name: _gist(value) for name, value in _flat(document).items() if name not in SAID_ELSEWHERE}
    return {
        name: word_of([gist, meanings[name]] if name in meanings else gist)
        for name, gist in gists.items()
        if gist is not None
    }


def repeated_in(document: Mapping[str, Any], renderings: Iterable[Mapping[str, Any]]) -> frozenset[str]:
    """Return the properties that say what one of our renderings says, or that neither of the two has."""
    found: set[str] = set()
    said = _flat(document)
    for each in renderings:
        rendering = _flat(each if OWN in document else {name: value for name, value in each.items() if name != OWN})
        names = said.keys() | rendering.keys() | _PROPERTIES
        found |= {name for name in names if _gist(said.get(name)) == _gist(rendering.get(name))}
        # A table names what belongs to a row by its id as well.
        parts = {name: rendering.get(name.removesuffix("_id")) for name in names if name.endswith("_id")}
        found |= {name for name, part in parts.items() if isinstance(part, dict) and part["id"] == said.get(name)}
    return frozenset(found | ({_TERMS} if "attributes" in found else set()))


def _flat(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return the properties, those of our own words one by one."""
    own = document.get(OWN)
    beyond = {f"{OWN}.{name}": value for name, value in own.items()} if isinstance(own, Mapping) else {}
    return {name: value for name, value in document.items() if name != OWN} | beyond


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
