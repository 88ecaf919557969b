"""Writes the table of reviews as the Markdown page that people read."""

from __future__ import annotations

from services.directory.domain.review import REJECTION_REASONS, TRANSITIONS, Action, Guard, Transition
from services.directory.domain.reviewing import AT_ONCE

_GUARDS = {
    Guard.REVIEW_WAIVED: "the organization does without review",
    Guard.REVIEW_REQUIRED: "the organization asks for review",
    Guard.CLOSED_OR_TO_BE: "it is closed, or a closing is planned",
    Guard.NEVER_KNOWN: "it never stood in the directory, and nothing was merged into it",
}
_HEAD = """# The way of a listing into the directory

Generated from the one table in `services/directory/domain/review.py` by
`python -m services.directory.entrypoints.cli review-table`; a test holds the two together.

*revised* and *revision_in_review* are stages of a published listing with a new content beside it: everybody goes on
reading the published one. A *keeper* writes for the organization's agency, for the agency that keeps its listings, or
by delegation. A *second person* is of one of those two agencies and neither wrote nor submitted what is decided on.

| from | action | to | who | guard | must give |
|---|---|---|---|---|---|
"""
_TAIL = """
A second person looks at what is published where the organization's rule says so: `required` or `waived`, as set by the
agency that keeps the listings; where nothing was set, required if two agencies keep them and waived if one does. What
one person publishes alone is marked `review_waived` in the version and in the audit record.

The texts of an organization and their translations take the same way from *published*, but that delegates have no part
in it, and that an organization is neither closed nor withdrawn; its e-mail, website and phone change at once.
"""


def as_markdown() -> str:
    """Return the whole page."""
    rows = "".join(_row(row) for row in TRANSITIONS)
    at_once = ", ".join(f"`{name}`" for name in AT_ONCE)
    return (
        f"{_HEAD}{rows}{_TAIL}\nOf an edit where review is required, {at_once} are published at once; so are free "
        f"places, closing and reopening.\n\n## Codes\n\n* **reject**: {', '.join(REJECTION_REASONS)}\n"
    )


def _row(row: Transition) -> str:
    guard = _GUARDS[row.guard] if row.guard else ""
    target = row.target or "nothing is left"
    given = {Action.REJECT: "reason code", Action.COMMENT: "text", Action.CLOSE: "reason code"}.get(row.action, "")
    return f"| {row.source} | {row.action} | {target} | {row.who} | {guard} | {given} |\n"
