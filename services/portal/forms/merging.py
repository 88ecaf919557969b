"""The form of a merge: which of two records stays, and what it takes over from the other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from services.portal import wording
from services.portal.clients.api import ApiProblem
from services.portal.forms.fields import Form
from services.portal.refusals import told
from services.portal.revisions import said

# Fields that the API takes over together, by the name that it gives to all of them.
_TOGETHER = {
    "minimum_age": "eligibility", "maximum_age": "eligibility", "sex": "eligibility",
    "eligibility_description": "eligibility", "always_open": "schedule", "source_language": "translations",
}  # fmt: skip
# What a merge never takes over: who may know of a service, and whether it takes referrals.
_NEVER = ("tier", "named_agencies", "accepts_referrals", "hsds")


@dataclass(frozen=True)
class Row:
    """A field that the two say differently; ``take`` is the name to take it over by, empty where that cannot be."""

    label: str
    take: str
    one: list[str]
    other: list[str]


def rows_of(kind: str, one: Mapping[str, Any], other: Mapping[str, Any]) -> list[Row]:
    """Return what the two say differently."""
    labels = wording.ORGANIZATION_FIELDS if kind == "organization" else wording.CONTENT_FIELDS
    return [
        Row(
            label=str(label),
            take="" if field in _NEVER else _TOGETHER.get(field, field),
            one=said(field, one.get(field), labels),
            other=said(field, other.get(field), labels),
        )
        for field, label in labels.items()
        if one.get(field) != other.get(field)
    ]


def merge_of(form: Form, kind: str, one: str, other: str) -> dict[str, Any]:
    """Return the merge as the API takes it, each record with the version that was seen."""
    keep = form.text("keep")
    fold = other if keep == one else one
    sides = {record_id: {"id": record_id, "version": form.text(f"version_{record_id}")} for record_id in (keep, fold)}
    merge: dict[str, Any] = {"kind": kind, "keep": sides[keep], "fold": sides[fold]}
    take = form.several("take")
    return merge | ({"take": take} if take else {})


def refusal(problem: ApiProblem) -> str:
    """Return why a merge was refused; raises what no other choice can mend."""
    words = told(problem)
    if words:
        return words
    if problem.status == 412:
        return _("Nothing was saved: somebody changed this in the meantime. Look at the present state and try again.")
    if problem.status in (400, 409, 422):
        return _(
            "These two cannot be merged so. A withdrawn one takes no part; the one that stays must be published where "
            "the other is; and where a second person looks at changes, nothing can be taken over."
        )
    raise problem
