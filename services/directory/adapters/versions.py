"""Keeps every version of a listing; a confidential address goes into a table apart, now and in hindsight."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, Table, delete, select, update
from sqlalchemy.dialects.postgresql import insert

from services.directory.adapters.bulk_rows import is_among
from services.directory.adapters.confidential_tables import confidential_version
from services.directory.adapters.review_tables import listing_review, listing_version
from services.directory.adapters.rows import content_of_row, content_row
from services.directory.domain.hsds_detail import names_a_place
from services.directory.domain.listing import Listing, ListingContent, Proposal, Tier
from services.directory.domain.location import ConfidentialLocation, PhysicalLocation, VirtualLocation
from services.directory.domain.review import Review
from services.directory.domain.reviewing import AT_ONCE
from services.directory.domain.versions import Change, Version

_ADDRESS = ("municipality_code", "address_1", "postal_code", "latitude", "longitude")


def version_row(listing: Listing, change: Change, at: datetime) -> dict[str, Any]:
    """Return the row of ``listing_version``; of a place that not everybody may know only the kind is in it."""
    content = proposed_or_own(listing, change)
    row = content_row(content)
    if isinstance(content.location, PhysicalLocation) and not _is_kept_apart(listing, change):
        row["place"] = _address(content.location)
    row["service_status"] = listing.service_status
    return {
        "listing_id": listing.id,
        "number": listing.version,
        "action": change.action,
        "status": listing.status.value,
        "is_proposal": change.is_proposal,
        "is_public": listing.is_published and not change.is_proposal and content.tier is Tier.PUBLIC,
        "content": row,
        "account_id": change.account_id,
        "agency_id": change.agency_id,
        "at": at,
        "reason": change.reason,
        "note": change.note,
        "import_id": change.import_id,
    }


def proposed_or_own(listing: Listing, change: Change) -> ListingContent:
    """Return the content that a change was about."""
    if change.is_proposal and listing.proposal is not None:
        return listing.proposal.content
    return listing.content


def _is_kept_apart(listing: Listing, change: Change) -> bool:
    """Say whether the address is nobody's business: a proposal may hold what the published listing conceals."""
    return change.is_proposal or isinstance(listing.content.location, ConfidentialLocation)


def _address(place: PhysicalLocation | ConfidentialLocation) -> dict[str, Any]:
    values = (place.municipality, place.address_1, place.postal_code, place.latitude, place.longitude)
    return dict(zip(_ADDRESS, values, strict=True))


def _place_apart(listing: Listing, change: Change) -> dict[str, Any] | None:
    """Return the address that goes into the table apart; None where there is none, or it is in the version itself."""
    place = proposed_or_own(listing, change).location
    if isinstance(place, VirtualLocation):
        return None
    is_apart = isinstance(place, ConfidentialLocation) or _is_kept_apart(listing, change)
    return _address(place) if is_apart else None


def _review_row(listing: Listing) -> dict[str, Any] | None:
    """Return the row of what waits for review; None where nothing does."""
    review = listing.review
    if review == Review() and listing.proposal is None:
        return None
    return {
        "listing_id": listing.id,
        "proposal": listing.proposal.number if listing.proposal else None,
        "edited_by": review.edited_by,
        "submitted_by": review.submitted_by,
        "submitted_at": review.submitted_at,
        "rejected_for": review.rejected_for,
        "note": review.note,
    }


def rows_of_first(entries: Sequence[tuple[Listing, Change]]) -> Iterator[tuple[Table, list[dict[str, Any]]]]:
    """Yield the rows of the first version of new listings, and of what waits for their review, by table."""
    rows = [version_row(listing, change, change.at or listing.last_modified) for listing, change in entries]
    yield listing_version, rows
    apart = [
        {"listing_id": listing.id, "number": listing.version, **place}
        for listing, change in entries
        if (place := _place_apart(listing, change)) is not None
    ]
    yield confidential_version, apart
    yield listing_review, [row for listing, _ in entries if (row := _review_row(listing)) is not None]


