"""Loads and saves organizations and listings."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, Select, and_, delete, insert, or_, select, update

from chassis.clock import SystemClock
from services.directory.adapters.bulk_rows import insert_prepared, insert_rows, is_among
from services.directory.adapters.confidential_tables import confidential_location
from services.directory.adapters.deleted_listings import delete_listing
from services.directory.adapters.documents import (
    hold_organizations,
    note_new_documents,
    publish_documents,
    publish_organizations,
)
from services.directory.adapters.duplicates import forget_traits, keep_traits
from services.directory.adapters.new_listings import NewListings
from services.directory.adapters.organization_reviews import keep_rule, organizations_with_revisions
from services.directory.adapters.organization_rows import organization_of_row, organization_row
from services.directory.adapters.organization_versions import SqlOrganizationVersionStore
from services.directory.adapters.place_rows import centres_of, place_row
from services.directory.adapters.reference_cache import version_of_reference
from services.directory.adapters.row_making import MakeRows, make_here
from services.directory.adapters.rows import listing_of_rows, row_of_listing
from services.directory.adapters.search_index import index_listings
from services.directory.adapters.search_words import keep_words
from services.directory.adapters.shown_organizations import rows_as_shown
from services.directory.adapters.tables import listing, location, organization
from services.directory.adapters.versions import SqlVersionStore
from services.directory.domain.closing import ACTIVE
from services.directory.domain.compared_traits import traits_of_listing, traits_of_organization
from services.directory.domain.hsds_check import is_uuid
from services.directory.domain.listing import Listing, ListingContent, ListingStatus
from services.directory.domain.location import ConfidentialLocation
from services.directory.domain.organization import Organization
from services.directory.domain.versions import Change

_BATCH = 500


class SqlOrganizationStore:
    """Organizations in PostgreSQL."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def get(self, organization_id: str) -> Organization | None:
        """Return the organization, or None."""
        wanted = organizations_with_revisions().where(organization.c.id == organization_id)
        row = self._connection.execute(wanted).mappings().first()
        return organization_of_row(row) if row else None

    def find(self, organization_id: str) -> Organization | None:
        """Return the organization of an id that may be none at all."""
        return self.get(organization_id) if is_uuid(organization_id) else None

    def find_many(self, organization_ids: Collection[str]) -> dict[str, Organization]:
        """Return those of the organizations that there are, by id; some of the ids may be none at all."""
        wanted = organizations_with_revisions().where(is_among(organization.c.id, filter(is_uuid, organization_ids)))
        return {row["id"]: organization_of_row(row) for row in self._connection.execute(wanted).mappings()}

    def add(self, new: Organization, at: datetime) -> None:
        """Keep a new one."""
        self.add_many([new], at)

    def add_many(self, new: Sequence[Organization], at: datetime, *, with_listings: Collection[str] = ()) -> None:
        """Keep new ones; far cheaper than one by one.

        Those ``with_listings`` are shown to the public when new listings of theirs are added in this transaction.
        """
        if not new:
            return
        insert_rows(self._connection, organization, [{**organization_row(each), "created_at": at} for each in new])
        keep_traits(self._connection, "organization", {each.id: traits_of_organization(each) for each in new})
        publish_organizations(self._connection, [each.id for each in new if each.id not in with_listings])

    def save(self, changed: Organization, change: Change) -> int:
        """Keep a changed one; its services carry the new name when the transaction commits.

        Of a change that is a proposal only what waits is kept. Returns the number of the version that it leaves, 0 for
        none.
        """
        self.hold([changed.id])
        before, row = self.get(changed.id), organization_row(changed)
        number = SqlOrganizationVersionStore(self._connection).note(before, changed, change) if before else 0
        if change.is_proposal:
            return number
        self._connection.execute(update(organization).where(organization.c.id == changed.id).values(**row))
        keep_traits(self._connection, "organization", {changed.id: traits_of_organization(changed)})
        publish_organizations(self._connection, [changed.id])
        listings = SqlListingStore(self._connection)
        listings.publish_all_again(listings.ids_of_organization(changed.id))
        return number

    def hold(self, organization_ids: Collection[str]) -> None:
        """Hold those that there are against other writers until the transaction ends."""
        these = select(organization.c.id).where(is_among(organization.c.id, filter(is_uuid, organization_ids)))
        self._connection.execute(these.order_by(organization.c.id).with_for_update(key_share=True))

    def fold(self, folded: Organization, change: Change) -> None:
        """Keep one that was folded into another: the public sees it no more, nothing is compared with it."""
        self.save(folded, change)
        forget_traits(self._connection, [folded.id])

    def set_review(self, changed: Organization, change: Change) -> int:
        """Keep the rule of review with who has asked for another one; return the number of the step in its history."""
        keep_rule(self._connection, changed)
        return SqlOrganizationVersionStore(self._connection).note_rule(changed, change)

    def link(self, organization_id: str, agency_id: str) -> bool:
        """Put an agency behind the organization; False where there is one already."""
        unclaimed = (organization.c.id == organization_id, organization.c.agency_id.is_(None))
        return self._connection.execute(update(organization).where(*unclaimed).values(agency_id=agency_id)).rowcount > 0


