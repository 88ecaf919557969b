"""Leave to write listings in another agency's stead: for organizations by name, or wherever its municipalities are."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from services.directory.domain.errors import ContentDoesNotFit, VersionIsStale
from services.directory.domain.listing import ListingContent
from services.directory.domain.location import ConfidentialLocation, PhysicalLocation
from services.directory.domain.organization import Organization


@dataclass(frozen=True, kw_only=True)
class Delegation:
    """What an agency lets another one, or some of its people, keep; it gives nothing that the agency has not itself.

    ``covered`` are the municipalities with all that lies within them. To write is not to decide: a delegate neither
    approves nor delegates further. ``ended_for`` are agencies that have ended it for their own organizations.
    """

    id: str
    from_agency_id: str
    to_agency_id: str
    created_at: datetime
    account_ids: tuple[str, ...] = ()
    municipality_codes: tuple[str, ...] = ()
    organization_ids: tuple[str, ...] = ()
    covered: frozenset[str] = frozenset()
    ended_for: tuple[str, ...] = ()
    ended_at: datetime | None = None

    def __post_init__(self) -> None:
        """Refuse one that gives nothing, or gives it to the giver."""
        if not self.municipality_codes and not self.organization_ids:
            raise ContentDoesNotFit(
                "Name the municipalities or the organizations whose listings are delegated.",
                code="nothing_delegated",
                fields=("municipality_codes", "organization_ids"),
            )
        if self.from_agency_id == self.to_agency_id:
            raise ContentDoesNotFit(
                "Your own agency keeps its listings without a delegation.",
                code="delegated_to_itself",
                fields=("to_agency_id",),
            )

    @property
    def version(self) -> int:
        """Return how often it has ended, for one agency's organizations or altogether, counted from 1."""
        return 1 + len(self.ended_for) + (self.ended_at is not None)

    @property
    def sides(self) -> tuple[str, str]:
        """Return the agency that gave it and the one that was given it."""
        return self.from_agency_id, self.to_agency_id

    def check_version(self, expected: int | None) -> None:
        """Raise unless the caller has seen the present version; None asks for no check."""
        if expected is not None and expected != self.version:
            raise VersionIsStale("Read it again, look at what changed, and repeat.", current_version=self.version)

    def ended_by(self, agency_id: str, at: datetime) -> Delegation:
        """Return it as this agency ends it: one of its sides altogether, any other for its own organizations alone.

        What the agency has ended before is returned as it is.
        """
        if self.ended_at is not None or agency_id in self.ended_for:
            return self
        if agency_id in self.sides:
            return replace(self, ended_at=at)
        return replace(self, ended_for=(*self.ended_for, agency_id))

    def is_for(self, agency_id: str, account_id: str | None) -> bool:
        """Say whether this person of this agency may use it now."""
        named = not self.account_ids or account_id in self.account_ids
        return self.ended_at is None and self.to_agency_id == agency_id and named

    def covers(self, organization: Organization, content: ListingContent | None) -> bool:
        """Say whether a listing of the organization may be kept by it; without content, any listing of it."""
        if not organization.may_be_kept_by(self.from_agency_id) or organization.agency_id in self.ended_for:
            return False
        if organization.id in self.organization_ids and organization.may_be_delegated_by(self.from_agency_id):
            return True
        if content is None:
            return bool(self.municipality_codes)
        if isinstance(content.location, ConfidentialLocation):
            # Who may read such an address is chosen by name, never by way of a map.
            return False
        places = places_of(content)
        return bool(places) and places <= self.covered


def places_of(content: ListingContent) -> set[str]:
    """Return where a listing belongs: its public place, or else everything that it serves."""
    if isinstance(content.location, PhysicalLocation):
        return {content.location.municipality}
    return set(content.serves)
