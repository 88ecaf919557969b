"""Says what of an organization and of a listing is compared when duplicates are looked for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from services.directory.domain.likeness import Traits, traits
from services.directory.domain.listing import ListingContent
from services.directory.domain.location import PhysicalLocation
from services.directory.domain.organization import Organization
from services.directory.domain.translation import Translation

_NAMES = ("name", "alternate_name")


def traits_of_organization(organization: Organization) -> Traits:
    """Return what is compared of an organization: its entries in registers, names and contacts."""
    detail = organization.hsds
    return traits(
        names=[organization.name, organization.alternate_name, *_translated(organization.translations)],
        identifiers=_objects(detail, "organization_identifiers"),
        country=organization.country,
        phones=[organization.phone, *_texts(detail, "phones", "number")],
        emails=[organization.email],
        urls=[organization.website],
    )


def traits_of_listing(content: ListingContent, organization: Organization) -> Traits:
    """Return what is compared of a listing; where a confidential one is, is no part of it."""
    place = content.location
    return traits(
        names=[content.name, content.alternate_name, *_translated(content.translations)],
        owner=organization.id,
        country=organization.country,
        municipality=place.municipality if isinstance(place, PhysicalLocation) else None,
        phones=[content.phone, *_texts(content.hsds, "phones", "number")],
        emails=[content.email],
        urls=[content.url],
        terms=content.taxonomy_terms,
    )


def _translated(translations: Iterable[Translation]) -> Iterator[str]:
    """Yield the names in other languages: whoever lists a service anew may know it by one of them alone."""
    yield from (entry.text for entry in translations if entry.field in _NAMES)


def _objects(detail: Mapping[str, Any], name: str) -> Iterator[Mapping[str, Any]]:
    listed = detail.get(name)
    yield from (each for each in listed if isinstance(each, Mapping)) if isinstance(listed, list | tuple) else ()


def _texts(detail: Mapping[str, Any], name: str, key: str) -> Iterator[str]:
    yield from (each[key] for each in _objects(detail, name) if isinstance(each.get(key), str))
