"""Takes what an organization says through review: new texts are written beside it, submitted, sent back or put in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from services.directory.domain.organization import LOOKED_AT, Organization, Revision
from services.directory.domain.review import Review, Situation


def situation_of(organization: Organization, *, agency_id: str, account_id: str | None) -> Situation:
    """Return what the table of reviews asks for, as this person of this agency finds it."""
    review = organization.revision.review if organization.revision else Review()
    return Situation(
        stage=organization.stage,
        is_service=False,
        is_review_required=organization.is_review_required,
        is_second_person=organization.may_be_kept_by(agency_id) and review.leaves_to_decide(account_id),
    )


def shown_at_once(organization: Organization, wanted: Organization) -> Organization:
    """Return the wanted organization with the texts of the present one: contacts need no second look."""
    return replace(wanted, **_texts_of(organization))


def says_otherwise(organization: Organization, wanted: Organization) -> bool:
    """Say whether the wanted texts are others than those that everybody reads."""
    return _undated(_texts_of(organization)) != _undated(_texts_of(wanted))


def propose(organization: Organization, wanted: Organization, by: str | None) -> Organization:
    """Keep the wanted texts beside the present ones; wanting what is there already gives the revision up.

    A revision that says the same stays as it is, whoever says it again.
    """
    texts, waiting = _texts_of(wanted), organization.revision
    if not says_otherwise(organization, wanted):
        return discard(organization)
    if waiting is not None and _undated(texts) == _undated(waiting.texts):
        return organization
    return replace(organization, revision=Revision(texts=texts, review=Review(edited_by=by)))


def discard(organization: Organization) -> Organization:
    """Give up the revision."""
    return replace(organization, revision=None)


def submit(organization: Organization, by: str | None, at: datetime) -> Organization:
    """Ask for a decision."""
    return _reviewed(organization, submitted_by=by, submitted_at=at)


def recall(organization: Organization) -> Organization:
    """Take the revision back from review."""
    return _reviewed(organization)


def reject(organization: Organization, reason: str, note: str | None) -> Organization:
    """Send the revision back, saying why."""
    return _reviewed(organization, rejected_for=reason, note=note)


def put_in(organization: Organization, at: datetime) -> Organization:
    """Let the organization say what was approved, or needs no approval; contacts are as they are now."""
    return organization.proposed.following(organization, at)


def _reviewed(organization: Organization, **review: Any) -> Organization:
    """Return it with another state of its review; whose work the texts are stays."""
    revision = organization.revision
    if revision is None:
        return organization
    return replace(
        organization, revision=replace(revision, review=Review(edited_by=revision.review.edited_by, **review))
    )


def _texts_of(organization: Organization) -> dict[str, Any]:
    return {name: getattr(organization, name) for name in LOOKED_AT}


def _undated(texts: Mapping[str, Any]) -> dict[str, Any]:
    """Return texts to be compared: when each was translated is no part of what they say."""
    return {**texts, "translations": [replace(entry, at=None) for entry in texts["translations"]]}
