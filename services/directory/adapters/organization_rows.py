"""Maps organizations to rows and back, field by field."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from services.directory.adapters.rows import translation_of_row, translation_row
from services.directory.domain.organization import Organization, ReviewRule
from services.directory.domain.spelling import plain_words

_PLAIN_FIELDS = (
    "id", "name", "description", "country", "agency_id", "maintaining_agency_id", "alternate_name", "email",
    "website", "phone", "source_language", "hsds", "is_public",
)  # fmt: skip


def organization_of_row(row: Mapping[Any, Any]) -> Organization:
    """Build an organization from its row."""
    review = ReviewRule(row["review"]) if row["review"] else None
    translations = tuple(translation_of_row(entry) for entry in row["translations"])
    return Organization(**{name: row[name] for name in _PLAIN_FIELDS}, translations=translations, review=review)


def organization_row(kept: Organization) -> dict[str, Any]:
    """Return the columns of the organization table, but when it was created."""
    names = [entry.text for entry in kept.translations if entry.field in ("name", "alternate_name")]
    return {
        **vars(kept),
        "translations": [translation_row(entry) for entry in kept.translations],
        "hsds": dict(kept.hsds),
        "review": kept.review.value if kept.review else None,
        # A name is kept with the words that search finds it by; lists are put in order by those of its own.
        "spellings": " ".join(plain_words(" ".join([kept.name, kept.alternate_name or "", *names]))),
    }
