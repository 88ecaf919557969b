"""Loads the demo organizations and listings through the domain, so that they are announced like any other."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from services.directory.adapters.unit_of_work import DirectoryUnitOfWork
from services.directory.application.announcements import announce_published
from services.directory.bootstrap import Directory
from services.directory.demo_data import demo_listings, demo_organizations
from services.directory.domain.listing import Listing
from services.directory.domain.organization import Organization
from services.directory.entrypoints.api.wire import capacity_from, content_from, translation_from

_NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "https://lidhja.example.org/demo")


def _agency(slug: str) -> str:
    return str(uuid.uuid5(_NAMESPACE, f"agency:{slug}"))


# A municipality's officer keeps the listings of the agencies in town besides its own.
_MAINTAINED_BY = {_agency(slug): _agency("municipality-tirana") for slug in ("csw-tirana", "ngo-tirana")}


def load_demo(directory: Directory) -> tuple[int, int]:
    """Add what is not there yet, in one transaction, and return how many organizations and listings that was.

    What somebody has changed since the first load stays as it is.
    """
    now = directory.clock.now()
    organizations = listings = 0
    with directory.unit_of_work() as uow:
        for body in demo_organizations():
            organizations += _add_organization(uow, body, now)
        for body in demo_listings():
            listings += _add_listing(uow, body, now)
        if organizations or listings:
            uow.record(principal=None, action="demo.load", object_type="directory", object_id="demo")
            uow.commit()
    return organizations, listings


def _add_organization(uow: DirectoryUnitOfWork, body: Mapping[str, Any], now: datetime) -> int:
    if uow.organizations.get(body["id"]) is not None:
        return 0
    organization = Organization(
        id=body["id"],
        name=body["name"],
        description=body["description"],
        country=body["country"],
        agency_id=body["agency_id"],
        maintaining_agency_id=_MAINTAINED_BY.get(body["agency_id"], body["agency_id"]),
        email=body.get("email"),
        website=body.get("website"),
        source_language=body["source_language"],
        translations=tuple(translation_from(entry) for entry in body["translations"]),
    ).following(None, now)
    uow.organizations.add(organization, now)
    return 1


def _add_listing(uow: DirectoryUnitOfWork, body: Mapping[str, Any], now: datetime) -> int:
    organization = uow.organizations.get(body["organization_id"])
    if organization is None or uow.listings.get(body["id"]) is not None:
        return 0
    capacity = body.get("capacity")
    listing = Listing(
        id=body["id"],
        organization_id=organization.id,
        content=content_from(body),
        created_at=now,
        last_modified=now,
        capacity=capacity_from(capacity, now) if capacity else None,
    )
    listing.publish(now)
    uow.listings.add(listing)
    announce_published(uow, listing, organization)
    return 1
