"""What a feed says of a service beside its content: whether it is open, its free places, since when it holds."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from chassis.clock import from_rfc3339
from services.directory.domain.capacity import Capacity
from services.directory.domain.closing import ACTIVE, Closing, ClosingKind
from services.directory.domain.closures import close, reopen
from services.directory.domain.hsds_detail import with_last_status
from services.directory.domain.imports import Fault, Outcome
from services.directory.domain.listing import Listing, ListingContent, ListingStatus
from services.directory.domain.own_words import OWN, OwnWords, words_of_service
from services.directory.domain.taking_in import BEING_REVISED, TakenIn, Wish, take_in

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
# By how much the clock of whoever wrote a file may be fast.
_CLOCKS_DIFFER = timedelta(minutes=5)
_DAY = re.compile(r"\d{4}-\d\d-\d\d\Z")


@dataclass(frozen=True, kw_only=True)
class FeedFacts:
    """The facts of one service, as far as they are told in a way that can be counted with; a number with its column."""

    status: str | None = None
    capacity: Capacity | None = None
    capacity_said_in: str = ""
    closing: Closing | None = None
    assured_at: datetime | None = None


def facts_of(document: Mapping[str, Any]) -> FeedFacts:
    """Return what a service of HSDS says beside its content."""
    told = _counted_capacity(document)
    return FeedFacts(
        status=str(document.get("status") or ACTIVE),
        capacity=_capacity(told) if told else None,
        capacity_said_in=f"capacities[{document['capacities'].index(told)}].updated" if told else "",
        assured_at=_day(document.get("assured_date")),
    )


def facts_beyond(words: OwnWords) -> FeedFacts:
    """Return what a service says beside its content in the words of this directory; the doors it says as a closing."""
    return FeedFacts(
        capacity=words.capacity,
        capacity_said_in=f"{OWN}.capacity.updated_at",
        closing=words.closing,
        assured_at=words.confirmed_at,
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
    """Take in the facts, then the content: doors and free places count at once, review or not, as they do by hand.

    What was exported by this directory or one like it stays a draft where it was one, whatever the import wishes.
    """
    beyond = words_of_service(document)
    facts = facts_of(document) if beyond is None else facts_beyond(beyond)
    if beyond is not None:
        wish = replace(wish, publish=wish.publish and beyond.status is ListingStatus.PUBLISHED)
        if is_new and beyond.status is ListingStatus.WITHDRAWN:
            listing.status = ListingStatus.WITHDRAWN
    elif not is_new and listing.status is ListingStatus.WITHDRAWN:
        return take_in(listing, content, wish, is_new=is_new)
    confirmed_before = listing.confirmed_at
    is_changed = _take_facts(listing, content, facts, wish.at, is_new=is_new)
    with_facts = replace(listing) if is_changed else None
    taken = take_in(listing, content, wish, is_new=is_new)
    _take_confirmation(listing, taken, (confirmed_before, facts.assured_at), wish.at)
    if facts.capacity is not None and _lies_ahead(facts.capacity, wish.at):
        taken = replace(taken, remarks=(*taken.remarks, Fault(facts.capacity_said_in, "dated_ahead")))
    return _counting(taken, with_facts)


def _take_facts(listing: Listing, content: ListingContent, facts: FeedFacts, at: datetime, *, is_new: bool) -> bool:
    """Take the facts that are news, and return whether any was.

    Of what was exported here only what is new comes closed, or with its plan to close: of what is there already the
    doors are for its keepers, for an export is as old as it is.
    """
    told_before = None if is_new else listing.content.hsds.get("status")
    is_changed = _take_capacity(listing, facts.capacity, at)
    if is_new and facts.closing is not None and not facts.closing.has_ended(at):
        close(listing, facts.closing, at)
    if facts.status is not None:
        is_changed |= facts.status != told_before and _take_status(listing, facts.status, at)
        is_changed |= _note_status(listing, content, at)
    return is_changed


def _take_confirmation(
    listing: Listing, taken: TakenIn, moments: tuple[datetime | None, datetime | None], at: datetime
) -> None:
    """Note when all of it was confirmed last, by the file or before it."""
    if taken.outcome in (Outcome.CREATED, Outcome.UPDATED) and not taken.is_proposal:
        known = [moment for moment in moments if moment is not None and moment <= at]
        listing.assured(max(known, default=None), at)


def _counting(taken: TakenIn, with_facts: Listing | None) -> TakenIn:
    """Return what was done, the facts with it: they change a listing whose text does not, or may not."""
    if with_facts is None or taken.outcome is Outcome.CREATED:
        return taken
    if taken.is_proposal:
        return replace(taken, with_facts=with_facts)
    if taken.outcome is Outcome.REFUSED:
        remarks = tuple(replace(each, code="facts_alone") if each == BEING_REVISED else each for each in taken.remarks)
        return replace(taken, outcome=Outcome.UPDATED, action="edit", remarks=remarks, leaves_text=True)
    return replace(taken, outcome=Outcome.UPDATED, action="edit") if taken.outcome is Outcome.UNCHANGED else taken


def _note_status(listing: Listing, content: ListingContent, at: datetime) -> bool:
    """Keep the feed's last word on its doors, which decides what is news, whatever else of it waits."""
    noted = with_last_status(listing.content.hsds, content.hsds)
    if noted == listing.content.hsds:
        return False
    listing.content = replace(listing.content, hsds=noted)
    listing.changed(at)
    return True


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


def _take_capacity(listing: Listing, told: Capacity | None, at: datetime) -> bool:
    """Take the number that is newer: acceptances have been counted on the one that is here.

    One of a day to come would be newer than whatever anybody says until then: told, it is not taken, and kept from
    earlier it does not count.
    """
    known = listing.room
    if told is None or _lies_ahead(told, at):
        return False
    if known is not None and told.updated_at <= known.updated_at and not _lies_ahead(known, at):
        return False
    listing.report_capacity(replace(told, updated_at=min(told.updated_at, at)), at)
    return True


def _lies_ahead(capacity: Capacity, at: datetime) -> bool:
    return max(capacity.updated_at, capacity.said_at) > at + _CLOCKS_DIFFER


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
