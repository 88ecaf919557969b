"""A listing's way into the directory as one table: from where to where, by which action, by whom, under which guard.

What everybody reads changes only by what a second person has looked at, unless the organization does without. A new
content for a published listing waits beside it as a *revision*; the published one stays as it was. So do new texts of
an organization, which is published always and has no door to close.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Stage(StrEnum):
    """Where a listing and the revision beside it, if there is one, are."""

    DRAFT = "draft"
    IN_REVIEW = "in_review"
    PUBLISHED = "published"
    REVISED = "revised"
    REVISION_IN_REVIEW = "revision_in_review"
    WITHDRAWN = "withdrawn"


class Action(StrEnum):
    """What can be done to a listing, and but for the last four to what an organization says."""

    EDIT = "edit"
    SUBMIT = "submit"
    RECALL = "recall"
    COMMENT = "comment"
    APPROVE = "approve"
    REJECT = "reject"
    PUBLISH = "publish"
    DISCARD = "discard"
    WITHDRAW = "withdraw"
    CLOSE = "close"
    REOPEN = "reopen"
    DELETE = "delete"


class Who(StrEnum):
    """Who may take a transition.

    A keeper writes for the organization's agency, for the agency that keeps its listings, or by delegation. A second
    person belongs to one of those two agencies, and has neither written nor submitted what is to be decided on.
    """

    KEEPER = "keeper"
    SECOND_PERSON = "second person"


class Guard(StrEnum):
    """A condition beyond the stage; each is one function of :data:`GUARDS`."""

    REVIEW_WAIVED = "review_waived"
    REVIEW_REQUIRED = "review_required"
    CLOSED_OR_TO_BE = "closed_or_to_be"
    NEVER_KNOWN = "never_known"


# What is done to the published listing alone, whatever waits beside it.
PAST_THE_REVISION = frozenset((Action.CLOSE, Action.REOPEN))
# What only a service can do: an organization is neither closed nor taken out.
_OF_SERVICES = frozenset((Action.WITHDRAW, Action.DELETE, *PAST_THE_REVISION))
REJECTION_REASONS = ("wrong", "incomplete", "unclear", "duplicate", "not_for_children", "not_verified", "other")


@dataclass(frozen=True, kw_only=True)
class Review:
    """Who wrote and who submitted what is not in the directory yet, and why it was last sent back."""

    edited_by: str | None = None
    submitted_by: str | None = None
    submitted_at: datetime | None = None
    rejected_for: str | None = None
    note: str | None = None

    def leaves_to_decide(self, account_id: str | None) -> bool:
        """Say whether the account may decide: a person, and neither of the two whose work it is."""
        return account_id is not None and account_id not in (self.edited_by, self.submitted_by)


@dataclass(frozen=True, kw_only=True)
class Situation:
    """What the table needs to know of a listing or an organization, and of who asks.

    ``was_known`` says that it stood in the directory once, or that what was merged into it leads to it.
    """

    stage: Stage
    is_service: bool = True
    is_review_required: bool = False
    is_second_person: bool = False
    is_closed_or_to_be: bool = False
    was_known: bool = False


GUARDS: Mapping[Guard, Callable[[Situation], bool]] = {
    Guard.REVIEW_WAIVED: lambda now: not now.is_review_required,
    Guard.REVIEW_REQUIRED: lambda now: now.is_review_required,
    Guard.CLOSED_OR_TO_BE: lambda now: now.is_closed_or_to_be,
    Guard.NEVER_KNOWN: lambda now: not now.was_known,
}


@dataclass(frozen=True)
class Transition:
    """One row of the table; an action that leaves the stage as it is has the same source and target.

    A target of None is that nothing is left of it.
    """

    source: Stage
    action: Action
    target: Stage | None
    who: Who = Who.KEEPER
    guard: Guard | None = None

    def is_open_in(self, now: Situation) -> bool:
        """Say whether it may be taken in this situation."""
        return (
            self.source is now.stage
            and (now.is_service or self.action not in _OF_SERVICES)
            and (self.who is Who.KEEPER or now.is_second_person)
            and (self.guard is None or GUARDS[self.guard](now))
        )


def _table() -> tuple[Transition, ...]:
    s, a, g, row = Stage, Action, Guard, Transition
    rows = [
        row(s.DRAFT, a.EDIT, s.DRAFT),
        row(s.DRAFT, a.SUBMIT, s.IN_REVIEW),
        row(s.DRAFT, a.PUBLISH, s.PUBLISHED, guard=g.REVIEW_WAIVED),
        row(s.DRAFT, a.DELETE, None, guard=g.NEVER_KNOWN),
        row(s.PUBLISHED, a.EDIT, s.PUBLISHED, guard=g.REVIEW_WAIVED),
        row(s.PUBLISHED, a.EDIT, s.REVISED, guard=g.REVIEW_REQUIRED),
        row(s.PUBLISHED, a.PUBLISH, s.PUBLISHED),
        row(s.REVISED, a.EDIT, s.REVISED),
        row(s.REVISED, a.SUBMIT, s.REVISION_IN_REVIEW),
        row(s.REVISED, a.PUBLISH, s.PUBLISHED, guard=g.REVIEW_WAIVED),
        row(s.REVISED, a.DISCARD, s.PUBLISHED),
        row(s.WITHDRAWN, a.EDIT, s.WITHDRAWN),
        row(s.WITHDRAWN, a.SUBMIT, s.IN_REVIEW),
        row(s.WITHDRAWN, a.PUBLISH, s.PUBLISHED, guard=g.REVIEW_WAIVED),
        row(s.WITHDRAWN, a.WITHDRAW, s.WITHDRAWN),
    ]
    for waiting, before in ((s.IN_REVIEW, s.DRAFT), (s.REVISION_IN_REVIEW, s.REVISED)):
        rows += [
            row(waiting, a.COMMENT, waiting),
            row(waiting, a.RECALL, before),
            row(waiting, a.APPROVE, s.PUBLISHED, Who.SECOND_PERSON),
            row(waiting, a.REJECT, before, Who.SECOND_PERSON),
        ]
    for public in (s.PUBLISHED, s.REVISED, s.REVISION_IN_REVIEW):
        rows += [
            row(public, a.WITHDRAW, s.WITHDRAWN),
            row(public, a.CLOSE, public),
            row(public, a.REOPEN, public, guard=g.CLOSED_OR_TO_BE),
        ]
    return tuple(rows)


TRANSITIONS = _table()


def transition(action: Action, now: Situation) -> Transition | None:
    """Return the row by which the action may be taken now, or None."""
    return next((row for row in TRANSITIONS if row.action is action and row.is_open_in(now)), None)


def allowed_actions(now: Situation) -> list[str]:
    """Return what may be done now, in the order of the table."""
    return list(dict.fromkeys(row.action.value for row in TRANSITIONS if row.is_open_in(now)))