class SqlListingStore:
    """Listings in PostgreSQL, with their place, their versions and their entry in the search index."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._versions = SqlVersionStore(connection)
        self.make_rows: MakeRows = make_here
        self._loaded: dict[str, tuple[ListingContent, ListingStatus]] = {}

    def get(self, listing_id: str) -> Listing | None:
        """Return the listing and lock its row until the transaction ends, or None.

        Its key stays shared: who holds the organization may write what refers to the listing, and waits in no circle.
        """
        return self._read(select(listing).where(listing.c.id == listing_id).with_for_update(key_share=True))

    def _read(self, statement: Select[Any]) -> Listing | None:
        row = self._connection.execute(statement).mappings().first()
        return self._read_rows([row])[row["id"]] if row else None

    def _read_rows(self, rows: Sequence[RowMapping]) -> dict[str, Listing]:
        """Return the listings of rows with their places and what waits for review."""
        places = self._places(rows)
        found = {row["id"]: listing_of_rows(row, places.get(row["id"])) for row in rows}
        self._versions.load_reviews(found)
        self._loaded |= {listing_id: (each.content, each.status) for listing_id, each in found.items()}
        return found

    def get_many(self, listing_ids: Collection[str]) -> dict[str, Listing]:
        """Return those of the listings that there are, their rows locked in the order of their ids."""
        wanted = select(listing).where(is_among(listing.c.id, filter(is_uuid, listing_ids))).order_by(listing.c.id)
        return self._read_rows(self._connection.execute(wanted.with_for_update(key_share=True)).mappings().all())

    def add_many(
        self, entries: Sequence[tuple[Listing, Change]], *, meanwhile: Callable[[], None] = lambda: None
    ) -> None:
        """Keep new ones, each with its first version; far cheaper than one by one.

        ``meanwhile`` is done, in this transaction, when the making of their rows has begun and nothing is written yet.
        """
        if not entries:
            meanwhile()
            return
        listings = [new for new, _ in entries]
        owners = self._owners_held({new.organization_id for new in listings})
        hidden = [new for new in listings if isinstance(new.content.location, ConfidentialLocation)]
        new = NewListings(
            entries=entries,
            owners=owners,
            shown=rows_as_shown(self._connection, owners, hiding={new.organization_id for new in hidden}),
            version=version_of_reference(self._connection),
            now=SystemClock().now(),
        )
        made, coming = [], self.make_rows(self._connection, new)
        meanwhile()
        for some in coming:
            for table, rows in some.tables:
                insert_rows(self._connection, table, rows)
            for prepared in some.prepared:
                insert_prepared(self._connection, prepared)
            made.append(some)
        insert_rows(self._connection, confidential_location, [place_row(each, {}) for each in hidden])
        keep_words(self._connection, {word for some in made for word in some.words})
        published = [listing_id for some in made for listing_id in some.published]
        note_new_documents(self._connection, list(owners), published, {place for some in made for place in some.places})
        self._loaded |= {new.id: (new.content, new.status) for new in listings}

    def _owners_held(self, organization_ids: Collection[str]) -> dict[str, Mapping[Any, Any]]:
        """Return the rows of organizations, which stay as they are until the transaction ends."""
        SqlOrganizationStore(self._connection).hold(organization_ids)
        wanted = select(organization).where(is_among(organization.c.id, organization_ids))
        rows = self._connection.execute(wanted).mappings()
        # By plain names: those of columns take their time to be sent to another process.
        return {row["id"]: {str(name): value for name, value in row.items()} for row in rows}

    def ids_of_organization(self, organization_id: str) -> list[str]:
        """Return the ids of all listings of an organization."""
        theirs = select(listing.c.id).where(listing.c.organization_id == organization_id)
        return list(self._connection.scalars(theirs.order_by(listing.c.id)))

    def with_plan_due(self, now: datetime, limit: int) -> list[str]:
        """Return listings whose plan to close or reopen has something to be done by now."""
        is_to_close = and_(listing.c.closes_at <= now, listing.c.service_status == ACTIVE)
        due = select(listing.c.id).where(
            or_(is_to_close, listing.c.reopens_at <= now), listing.c.closes_at.is_not(None)
        )
        return list(self._connection.scalars(due.order_by(listing.c.id).limit(limit)))

    def publish_again(self, listing_id: str) -> None:
        """Bring search and documents up to date after a change beside the listing, as of its organization's name.

        Hold the organization: it stands for the lock on the listing, whose writers hold it too before they publish.
        """
        self.publish_all_again([listing_id])

    def publish_all_again(self, listing_ids: Sequence[str]) -> None:
        """Bring search and documents of many listings up to date; hold their organizations."""
        for start in range(0, len(listing_ids), _BATCH):
            ids = listing_ids[start : start + _BATCH]
            hold_organizations(self._connection, ids)
            rows = self._connection.execute(select(listing).where(is_among(listing.c.id, ids))).mappings().all()
            index_listings(self._connection, list(self._read_rows(rows).values()))
            publish_documents(self._connection, ids)

    def delete(self, listing_id: str) -> None:
        """Delete one that nobody but its keepers has ever seen, with all that hangs on it."""
        delete_listing(self._connection, listing_id)

    def _publish(self, kept: Sequence[Listing]) -> None:
        ids = [each.id for each in kept]
        hold_organizations(self._connection, ids)
        index_listings(self._connection, kept)
        publish_documents(self._connection, ids)

    def _places(self, rows: Sequence[RowMapping]) -> dict[str, RowMapping]:
        """Return the rows of the places by listing, each from the table that the listing's kind of place names."""
        found: dict[str, RowMapping] = {}
        for table, is_confidential in ((location, False), (confidential_location, True)):
            ids = [row["id"] for row in rows if (row["location_kind"] == "confidential") is is_confidential]
            wanted = select(table).where(is_among(table.c.listing_id, ids))
            places = self._connection.execute(wanted).mappings() if ids else ()
            found |= {place["listing_id"]: place for place in places}
        return found

    def add(self, new: Listing, change: Change | None = None) -> None:
        """Keep a new one with its first version."""
        self._connection.execute(insert(listing).values(**row_of_listing(new)))
        self._keep_place(new)
        self._keep_version(new, change)
        self._compare([new])
        self._publish([new])

    def save(self, changed: Listing, change: Change | None = None) -> None:
        """Keep a changed one; the search index sees it when the transaction commits.

        A change of what it says or of its status leaves a version; without ``change``, as the system's own doing.
        """
        self.save_many([(changed, change)])

    def save_many(self, entries: Sequence[tuple[Listing, Change | None]]) -> None:
        """Keep changed ones, as ``save`` does; what is made out of them for readers is made for all at once."""
        for changed, change in entries:
            row = row_of_listing(changed)
            self._connection.execute(update(listing).where(listing.c.id == row.pop("id")).values(**row))
            self._keep_place(changed)
            self._keep_version(changed, change)
        listings = list({changed.id: changed for changed, _ in entries}.values())
        if listings:
            self._compare(listings)
            self._publish(listings)

    def _keep_version(self, kept: Listing, change: Change | None) -> None:
        now = (kept.content, kept.status)
        if change is None and self._loaded.get(kept.id) != now:
            change = Change(action="edit" if kept.id in self._loaded else kept.status.value)
        self._loaded[kept.id] = now
        if change is not None:
            self._versions.add(kept, change, change.at or kept.last_modified)
            self._versions.keep_review(kept)

    def _compare(self, kept: Sequence[Listing]) -> None:
        """Keep what listings are compared by; one that was withdrawn is no duplicate of anything."""
        owners = SqlOrganizationStore(self._connection).find_many({each.organization_id for each in kept})
        compared = {
            each.id: traits_of_listing(each.content, owners[each.organization_id])
            for each in kept
            if each.organization_id in owners and each.status is not ListingStatus.WITHDRAWN
        }
        gone = [each.id for each in kept if each.id not in compared]
        if gone:
            forget_traits(self._connection, gone)
        if compared:
            keep_traits(self._connection, "listing", compared)

    def _keep_place(self, kept: Listing) -> None:
        for table in (location, confidential_location):
            self._connection.execute(delete(table).where(table.c.listing_id == kept.id))
        row = place_row(kept, centres_of(self._connection, [kept.content.location]))
        is_confidential = isinstance(kept.content.location, ConfidentialLocation)
        insert_rows(self._connection, confidential_location if is_confidential else location, [row])
