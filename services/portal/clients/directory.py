"""Client of the directory: finding services, and keeping an agency's listings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from services.portal.clients.api import Answer, ApiClient

Json = dict[str, Any]


class DirectoryClient(ApiClient):
    """Public reads go without the user's token, so that a stale session never stands between a child and help."""

    def services(self, **filters: Any) -> Json:
        """Search the public services; the filters are the API's query parameters."""
        return self._get("/services", params=filters, public=True).body

    def service(self, service_id: str) -> Json:
        """Read one public service, fully nested."""
        return self._get(f"/services/{service_id}", public=True).body

    def terms(self) -> list[Json]:
        """Read the terms of the taxonomy, parents before their children."""
        page = self._get("/taxonomy_terms", params={"per_page": 100}, public=True).body
        terms: list[Json] = list(page["contents"])
        while not page["last_page"]:
            following = {"per_page": 100, "page": page["page_number"] + 1}
            page = self._get("/taxonomy_terms", params=following, public=True).body
            terms += page["contents"]
        return terms

    def municipalities(self, **filters: Any) -> list[Json]:
        """Find places: ``search``, ``country``, ``code``, ``limit``."""
        return self._get("/municipalities", params=filters, public=True).body["items"]

    def matches(self, criteria: Mapping[str, Any]) -> Json:
        """Find services for a child; the criteria travel in the body, not in an address."""
        return self._post("/matches", json=dict(criteria)).body

    def own_organizations(self) -> list[Json]:
        """Read the organizations whose listings the user's agency may keep."""
        return self._get("/own-organizations").body["items"]

    def register_organization(self, organization: Mapping[str, Any], *, idempotency_key: str) -> Json:
        """Register an organization."""
        return self._post("/organizations", json=dict(organization), idempotency_key=idempotency_key).body

    def listings(self, *, status: str | None = None, cursor: str | None = None) -> Json:
        """Read a page of the agency's own listings."""
        return self._get("/listings", params={"status": status, "cursor": cursor, "limit": 100}).body

    def draft_listing(self, listing: Mapping[str, Any], *, idempotency_key: str) -> Json:
        """Write a draft."""
        return self._post("/listings", json=dict(listing), idempotency_key=idempotency_key).body

    def listing(self, listing_id: str) -> Answer:
        """Read one of the agency's own listings with its version."""
        return self._get(f"/listings/{listing_id}")

    def revise_listing(self, listing_id: str, content: Mapping[str, Any], *, if_match: str) -> Json:
        """Replace what a listing says."""
        return self._put(f"/listings/{listing_id}", json=dict(content), if_match=if_match).body

    def publish_listing(self, listing_id: str) -> Json:
        """Put a listing into the directory."""
        return self._post(f"/listings/{listing_id}/publish").body

    def withdraw_listing(self, listing_id: str) -> Json:
        """Take a listing out of the directory."""
        return self._post(f"/listings/{listing_id}/withdraw").body

    def report_capacity(self, listing_id: str, capacity: Mapping[str, Any], *, if_match: str) -> Json:
        """Say how many places are free."""
        return self._put(f"/listings/{listing_id}/capacity", json=dict(capacity), if_match=if_match).body
