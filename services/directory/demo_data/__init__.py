"""Demo data of the directory: invented services in all seven countries, the same ones at every call."""

from __future__ import annotations

import random
from collections.abc import Iterator
from functools import cache
from typing import Any

from services.directory.demo_data.listings import ListingWriter
from services.directory.demo_data.organizations import (
    Organization,
    in_other_languages,
    in_script,
    invented_organizations,
    partner_organizations,
    phrases_of,
    tag_of,
)
from services.directory.demo_data.places import load_towns

_SEED = 116_111


def demo_organizations() -> Iterator[dict[str, Any]]:
    """Every demo organization; `agency_id` is None where nobody stands behind it who could answer a referral."""
    for organization in _organizations():
        words = phrases_of(organization.language)
        yield {
            "id": organization.id,
            "name": organization.name,
            "description": in_script(words["demo_organization"], organization.language),
            "source_language": tag_of(organization.language),
            "translations": in_other_languages("demo_organization", "description", organization.language),
            "country": organization.town.country,
            "agency_id": organization.agency_id,
            "email": f"info@{organization.slug}.example.org",
            "website": f"https://{organization.slug}.example.org",
        }


def demo_listings() -> Iterator[dict[str, Any]]:
    """Every demo listing, ready to publish: the body of a listing with its fixed id and its organization's."""
    writer = ListingWriter(towns=load_towns(), rng=random.Random(_SEED))  # noqa: S311 - repeatable, not secret
    for organization in _organizations():
        yield from writer.listings_of(organization)


@cache
def _organizations() -> tuple[Organization, ...]:
    towns = load_towns()
    rng = random.Random(_SEED)  # noqa: S311 - repeatable, not secret
    return (*partner_organizations(towns), *invented_organizations(towns, rng))
