"""What a change of a listing leaves behind: who did what, when and why; and what differs between two versions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from services.directory.domain.hsds_detail import without_places
from services.directory.domain.listing import Listing, ListingContent
from services.directory.domain.location import ConfidentialLocation


@dataclass(frozen=True, kw_only=True)
class Change:
    """Why a listing is saved. Without an agency the system itself acted; without a time it was when it last changed.

    ``is_proposal`` says that it was about the proposed content, not about the one that stands in the directory;
    ``import_id`` is the import whose file said it.
    """

    action: str
    account_id: str | None = None
    agency_id: str | None = None
    reason: str | None = None
    note: str | None = None
    is_proposal: bool = False
    import_id: str | None = None
    at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Version:
    """One entry of a listing's history with the whole content at that time.

    ``hides_address`` says that the place is confidential now or in any version: then no version shows its address, for
    a place that was hidden has not moved.
    """

    number: int
    status: str
    content: ListingContent
    change: Change
    at: datetime
    hides_address: bool = False


@dataclass(frozen=True, kw_only=True)
class GoingBack:
    """What a version would make of the working copy of today; ``keeps_place`` says that not the place of then."""

    today: ListingContent
    then: ListingContent
    keeps_place: bool


def going_back(older: ListingContent, listing: Listing) -> GoingBack:
    """Return what going back to older content would write: a place that is confidential today stays as it is.

    Who hid it did so for a reason, and a listing is gone back to for its texts; a person opens a place by an edit.
    """
    today = listing.proposal.content if listing.proposal else listing.content
    said = (today.location, listing.content.location)
    hidden = next((place for place in said if isinstance(place, ConfidentialLocation)), None)
    if hidden is None or isinstance(older.location, ConfidentialLocation):
        return GoingBack(today=today, then=older, keeps_place=False)
    then = replace(older, location=hidden, hsds=without_places(older.hsds))
    return GoingBack(today=today, then=then, keeps_place=True)


@dataclass(frozen=True)
class Difference:
    """One field that two versions say differently; None is no value."""

    field: str
    old: Any
    new: Any


def differences(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[Difference]:
    """Return the fields that differ between two contents written as plain values, in the order of their names."""
    return [
        Difference(name, old.get(name), new.get(name))
        for name in sorted({*old, *new})
        if old.get(name) != new.get(name)
    ]
