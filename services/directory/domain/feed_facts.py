"""What a feed says of a service beside its content: whether it is open, its free places, since when it holds."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from chassis.clock import from_rfc3339
from services.directory.domain.capacity import Capacity
from services.directory.domain.closing import ACTIVE, Closing, ClosingKind
from services.directory.domain.closures import close, reopen
from services.directory.domain.imports import Outcome
from services.directory.domain.listing import Listing, ListingContent, ListingStatus
from services.directory.domain.own_words import OwnWords, words_of_service
from services.directory.domain.taking_in import TakenIn, Wish, take_in

_KINDS = {
    "temporarily closed": ClosingKind.TEMPORARY,
    "inactive": ClosingKind.UNTIL_FURTHER_NOTICE,
    "defunct": ClosingKind.UNTIL_FURTHER_NOTICE,
}
# What referrals are counted by; other units, such as kilograms, stay the feed's own.
_UNITS = {
    name: unit for unit in ("places", "beds", "appointments", "hours") for name in (unit, unit.removesuffix("s"))
}  # fmt: skip
_MOST_PLACES = 100_000
_DAY = re.compile(r"\d{4}-\d\d-\d\d\Z")


@dataclass(frozen=True, kw_only=True)
class FeedFacts:
    """The facts of one service, as far as the feed tells them in a way that can be counted with."""

    status: str
    capacity: Capacity | None
    assured_at: datetime | None


def facts_of(document: Mapping[str, Any]) -> FeedFacts:
    """Return what a service of HSDS says beside its content."""
    told = _counted_capacity(document)
    return FeedFacts(
        status=str(document.get("status") or ACTIVE),
        capacity=_capacity(told) if told else None,
        assured_at=_day(document.get("assured_date")),
    )


def without_facts(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return the document without what ``facts_of`` takes over; the status stays as the feed's last word."""
    rest = dict(document)
    if _day(rest.get("assured_date")) is not None:
        del rest["assured_date"]
    told = _counted_capacity(rest)
    if told is not None:
        rest["capacities"] = [each for each in rest["capacities"] if each is not told]
        if not rest["capacities"]:
            del rest["capacities"]
    return rest


def take_in_from_feed(
    listing: Listing, content: ListingContent, document: Mapping[str, Any], wish: Wish, *, is_new: bool
) -> TakenIn:
    """Take in the content with the facts; doors and free places count at once, review or not, as they do by hand."""
    beyond = words_of_service(document)
    if beyond is not None:
        return _take_in_own(listing, content, beyond, wish, is_new=is_new)
    facts = facts_of(document)
    told_before = None if is_new else listing.content.hsds.get("status")
    confirmed_before = listing.confirmed_at
    taken = take_in(listing, content, wish, is_new=is_new)
    if taken.outcome is Outcome.REFUSED or listing.status is ListingStatus.WITHDRAWN:
        return taken
    is_changed = _take_capacity(listing, facts.capacity)
    is_changed |= facts.status != told_before and _take_status(listing, facts.status, wish.at)
    _take_confirmation(listing, taken, (confirmed_before, facts.assured_at), wish.at)
    return _counting(taken, is_changed=is_changed)


def _take_in_own(listing: Listing, content: ListingContent, beyond: OwnWords, wish: Wish, *, is_new: bool) -> TakenIn:
    """Take in what was exported by this directory or one like it: a draft stays a draft, whatever the import wishes.

    What is new comes closed, or with its plan to close, and withdrawn where it was; of what is there already the
    doors are for its keepers, for an export is as old as it is.
    """
    confirmed_before = listing.confirmed_at
    is_to_publish = wish.publish and beyond.status is ListingStatus.PUBLISHED
    taken = take_in(listing, content, replace(wish, publish=is_to_publish), is_new=is_new)
    if taken.outcome is Outcome.REFUSED:
        return taken
    if is_new and beyond.status is ListingStatus.WITHDRAWN:
        listing.status = ListingStatus.WITHDRAWN
    is_changed = _take_capacity(listing, beyond.capacity)
    if is_new and beyond.closing is not None and not beyond.closing.has_ended(wish.at):
        close(listing, beyond.closing, wish.at)
    _take_confirmation(listing, taken, (confirmed_before, beyond.confirmed_at), wish.at)
    return _counting(taken, is_changed=is_changed)


def _take_confirmation(
    listing: Listing, taken: TakenIn, moments: tuple[datetime | None, datetime | None], at: datetime
) -> None:
    """Note when all of it was confirmed last, by the file or before it."""
    if taken.outcome is not Outcome.UNCHANGED and not taken.is_proposal:
        known = [moment for moment in moments if moment is not None and moment <= at]
        listing.assured(max(known, default=None), at)


def _counting(taken: TakenIn, *, is_changed: bool) -> TakenIn:
    if is_changed and taken.outcome is Outcome.UNCHANGED:
        return replace(taken, outcome=Outcome.UPDATED, action="edit")
    return taken


def _take_status(listing: Listing, status: str, at: datetime) -> bool:
    """Close or open where the feed has changed its mind; between two such words what the keepers say counts."""
    kind = _KINDS.get(status)
    if listing.service_status == (kind.value if kind else ACTIVE):
        return False
    if kind is None:
        reopen(listing, at)
    else:
        close(listing, Closing(kind=kind, reason="other", closes_at=at), at)
    return True


def _take_capacity(listing: Listing, told: Capacity | None) -> bool:
    """Take the number that is newer: acceptances have been counted on the one that is here."""
    if told is None or (listing.room is not None and told.updated_at <= listing.room.updated_at):
        return False
    listing.report_capacity(told)
    return True


def _counted_capacity(document: Mapping[str, Any]) -> Mapping[str, Any] | None:
    return next((each for each in document.get("capacities") or () if _capacity(each) is not None), None)


def _capacity(told: Mapping[str, Any]) -> Capacity | None:
    unit = _UNITS.get(str((told.get("unit") or {}).get("name") or "").lower())
    available, maximum, updated = _number(told.get("available")), told.get("maximum"), _moment(told.get("updated"))
    most = _number(maximum)
    if unit is None or available is None or updated is None or (maximum is not None and most is None):
        return None
    if most is not None and available > most:
        return None
    return Capacity(available=available, maximum=most, unit=unit, updated_at=updated)


def _number(value: Any) -> int | None:
    is_whole = isinstance(value, int | float) and 0 <= value <= _MOST_PLACES and value == int(value)
    return int(value) if is_whole else None


def _moment(text: Any) -> datetime | None:
    try:
        return from_rfc3339(str(text))
    except ValueError:
        return None


def _day(text: Any) -> datetime | None:
    is_day = isinstance(text, str) and _DAY.match(text)
    return _moment(f"{text}T00:00:00Z") if is_day else None
