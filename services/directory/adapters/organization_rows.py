"""Maps organizations to rows and back, field by field, with what waits beside them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from services.directory.adapters.rows import translation_of_row, translation_row
from services.directory.domain.organization import LOOKED_AT, Organization, ReviewRule, Revision, Waiver
from services.directory.domain.review import Review
from services.directory.domain.spelling import plain_words

_PLAIN_FIELDS = (
    "id", "name", "description", "country", "agency_id", "maintaining_agency_id", "alternate_name", "email",
    "website", "phone", "source_language", "hsds", "is_public",
)  # fmt: skip
REVIEW_FIELDS = ("edited_by", "submitted_by", "submitted_at", "rejected_for", "note")


def organization_of_row(row: Mapping[Any, Any]) -> Organization:
    """Build an organization from its row."""
    review = ReviewRule(row["review"]) if row["review"] else None
    translations = tuple(translation_of_row(entry) for entry in row["translations"])
    plain = {name: row[name] for name in _PLAIN_FIELDS}
    waiting = _revision_of_row(row)
    return Organization(**plain, translations=translations, review=review, revision=waiting, waiver=_waiver_of_row(row))


def _revision_of_row(row: Mapping[Any, Any]) -> Revision | None:
    """Build what waits beside it, if the row was read with that."""
    said = row.get("proposed")
    if said is None:
        return None
    texts = {name: said.get(name) for name in LOOKED_AT}
    texts["translations"] = tuple(translation_of_row(entry) for entry in said.get("translations", ()))
    review = Review(**{name: row[name] for name in REVIEW_FIELDS})
    return Revision(texts=texts, review=review, number=row["proposal"])


def _waiver_of_row(row: Mapping[Any, Any]) -> Waiver | None:
    """Build what was asked for about its rule of review, if the row was read with that."""
    if row.get("asked_by") is None:
        return None
    rule = ReviewRule(row["rule"]) if row["rule"] else None
    return Waiver(rule=rule, asked_by=row["asked_by"], asked_at=row["asked_at"], expires_at=row["expires_at"])


def organization_row(kept: Organization) -> dict[str, Any]:
    """Return the columns of the organization table, but when it was created; what waits beside it is kept apart."""
    names = [entry.text for entry in kept.translations if entry.field in ("name", "alternate_name")]
    own = {name: value for name, value in vars(kept).items() if name not in ("revision", "waiver")}
    return {
        **own,
        "translations": [translation_row(entry) for entry in kept.translations],
        "hsds": dict(kept.hsds),
        "review": kept.review.value if kept.review else None,
        # A name is kept with the words that search finds it by; lists are put in order by those of its own.
        "spellings": " ".join(plain_words(" ".join([kept.name, kept.alternate_name or "", *names]))),
    }
