"""What the use cases ask of the stores of organizations and listings."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from typing import Protocol

from services.directory.domain.listing import Listing
from services.directory.domain.organization import Organization
from services.directory.domain.versions import Change


class OrganizationStore(Protocol):
    """Organizations by id."""

    def get(self, organization_id: str) -> Organization | None:
        """Return the organization, or None."""
        ...

    def find(self, organization_id: str) -> Organization | None:
        """Return the organization of an id that may be none at all."""
        ...

    def find_many(self, organization_ids: Collection[str]) -> dict[str, Organization]:
        """Return those of the organizations that there are, by id; some of the ids may be none at all."""
        ...

    def add(self, organization: Organization, at: datetime) -> None:
        """Keep a new one."""
        ...

    def add_many(self, new: Sequence[Organization], at: datetime, *, with_listings: Collection[str] = ()) -> None:
        """Keep new ones; those ``with_listings`` are shown when new listings of theirs are added to them."""
        ...

    def save(self, organization: Organization, change: Change) -> int:
        """Keep a changed one, with who changed it and when; its services carry the change.

        Of a change that is a proposal only what waits beside it is kept. Returns the number in its history, 0 for none.
        """
        ...

    def hold(self, organization_ids: Collection[str]) -> None:
        """Hold those that there are against other writers until the transaction ends; some ids may be none at all."""
        ...

    def fold(self, organization: Organization, change: Change) -> None:
        """Keep one that was folded into another: the public sees it no more, nothing is compared with it."""
        ...

    def set_review(self, organization: Organization, change: Change) -> int:
        """Keep the rule of review with who has asked for another one; return the number of the step in its history."""
        ...

    def link(self, organization_id: str, agency_id: str) -> bool:
        """Put an agency behind the organization; False where there is one already."""
        ...


class ListingStore(Protocol):
    """Listings by id; saving brings the search index up to date in the same transaction."""

    def get(self, listing_id: str) -> Listing | None:
        """Return the listing and hold it against other writers until the transaction ends, or None."""
        ...

    def get_many(self, listing_ids: Collection[str]) -> dict[str, Listing]:
        """Return those of the listings that there are, held like a single one."""
        ...

    def add_many(
        self, entries: Sequence[tuple[Listing, Change]], *, meanwhile: Callable[[], None] = lambda: None
    ) -> None:
        """Keep new ones, each with its first version; ``meanwhile`` is done before anything is written of them."""
        ...

    def save_many(self, entries: Sequence[tuple[Listing, Change]]) -> None:
        """Keep changed ones, as ``save`` does."""
        ...

    def add(self, listing: Listing, change: Change | None = None) -> None:
        """Keep a new one with its first version."""
        ...

    def save(self, listing: Listing, change: Change | None = None) -> None:
        """Keep a changed one, and a version wherever more than the count of places has changed."""
        ...

    def delete(self, listing_id: str) -> None:
        """Delete one that nobody but its keepers has ever seen, with all that hangs on it."""
        ...

    def ids_of_organization(self, organization_id: str) -> list[str]:
        """Return the listings of an organization, always in the same order."""
        ...

    def with_plan_due(self, now: datetime, limit: int) -> list[str]:
        """Return listings whose plan to close or reopen has something to be done by now."""
        ...
