"""Says which published listings an agency may know of, as a condition on the search index."""

from __future__ import annotations

from services.directory.adapters.sql import Sql, sql

# What every signed-in agency may see; of the tier named each sees its own part.
OPEN_TIERS = ("public", "network")


def is_visible_to(agency_id: str) -> Sql:
    """Return the condition that an entry is open to all agencies, or names this one or is kept by it."""
    named = "search_entry.seen_by @> ARRAY[%(agency)s::text]"
    return sql(f"(search_entry.tier IN {OPEN_TIERS} OR {named})", agency=agency_id)


def is_beyond_public(agency_id: str) -> Sql:
    """Return the condition that an entry is not public, and that this agency may know of it."""
    visible = is_visible_to(agency_id)
    return Sql(f"({visible.text} AND search_entry.tier <> 'public')", visible.values)