class SqlVersionStore:
    """Versions and reviews in PostgreSQL."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, listing: Listing, change: Change, at: datetime) -> None:
        """Keep the listing as it is now under its present number; of two saves under one number the last holds."""
        row = version_row(listing, change, at)
        ids = {name: row.pop(name) for name in ("listing_id", "number")}
        kept = insert(listing_version).values(**ids, **row).on_conflict_do_update(index_elements=list(ids), set_=row)
        self._connection.execute(kept)
        self._connection.execute(delete(confidential_version).filter_by(**ids))
        place = _place_apart(listing, change)
        if place is not None:
            self._connection.execute(insert(confidential_version).values(**ids, **place))
        if isinstance(listing.content.location, ConfidentialLocation):
            self._conceal_older(listing.id)

    def _conceal_older(self, listing_id: str) -> None:
        """Take the addresses out of the versions from the time when the place was public."""
        rows = listing_version.c
        older = select(rows.number, rows.content).where(rows.listing_id == listing_id)
        for number, content in self._connection.execute(older).all():
            if "place" not in content and not names_a_place(content["hsds"]):
                continue
            place = content.pop("place", None)
            content["hsds"] = {
                name: value for name, value in content["hsds"].items() if not names_a_place({name: value})
            }
            changed = update(listing_version).where(rows.listing_id == listing_id, rows.number == number)
            self._connection.execute(changed.values(content=content))
            if place is not None:
                ids = {"listing_id": listing_id, "number": number}
                self._connection.execute(insert(confidential_version).values(**ids, **place))

    def get(self, listing_id: str, number: int) -> Version | None:
        """Return one version with its address, wherever that is kept."""
        rows = listing_version.c
        wanted = select(listing_version).where(rows.listing_id == listing_id, rows.number == number)
        row = self._connection.execute(wanted).mappings().first()
        return self._version(row) if row else None

    def was_published(self, listing_id: str) -> bool:
        """Say whether the listing stood in the directory at any time; what was withdrawn did."""
        rows = listing_version.c
        out = select(rows.number).where(rows.listing_id == listing_id, rows.status.in_(("published", "withdrawn")))
        return self._connection.execute(out.limit(1)).first() is not None

    def was_confidential(self, listing_id: str) -> bool:
        """Say whether the place is confidential in any version, proposals included."""
        kind = listing_version.c.content["location_kind"].astext
        hiding = select(listing_version.c.number).where(
            listing_version.c.listing_id == listing_id, kind == "confidential"
        )
        return self._connection.execute(hiding.limit(1)).first() is not None

    def list(self, listing_id: str, *, before: int | None, limit: int) -> Sequence[RowMapping]:
        """Return rows without content and address, the latest first."""
        rows = listing_version.c
        wanted = select(*(column for column in rows if column.name != "content")).where(rows.listing_id == listing_id)
        if before is not None:
            wanted = wanted.where(rows.number < before)
        return self._connection.execute(wanted.order_by(rows.number.desc()).limit(limit)).mappings().all()

    def last_before(self, listing_id: str, number: int | None) -> int | None:
        """Return the number of the last version, or of the last before a number; None where there is none."""
        found = self.list(listing_id, before=number, limit=1)
        return found[0]["number"] if found else None

    def _version(self, row: RowMapping) -> Version:
        place: Mapping[Any, Any] | None = row["content"].get("place")
        if place is None:
            apart = confidential_version.c
            hidden = select(confidential_version).where(
                apart.listing_id == row["listing_id"], apart.number == row["number"]
            )
            place = self._connection.execute(hidden).mappings().first()
        known = {**place, "is_exact": place["latitude"] is not None} if place else None
        change = Change(
            action=row["action"],
            account_id=row["account_id"],
            agency_id=row["agency_id"],
            reason=row["reason"],
            note=row["note"],
            is_proposal=row["is_proposal"],
            import_id=row["import_id"],
        )
        return Version(
            number=row["number"],
            status=row["status"],
            content=content_of_row(row["content"], known),
            change=change,
            at=row["at"],
        )

    def load_reviews(self, listings: Mapping[str, Listing]) -> None:
        """Add what waits for review to listings that were loaded, by id."""
        wanted = select(listing_review).where(is_among(listing_review.c.listing_id, listings))
        for row in self._connection.execute(wanted).mappings().all() if listings else ():
            self._load_review(listings[row["listing_id"]], row)

    def _load_review(self, listing: Listing, row: RowMapping) -> None:
        listing.review = Review(
            edited_by=row["edited_by"],
            submitted_by=row["submitted_by"],
            submitted_at=row["submitted_at"],
            rejected_for=row["rejected_for"],
            note=row["note"],
        )
        proposed = self.get(listing.id, row["proposal"]) if row["proposal"] is not None else None
        if proposed is not None:
            beside = self._beside(listing.id, proposed.number)
            listing.proposal = Proposal(proposed.content, proposed.number, beside)

    def _beside(self, listing_id: str, number: int) -> dict[str, str | None]:
        """Return the fields shown at once as they were published when the proposal of this number was written."""
        rows = listing_version.c
        published = select(rows.content).where(
            rows.listing_id == listing_id, rows.number < number, rows.is_proposal.is_(False)
        )
        said = self._connection.scalar(published.order_by(rows.number.desc()).limit(1)) or {}
        return {name: said[name] for name in AT_ONCE if name in said}

    def keep_review(self, listing: Listing) -> None:
        """Keep what waits for review, if anything does."""
        self._connection.execute(delete(listing_review).where(listing_review.c.listing_id == listing.id))
        row = _review_row(listing)
        if row is not None:
            self._connection.execute(insert(listing_review).values(**row))
