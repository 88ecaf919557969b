"""An organization that offers services, and which agencies may speak for it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Organization:
    """A publisher of services.

    ``agency_id`` is the agency that receives referrals to its services, None where it has no part in the
    network. ``maintaining_agency_id`` is the agency that keeps its listings, often a municipality.
    """

    id: str
    name: str
    description: str
    country: str
    agency_id: str | None = None
    maintaining_agency_id: str | None = None
    alternate_name: str | None = None
    email: str | None = None
    website: str | None = None
    phone: str | None = None

    def may_be_kept_by(self, agency_id: str) -> bool:
        """Say whether this agency may write and change the organization's listings."""
        return agency_id in (self.agency_id, self.maintaining_agency_id)
