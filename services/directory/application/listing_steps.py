"""Opens a listing for a step of the table in ``domain/review.py``, or says why the step cannot be taken."""

from __future__ import annotations

from dataclasses import dataclass

from services.directory.application.own_listing import may_keep_revision, own_listing
from services.directory.application.ports import Caller, UnitOfWork
from services.directory.domain.errors import NotFound
from services.directory.domain.listing import Listing
from services.directory.domain.organization import Organization
from services.directory.domain.review import PAST_THE_REVISION, Action, Situation, Transition, allowed_actions
from services.directory.domain.reviewing import check_step, situation_of


@dataclass(frozen=True, kw_only=True)
class ChangeListing:
    """A step of a listing; ``expected_version`` None asks for no check."""

    principal: Caller
    listing_id: str
    expected_version: int | None = None


def situation(uow: UnitOfWork, principal: Caller, listing: Listing, organization: Organization) -> Situation:
    """Return where the listing is and who is asking; to write by delegation is not to decide."""
    return situation_of(
        listing,
        account_id=principal.account_id,
        may_decide=organization.may_be_kept_by(principal.agency_id),
        is_review_required=organization.is_review_required,
        was_known=uow.versions.was_published(listing.id) or uow.merges.leads_to(listing.id),
    )


def take_step(uow: UnitOfWork, command: ChangeListing, action: Action) -> tuple[Listing, Organization, Transition]:
    """Return the listing, held for writing, and the row of the table.

    Raises NotFound for a foreign agency and for a delegate whom the revision beside it is hidden from, VersionIsStale,
    or TransitionNotAllowed with what may be done instead.
    """
    principal = command.principal
    listing, organization = own_listing(uow, principal, command.listing_id)
    if action not in PAST_THE_REVISION and not may_keep_revision(uow, principal, listing, organization):
        raise NotFound("What waits beside this listing is not among what your agency keeps.")
    listing.check_version(command.expected_version)
    return listing, organization, check_step(action, situation(uow, principal, listing, organization))


def actions_open(uow: UnitOfWork, principal: Caller, listing: Listing, organization: Organization) -> list[str]:
    """Return what the caller may do with the listing now."""
    actions = allowed_actions(situation(uow, principal, listing, organization))
    if may_keep_revision(uow, principal, listing, organization):
        return actions
    return [action for action in actions if action in PAST_THE_REVISION]
