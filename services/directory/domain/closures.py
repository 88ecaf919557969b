"""Closes a published service and opens it again, at once or when the time has come."""

from __future__ import annotations

from datetime import datetime

from services.directory.domain.closing import Closing
from services.directory.domain.errors import ContentDoesNotFit, TransitionNotAllowed
from services.directory.domain.listing import Listing


def close(listing: Listing, closing: Closing, now: datetime) -> None:
    """Close the service now, or note when it will; a closing that is planned or in force is replaced.

    Raises TransitionNotAllowed for a closing to come while the service is closed: it would stand open until then; and
    ContentDoesNotFit for one that is over: the door would be shut, and everybody warned, for a time that has passed.
    """
    if closing.has_ended(now):
        raise ContentDoesNotFit("This closing is over already.", code="closing_is_over", fields=("reopens_at",))
    if listing.is_closed and not closing.has_begun(now):
        raise TransitionNotAllowed("It is closed now: open it before you plan to close it.", allowed_actions=["reopen"])
    listing.closing = closing
    listing.is_closed = closing.has_begun(now)
    listing.changed(now)


def reopen(listing: Listing, now: datetime) -> None:
    """Open the service again, or give up the plan to close it."""
    listing.closing, listing.is_closed = None, False
    listing.changed(now)


def keep_to_plan(listing: Listing, now: datetime) -> bool:
    """Do what the plan says for now, and return whether that changed anything.

    A time of being closed that has passed altogether, as while nothing ran, leaves no trace but the plan's end.
    """
    plan = listing.closing
    if plan is None:
        return False
    if plan.has_ended(now):
        reopen(listing, now)
        return True
    if plan.has_begun(now) and not listing.is_closed:
        listing.is_closed = True
        listing.changed(now)
        return True
    return False
