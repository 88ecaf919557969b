"""How what an import says of one service enters the directory: drafted, proposed for review or published."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from services.directory.domain.errors import ContentDoesNotFit
from services.directory.domain.imports import Fault, Outcome
from services.directory.domain.listing import Listing, ListingContent, ListingStatus, Proposal
from services.directory.domain.reviewing import edited, propose, submit, waiting_in

# Why a text is not taken while another one waits.
BEING_REVISED = Fault("", "being_revised")


@dataclass(frozen=True, kw_only=True)
class TakenIn:
    """What was done; ``remarks`` say why it is not published where that was asked for.

    ``with_facts`` is the listing with what counts at once and without the text that waits beside it, to be kept first.
    ``leaves_text`` says that only such facts were taken: the file's text is news the next time, too.
    """

    outcome: Outcome
    action: str = "edit"
    is_proposal: bool = False
    remarks: tuple[Fault, ...] = ()
    with_facts: Listing | None = None
    leaves_text: bool = False


@dataclass(frozen=True, kw_only=True)
class Wish:
    """Who imports, and whether what is new is to be published. ``by`` is the account, None for a system."""

    publish: bool
    is_review_required: bool
    by: str | None
    at: datetime


def take_in(listing: Listing, content: ListingContent, wish: Wish, *, is_new: bool) -> TakenIn:
    """Change the listing as the file says, by the same rules as a person would have to keep to."""
    if is_new:
        edited(listing, content, wish.by, wish.at)
        listing.version = 1
        return _put_forward(listing, wish, Outcome.CREATED, "draft")
    if listing.proposal is not None or listing.status is ListingStatus.IN_REVIEW:
        if listing.content_after(content, wish.at) == waiting_in(listing):
            return TakenIn(outcome=Outcome.UNCHANGED)
        return TakenIn(outcome=Outcome.REFUSED, remarks=(BEING_REVISED,))
    if listing.content_after(content, wish.at) == listing.content:
        return _put_forward(listing, wish, Outcome.UNCHANGED, "publish")
    if listing.is_published and wish.is_review_required:
        propose(listing, content, wish.by, wish.at)
        if wish.publish:
            submit(listing, wish.by, wish.at)
            # Both steps are kept as one version, under the number of the last.
            listing.proposal = Proposal(listing.content_after(content, wish.at), listing.version)
        return TakenIn(outcome=Outcome.UPDATED, is_proposal=True)
    edited(listing, content, wish.by, wish.at)
    return _put_forward(listing, wish, Outcome.UPDATED, "edit")


def _put_forward(listing: Listing, wish: Wish, outcome: Outcome, action: str) -> TakenIn:
    """Publish or submit a draft where that was asked for; what was withdrawn stays so."""
    if not wish.publish or listing.stage.value != "draft":
        return TakenIn(outcome=outcome, action=action)
    changed = Outcome.UPDATED if outcome is Outcome.UNCHANGED else outcome
    try:
        if wish.is_review_required:
            submit(listing, wish.by, wish.at)
            return TakenIn(outcome=changed, action="submit")
        listing.publish(wish.at)
        return TakenIn(outcome=changed, action="publish")
    except ContentDoesNotFit as unfit:
        remark = Fault("serves", "does_not_fit", unfit.told)
        return TakenIn(outcome=outcome, action=action, remarks=(remark,))
