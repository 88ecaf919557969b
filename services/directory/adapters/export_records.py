"""Reads what is exported, page by page: what the public sees, or an agency's own listings with their drafts.

Everything comes from the ready-made public documents or through the same shapes; there is no shape for a confidential
place, so none can be in an export.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import orjson
from sqlalchemy import ColumnElement, Engine, Select, or_, select

from services.directory.adapters import hsds_shapes, own_shapes
from services.directory.adapters.document_tables import published_document, published_organization
from services.directory.adapters.import_tables import kept_object
from services.directory.adapters.merges import is_folded
from services.directory.adapters.service_rows import ServiceRows, rows_of_services
from services.directory.adapters.shown_organizations import organizations_as_shown
from services.directory.adapters.tables import listing, location, organization, search_entry
from services.directory.domain.hsds_objects import reduced
from services.directory.domain.listing import Tier
from services.directory.domain.own_words import OWN
from services.directory.domain.told_tiers import attributes_of

_PAGE = 500
_FIRST = "00000000-0000-0000-0000-000000000000"
_CSV_COLUMNS = (
    "id", "organization_id", "name", "alternate_name", "description", "taxonomy_terms", "languages", "serves",
    "location_kind", "minimum_age", "maximum_age", "sex", "eligibility_description", "phone", "email", "url",
    "schedule", "always_open", "application_process", "fees_description", "wait_time", "alert", "accepts_referrals",
    "accessibility", "tier", "named_agencies", "status",
)  # fmt: skip
_PLACE_COLUMNS = ("municipality_code", "address_1", "postal_code", "latitude", "longitude", "is_exact")


class Exported:
    """What is to be exported: of ``agency_id`` everything it keeps, of None what everybody may see.

    ``is_whole`` says what HSDS has no word for as well, so that an import rebuilds what the agency keeps.
    """

    def __init__(self, engine: Engine, agency_id: str | None, *, is_whole: bool = False) -> None:
        self._engine = engine
        self._agency_id = agency_id
        self.is_whole = is_whole and agency_id is not None

    def documents(self, version: str) -> Iterator[tuple[str, dict[str, Any]]]:
        """Yield services in full with their organization, then organizations without a service, as plain HSDS."""
        for page in self._pages(self._services(), listing.c.id):
            for document in self._rendered([row["id"] for row in page]):
                yield "service", self._reduced("service", document, version)
        for page in self._pages(self._lonely_organizations(), organization.c.id):
            with self._engine.connect() as connection:
                shown = organizations_as_shown(connection, organization.c.id.in_([row["id"] for row in page]))
            for row in (shown[found["id"]] for found in page):
                document = hsds_shapes.organization_in_full(row)
                if self._agency_id is not None:
                    document = self._organization_for_its_keepers(document, row)
                yield "organization", self._reduced("organization", document, version)

    def loose_objects(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """Yield what an import brought that belongs to nothing; taxonomies alone are everybody's business."""
        wanted = select(kept_object.c.kind, kept_object.c.document).order_by(kept_object.c.kind, kept_object.c.id)
        if self._agency_id is None:
            wanted = wanted.where(kept_object.c.kind.in_(("taxonomy", "taxonomy_term")))
        else:
            wanted = wanted.where(kept_object.c.agency_id == self._agency_id)
        with self._engine.connect() as connection:
            for row in connection.execution_options(yield_per=_PAGE).execute(wanted):
                yield row.kind, row.document

    def rows(self) -> Iterator[dict[str, Any]]:
        """Yield the columns of the simple CSV file."""
        columns = [listing.c[name] for name in _CSV_COLUMNS] + [location.c[name] for name in _PLACE_COLUMNS]
        wanted = self._services().with_only_columns(*columns).outerjoin(location, location.c.listing_id == listing.c.id)
        for page in self._pages(wanted, listing.c.id):
            yield from (dict(row) for row in page)

    def _services(self) -> Select[Any]:
        if self._agency_id is None:
            return select(listing.c.id).join(published_document, published_document.c.listing_id == listing.c.id)
        return (
            select(listing.c.id)
            .join(organization, organization.c.id == listing.c.organization_id)
            .where(self._own(), ~is_folded(listing.c.id))
        )

    def _own(self) -> ColumnElement[bool]:
        keepers = (organization.c.agency_id, organization.c.maintaining_agency_id)
        return or_(*(keeper == self._agency_id for keeper in keepers))

    def _lonely_organizations(self) -> Select[Any]:
        if self._agency_id is None:
            served = select(search_entry.c.listing_id).where(
                search_entry.c.organization_id == organization.c.id, search_entry.c.tier == "public"
            )
            public = published_organization.c.organization_id == organization.c.id
            return select(organization.c.id).join(published_organization, public).where(~served.exists())
        any_service = select(listing.c.id).where(listing.c.organization_id == organization.c.id)
        return select(organization.c.id).where(self._own(), ~any_service.exists(), ~is_folded(organization.c.id))

    def _rendered(self, ids: Sequence[str]) -> Iterator[dict[str, Any]]:
        with self._engine.connect() as connection:
            if self._agency_id is None:
                wanted = select(published_document.c.in_full).where(published_document.c.listing_id.in_(ids))
                texts = connection.scalars(wanted.order_by(published_document.c.listing_id)).all()
                yield from (orjson.loads(text) for text in texts)
                return
            found = rows_of_services(connection, select(listing).where(listing.c.id.in_(ids)), ids)
        for rows in found:
            yield self._for_its_keepers(rows)

    def _for_its_keepers(self, rows: ServiceRows) -> dict[str, Any]:
        """Return a service in full that says who may see it, so that an import shows it to no more."""
        # What is said for as long as a door is closed would come back with an import as the listing's own word.
        lasting = replace(rows, service={**rows.service, "closing_notice": None})
        document = hsds_shapes.service_in_full(lasting, hsds_shapes.places_in_full(lasting))
        document["organization"] = self._organization_for_its_keepers(document["organization"], rows.organization)
        told = attributes_of("service", document["id"], rows.service["tier"], rows.service["named_agencies"])
        return {**_with_attributes(document, told), OWN: own_shapes.service_in_own_words(rows.service, rows.location)}

    def _organization_for_its_keepers(self, document: dict[str, Any], row: Mapping[Any, Any]) -> dict[str, Any]:
        """Return an organization that says so where the public knows of it by its services alone."""
        tier = Tier.PUBLIC if row["is_public"] else Tier.NETWORK
        told = attributes_of("organization", row["id"], tier.value)
        return {**_with_attributes(document, told), OWN: own_shapes.organization_in_own_words(row)}

    def _reduced(self, kind: str, document: dict[str, Any], version: str) -> dict[str, Any]:
        """Return what HSDS names, and our own words where they are asked for."""
        plain = reduced(kind, document, version=version)
        if self.is_whole:
            plain[OWN] = document[OWN]
            if "organization" in plain:
                plain["organization"][OWN] = document["organization"][OWN]
        return plain

    def _pages(self, wanted: Select[Any], key: Any) -> Iterator[Sequence[Any]]:
        """Yield page after page by id; no transaction stays open while they are sent."""
        last = _FIRST
        while True:
            with self._engine.connect() as connection:
                page = wanted.where(key > last).order_by(key).limit(_PAGE)
                rows = connection.execute(page).mappings().all()
            if not rows:
                return
            yield rows
            last = rows[-1]["id"]


def _with_attributes(document: dict[str, Any], more: list[dict[str, Any]]) -> dict[str, Any]:
    return {**document, "attributes": [*document.get("attributes", ()), *more]} if more else document
