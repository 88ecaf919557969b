"""Deletes a listing that was never known to others, from every table that says something of it."""

from __future__ import annotations

from sqlalchemy import Connection, delete

from services.directory.adapters.confidential_tables import confidential_location, confidential_version
from services.directory.adapters.duplicates import forget_traits
from services.directory.adapters.duplicates_tables import duplicate_dismissal
from services.directory.adapters.import_tables import last_word
from services.directory.adapters.review_tables import listing_review, listing_version
from services.directory.adapters.tables import listing, location, search_entry

# Those that point to others come before them; what is ready for readers goes with the listing itself.
_OF_A_LISTING = (
    confidential_location,
    confidential_version,
    location,
    listing_review,
    listing_version,
    search_entry,
)


def delete_listing(connection: Connection, listing_id: str) -> None:
    """Delete the listing with its places, versions and all that it was compared by, the confidential address included.

    Of what the public has seen nothing is told: the caller sees to it that it never was anything.
    """
    forget_traits(connection, [listing_id])
    connection.execute(delete(last_word).where(last_word.c.record_id == listing_id))
    pairs = duplicate_dismissal.c
    connection.execute(delete(duplicate_dismissal).where((pairs.one_id == listing_id) | (pairs.other_id == listing_id)))
    for table in _OF_A_LISTING:
        connection.execute(delete(table).where(table.c.listing_id == listing_id))
    connection.execute(delete(listing).where(listing.c.id == listing_id))
