"""An agency claims an organization that is listed without one, and the agency that keeps the listings decides."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from chassis.clock import Clock, to_rfc3339
from chassis.ids import new_id
from services.directory.application.announcements import announce_published
from services.directory.application.ports import Caller, UnitOfWork, UnitOfWorkFactory
from services.directory.domain.claim import Claim
from services.directory.domain.errors import NotFound, TransitionNotAllowed
from services.directory.domain.listing import Listing
from services.directory.domain.organization import Organization
from services.directory.domain.versions import Change

_NO_CLAIM = "There is no such claim for your agency to decide on."


@dataclass(frozen=True, kw_only=True)
class ClaimOrganization:
    """Why the caller's agency is this organization; the evidence names no person."""

    principal: Caller
    organization_id: str
    evidence: str
    evidence_url: str | None = None


@dataclass(frozen=True, kw_only=True)
class Decision:
    """A decision on a claim; without a principal it is the network's administrator's, at the command line."""

    principal: Caller | None
    claim_id: str
    expected_version: int | None = None
    reason: str | None = None
    note: str | None = None

    @property
    def by(self) -> dict[str, str | None]:
        """Return the agency and the account that decide."""
        if self.principal is None:
            return {"agency_id": None, "account_id": None}
        return {"agency_id": self.principal.agency_id, "account_id": self.principal.account_id}


def claim_organization(
    command: ClaimOrganization, *, unit_of_work: UnitOfWorkFactory, clock: Clock
) -> tuple[Claim, Organization]:
    """Keep the claim and tell the agency that decides; raise NotFound for what the public does not know of."""
    agency_id = command.principal.agency_id
    with unit_of_work() as uow:
        organization = uow.organizations.get(command.organization_id)
        if organization is None or not _may_know(uow, organization, agency_id):
            raise NotFound("There is no such organization in the directory.")
        if organization.agency_id is not None:
            raise TransitionNotAllowed("An agency stands behind this organization already.", allowed_actions=[])
        if any(claim.agency_id == agency_id for claim in uow.claims.pending_of(organization.id)):
            raise TransitionNotAllowed("Your agency's claim is waiting for a decision.", allowed_actions=[])
        claim = Claim(
            id=new_id(),
            organization_id=organization.id,
            agency_id=agency_id,
            account_id=command.principal.account_id,
            evidence=command.evidence,
            evidence_url=command.evidence_url,
            created_at=clock.now(),
        )
        uow.claims.add(claim)
        _announce(uow, claim, organization, clock)
        uow.record(principal=command.principal, action="claim.submit", object_type="claim", object_id=claim.id)
        uow.commit()
    return claim, organization


def approve_claim(command: Decision, *, unit_of_work: UnitOfWorkFactory, clock: Clock) -> tuple[Claim, Organization]:
    """Put the agency behind the organization: from now on it keeps the listings too, and referrals reach it."""
    now = clock.now()
    with unit_of_work() as uow:
        listings = _hold_listings(uow, command.claim_id)
        claim, organization = _to_decide(uow, command)
        claim.approve(**command.by, at=now)
        if not uow.organizations.link(organization.id, claim.agency_id):
            raise TransitionNotAllowed("An agency stands behind this organization already.", allowed_actions=[])
        uow.claims.save(claim)
        organization = replace(organization, agency_id=claim.agency_id)
        for other in uow.claims.pending_of(organization.id):
            other.reject("already_claimed", None, agency_id=command.by["agency_id"], account_id=None, at=now)
            uow.claims.save(other)
            _announce(uow, other, organization, clock)
        _reach(uow, listings, organization, command, clock)
        _announce(uow, claim, organization, clock)
        uow.record(principal=command.principal, action="claim.approve", object_type="claim", object_id=claim.id)
        uow.commit()
    return claim, organization


def reject_claim(command: Decision, *, unit_of_work: UnitOfWorkFactory, clock: Clock) -> tuple[Claim, Organization]:
    """Turn the claim down with a reason."""
    with unit_of_work() as uow:
        claim, organization = _to_decide(uow, command)
        claim.reject(command.reason or "other", command.note, **command.by, at=clock.now())
        uow.claims.save(claim)
        _announce(uow, claim, organization, clock)
        uow.record(principal=command.principal, action="claim.reject", object_type="claim", object_id=claim.id)
        uow.commit()
    return claim, organization


def _may_know(uow: UnitOfWork, organization: Organization, agency_id: str) -> bool:
    return organization.may_be_kept_by(agency_id) or uow.claims.is_listed_publicly(organization.id)


def _to_decide(uow: UnitOfWork, command: Decision) -> tuple[Claim, Organization]:
    claim = uow.claims.get(command.claim_id)
    organization = uow.organizations.get(claim.organization_id) if claim else None
    if claim is None or organization is None:
        raise NotFound(_NO_CLAIM)
    if command.principal is not None:
        _check_party(claim, organization, command.principal.agency_id)
    claim.check_version(command.expected_version)
    return claim, organization


def _check_party(claim: Claim, organization: Organization, agency_id: str) -> None:
    if organization.maintaining_agency_id == agency_id:
        return
    if claim.agency_id == agency_id:
        raise TransitionNotAllowed("The agency that keeps the listings decides on your claim.", allowed_actions=[])
    raise NotFound(_NO_CLAIM)


def _hold_listings(uow: UnitOfWork, claim_id: str) -> list[Listing]:
    """Return the organization's listings, held before the organization is, as those hold them who write one."""
    organization_id = uow.claims.organization_of(claim_id)
    ids = uow.listings.ids_of_organization(organization_id) if organization_id else []
    return [listing for listing in map(uow.listings.get, ids) if listing is not None]


def _reach(
    uow: UnitOfWork, listings: Iterable[Listing], organization: Organization, command: Decision, clock: Clock
) -> None:
    """Bring every listing up to date, so that search, matching and the referral service know the agency."""
    by = command.by
    for listing in listings:
        listing.changed(clock.now())
        uow.listings.save(listing, Change(action="claim", account_id=by["account_id"], agency_id=by["agency_id"]))
        if listing.is_published:
            announce_published(uow, listing, organization)


def _announce(uow: UnitOfWork, claim: Claim, organization: Organization, clock: Clock) -> None:
    """Tell who decides of a new claim, and the claimant of a decision."""
    data = {
        "claim_id": claim.id,
        "organization_id": organization.id,
        "agency_id": claim.agency_id,
        "maintaining_agency_id": organization.maintaining_agency_id,
        "status": claim.status.value,
        "occurred_at": to_rfc3339(clock.now()),
    }
    kind = "claim.submitted.v1" if claim.version == 1 else "claim.decided.v1"
    uow.emit(kind, subject=claim.id, aggregate_version=claim.version, data=data)
