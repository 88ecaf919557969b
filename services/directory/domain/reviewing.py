"""Takes a listing through review: what is written beside a published one, submitted, decided on and sent back."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from services.directory.domain.errors import TransitionNotAllowed
from services.directory.domain.hsds_detail import with_last_status
from services.directory.domain.listing import Listing, ListingContent, ListingStatus, Proposal
from services.directory.domain.review import (
    Action,
    Review,
    Situation,
    Stage,
    Transition,
    Who,
    allowed_actions,
    transition,
)

# Worth more today than looked at by two tomorrow: where to call, what to know before coming, how long it takes.
AT_ONCE = ("phone", "alert", "wait_time")


def situation_of(
    listing: Listing, *, account_id: str | None, may_decide: bool, is_review_required: bool, was_known: bool
) -> Situation:
    """Return what the table asks for; ``may_decide`` says that the caller's agency is one of the two that may."""
    return Situation(
        stage=listing.stage,
        is_review_required=is_review_required,
        is_second_person=may_decide and listing.review.leaves_to_decide(account_id),
        is_closed_or_to_be=listing.closing is not None or listing.is_closed,
        was_known=was_known,
    )


def check_step(action: Action, now: Situation) -> Transition:
    """Return the row of the table by which the step is taken; raise TransitionNotAllowed with what may be done."""
    found = transition(action, now)
    if found is not None:
        return found
    needs_second = transition(action, replace(now, is_second_person=True))
    if needs_second is not None and needs_second.who is Who.SECOND_PERSON:
        detail = "Somebody else decides: a person of the agencies that keep it, who neither wrote nor submitted it."
    elif action is Action.PUBLISH and now.is_review_required:
        detail = "The organization asks for a second pair of eyes: submit it for review."
    elif action is Action.REOPEN and transition(action, replace(now, is_closed_or_to_be=True)):
        detail = "The service is open, and no closing of it is planned."
    elif action is Action.DELETE:
        detail = _why_not_deleted(now)
    else:
        detail = f"This cannot be done at the stage {now.stage.value}."
    raise TransitionNotAllowed(detail, allowed_actions=allowed_actions(now), stage=now.stage.value)


def _why_not_deleted(now: Situation) -> str:
    if now.stage in (Stage.PUBLISHED, Stage.REVISED, Stage.REVISION_IN_REVIEW):
        return "It is in the directory: withdraw it. What others have seen is not deleted."
    if now.was_known:
        return "It was published once, or another listing was merged into it: what others know of is not deleted."
    return "It is in review: take it back from there first."


def shown_at_once(listing: Listing, wanted: ListingContent) -> ListingContent:
    """Return the published content with those fields of the wanted one that need no second look."""
    return replace(listing.content, **{name: getattr(wanted, name) for name in AT_ONCE})


def edited(listing: Listing, content: ListingContent, by: str | None, at: datetime) -> None:
    """Replace the listing's own content and note whose work it is."""
    listing.revise(content, at)
    listing.review = replace(listing.review, edited_by=by)


def propose(listing: Listing, content: ListingContent, by: str | None, at: datetime) -> None:
    """Keep new content beside the published one."""
    listing.counted()
    beside = {name: getattr(listing.content, name) for name in AT_ONCE}
    listing.proposal = Proposal(listing.content_after(content, at), listing.version, beside)
    listing.review = replace(listing.review, edited_by=by)


def discard(listing: Listing) -> None:
    """Give up the revision."""
    listing.counted()
    listing.proposal, listing.review = None, Review()


def submit(listing: Listing, by: str | None, at: datetime) -> None:
    """Ask for a decision; what is wrong with the content is said now rather than at the end."""
    listing.check_publishable((listing.proposal.content if listing.proposal else None) or listing.content)
    if not listing.is_published:
        listing.status = ListingStatus.IN_REVIEW
    listing.review = Review(edited_by=listing.review.edited_by, submitted_by=by, submitted_at=at)
    listing.counted()


def recall(listing: Listing) -> None:
    """Take the work back from review."""
    _back_to_work(listing)
    listing.review = Review(edited_by=listing.review.edited_by)
    listing.counted()


def reject(listing: Listing, reason: str, note: str | None) -> None:
    """Send the work back, saying why."""
    _back_to_work(listing)
    listing.review = Review(edited_by=listing.review.edited_by, rejected_for=reason, note=note)
    listing.counted()


def waiting_in(listing: Listing) -> ListingContent:
    """Return the content that is to be decided on, or worked on, as it would be put into the directory now."""
    return _without_what_is_older(listing.proposal, listing.content) if listing.proposal else listing.content


def put_in(listing: Listing, at: datetime) -> bool:
    """Put what was approved, or needs no approval, into the directory; return False where nothing is new."""
    if listing.proposal is not None:
        proposal, listing.proposal = listing.proposal, None
        listing.revise(_without_what_is_older(proposal, listing.content), at)
    elif not listing.publish(at):
        return False
    listing.review = Review()
    return True


def _without_what_is_older(proposal: Proposal, shown: ListingContent) -> ListingContent:
    """Return what was proposed, but with the fields shown at once as they are now unless it was to change them.

    So is what a feed told last of its doors.
    """
    content = proposal.content
    kept = {name for name, before in proposal.beside.items() if getattr(content, name) == before}
    translations = [entry for entry in content.translations if entry.field not in kept]
    translations += [entry for entry in shown.translations if entry.field in kept]
    fields = {name: getattr(shown, name) for name in kept}
    hsds = with_last_status(content.hsds, shown.hsds)
    return replace(content, **fields, translations=tuple(translations), hsds=hsds)


def _back_to_work(listing: Listing) -> None:
    if listing.status is ListingStatus.IN_REVIEW:
        listing.status = ListingStatus.DRAFT
