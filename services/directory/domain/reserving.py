"""How the acceptances and the endings of referrals move the free places of a listing."""

from __future__ import annotations

from datetime import datetime

from services.directory.domain.listing import Listing


def reserve(listing: Listing, at: datetime) -> bool:
    """Count one place as taken; False where nobody ever said that there is room or none was free."""
    room = listing.room
    if room is None or room.is_full:
        return False
    listing.report_capacity(room.with_one_taken(at), at)
    return True


def release(listing: Listing, at: datetime) -> bool:
    """Count one place as free again; False where that changes no number."""
    room = listing.room
    if room is None or room.available == room.maximum:
        return False
    listing.report_capacity(room.with_one_freed(at), at)
    return True
