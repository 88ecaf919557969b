"""Loads and saves organizations, listings and reservations."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from services.directory.adapters.confidential_tables import confidential_location
from services.directory.adapters.rows import listing_of_rows, row_of_listing
from services.directory.adapters.search_index import index_listing
from services.directory.adapters.tables import (
    capacity_reservation,
    listing,
    location,
    municipality,
    organization,
    taxonomy_term,
)
from services.directory.domain.listing import Listing
from services.directory.domain.location import ConfidentialLocation, PhysicalLocation
from services.directory.domain.organization import Organization
from services.directory.domain.spelling import plain_words

_ORGANIZATION_FIELDS = (
    "id", "name", "description", "country", "agency_id", "maintaining_agency_id", "alternate_name", "email",
    "website", "phone",
)  # fmt: skip


class SqlOrganizationStore:
    """Organizations in PostgreSQL."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def get(self, organization_id: str) -> Organization | None:
        """Return the organization, or None."""
        row = (
            self._connection.execute(select(organization).where(organization.c.id == organization_id))
            .mappings()
            .first()
        )
        return Organization(**{name: row[name] for name in _ORGANIZATION_FIELDS}) if row else None

    def add(self, new: Organization, at: datetime) -> None:
        """Keep a new one."""
        spellings = " ".join(plain_words(f"{new.name} {new.alternate_name or ''}"))
        self._connection.execute(insert(organization).values(**asdict(new), spellings=spellings, created_at=at))


class SqlListingStore:
    """Listings in PostgreSQL, with their place and their entry in the search index."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def get(self, listing_id: str) -> Listing | None:
        """Return the listing and lock its row until the transaction ends, or None."""
        row = (
            self._connection.execute(select(listing).where(listing.c.id == listing_id).with_for_update())
            .mappings()
            .first()
        )
        if row is None:
            return None
        return listing_of_rows(row, self._place(row["id"], row["location_kind"]))

    def _place(self, listing_id: str, kind: str) -> Mapping[Any, Any] | None:
        table = confidential_location if kind == "confidential" else location
        return self._connection.execute(select(table).where(table.c.listing_id == listing_id)).mappings().first()

    def add(self, new: Listing) -> None:
        """Keep a new one."""
        self._connection.execute(insert(listing).values(**row_of_listing(new)))
        self._keep_place(new)
        index_listing(self._connection, new)

    def save(self, changed: Listing) -> None:
        """Keep a changed one; the search index sees it when the transaction commits."""
        row = row_of_listing(changed)
        self._connection.execute(update(listing).where(listing.c.id == row.pop("id")).values(**row))
        self._keep_place(changed)
        index_listing(self._connection, changed)

    def _keep_place(self, kept: Listing) -> None:
        for table in (location, confidential_location):
            self._connection.execute(delete(table).where(table.c.listing_id == kept.id))
        place = kept.content.location
        if isinstance(place, ConfidentialLocation):
            self._connection.execute(insert(confidential_location).values(listing_id=kept.id, **_address(place)))
            return
        values: dict[str, Any] = {"kind": "virtual", "is_exact": False}
        if isinstance(place, PhysicalLocation):
            values = {**_address(place), "kind": "physical", "is_exact": place.latitude is not None}
            if place.latitude is None:
                values.update(self._centre(place.municipality))
        ids = {"id": _id(kept.id, "location"), "service_at_location_id": _id(kept.id, "service_at_location")}
        self._connection.execute(insert(location).values(listing_id=kept.id, **ids, **values))

    def _centre(self, code: str) -> dict[str, float]:
        columns = select(municipality.c.latitude, municipality.c.longitude).where(municipality.c.code == code)
        return dict(self._connection.execute(columns).mappings().one())


def _address(place: PhysicalLocation | ConfidentialLocation) -> dict[str, Any]:
    return {
        "municipality_code": place.municipality,
        "address_1": place.address_1,
        "postal_code": place.postal_code,
        "latitude": place.latitude,
        "longitude": place.longitude,
    }


def _id(listing_id: str, name: str) -> str:
    """Return an id that stays the same when the listing is saved again."""
    return str(uuid.uuid5(uuid.UUID(listing_id), name))


class SqlReferenceData:
    """The codes in the reference tables."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def unknown_municipalities(self, codes: Iterable[str]) -> list[str]:
        """Return those of the codes that name neither a place nor a country that has places."""
        wanted = set(codes)
        known = set(self._connection.scalars(select(municipality.c.code).where(municipality.c.code.in_(wanted))))
        countries = {code for code in wanted - known if len(code) == 2}
        if countries:
            known |= set(
                self._connection.scalars(select(municipality.c.country).where(municipality.c.country.in_(countries)))
            )
        return sorted(wanted - known)

    def unknown_terms(self, codes: Iterable[str]) -> list[str]:
        """Return those of the codes that name no term."""
        wanted = set(codes)
        return sorted(
            wanted - set(self._connection.scalars(select(taxonomy_term.c.code).where(taxonomy_term.c.code.in_(wanted))))
        )


class SqlReservationStore:
    """Reservations in PostgreSQL; the primary key on the referral makes each count once."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def reserve(self, referral_id: str, service_id: str, at: datetime) -> bool:
        """Note the acceptance; False where the referral has reserved, or ended, before."""
        statement = upsert(capacity_reservation).values(
            referral_id=referral_id, listing_id=service_id, took_place=False, reserved_at=at
        )
        inserted = statement.on_conflict_do_nothing().returning(capacity_reservation.c.referral_id)
        return self._connection.execute(inserted).first() is not None

    def note_place_taken(self, referral_id: str) -> None:
        """Note that the acceptance has lowered the number of free places."""
        table = capacity_reservation
        self._connection.execute(update(table).where(table.c.referral_id == referral_id).values(took_place=True))

    def release(self, referral_id: str, service_id: str, at: datetime) -> bool:
        """Note the end; True only the first time, and only if the acceptance had lowered the number."""
        table = capacity_reservation
        ended = (
            update(table)
            .where(table.c.referral_id == referral_id, table.c.released_at.is_(None))
            .values(released_at=at)
            .returning(table.c.took_place)
        )
        took_place = self._connection.execute(ended).scalar()
        if took_place is None:
            early = upsert(table).values(
                referral_id=referral_id, listing_id=service_id, took_place=False, released_at=at
            )
            self._connection.execute(early.on_conflict_do_nothing())
        return bool(took_place)
