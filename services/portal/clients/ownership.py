"""Client of the directory for who keeps what: organizations, claims, delegations, duplicates and merges."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from services.portal.clients.api import Answer, ApiClient, Json

_MOST_OFFERED = 2000


class OwnershipClient(ApiClient):
    """Everything goes with the user's own token."""

    def organizations_page(self, *, cursor: str | None = None) -> Json:
        """Read a page of the organizations whose listings the user's agency may keep."""
        return self._get("/own-organizations", params={"cursor": cursor, "limit": 100}).body

    def own_organizations(self) -> list[Json]:
        """Read the organizations whose listings the user's agency may keep, as many as a form can offer."""
        found: list[Json] = []
        cursor = None
        while len(found) < _MOST_OFFERED:
            page = self._get("/own-organizations", params={"cursor": cursor}).body
            found += page["items"]
            cursor = page.get("next_cursor")
            if not cursor:
                break
        return found

    def own_organization(self, organization_id: str) -> Answer:
        """Read one of them with its version."""
        return self._get(f"/own-organizations/{organization_id}")

    def register_organization(self, organization: Mapping[str, Any], *, idempotency_key: str) -> Json:
        """Register an organization."""
        return self._post("/own-organizations", json=dict(organization), idempotency_key=idempotency_key).body

    def revise_organization(self, organization_id: str, said: Mapping[str, Any], *, if_match: str) -> Json:
        """Replace what an organization says of itself."""
        return self._put(f"/own-organizations/{organization_id}", json=dict(said), if_match=if_match).body

    def organization_versions(self, organization_id: str, *, before: int | None = None) -> Json:
        """Read a page of what became of an organization, the latest first."""
        path = f"/own-organizations/{organization_id}/versions"
        return self._get(path, params={"before": before, "limit": 50}).body

    def organization_diff(self, organization_id: str, *, to: int | None = None, since: int | None = None) -> Json:
        """Read what two versions of an organization say differently; by default the latest and the one before."""
        return self._get(f"/own-organizations/{organization_id}/diff", params={"from": since, "to": to}).body

    def set_review(self, organization_id: str, rule: str, *, if_match: str) -> Json:
        """Say whether a second person looks at what is published."""
        return self._put(f"/organizations/{organization_id}/review", json={"review": rule}, if_match=if_match).body

    def claim_organization(self, organization_id: str, claim: Mapping[str, Any], *, idempotency_key: str) -> Json:
        """Say that an organization is the user's own agency."""
        path = f"/organizations/{organization_id}/claims"
        return self._post(path, json=dict(claim), idempotency_key=idempotency_key).body

    def claims(self, *, cursor: str | None = None) -> Json:
        """Read a page of what the user's agency claims or decides on."""
        return self._get("/claims", params={"cursor": cursor, "limit": 100}).body

    def claim(self, claim_id: str) -> Json | None:
        """Look for one of them through all pages; None where there is none."""
        cursor = None
        while True:
            page = self._get("/claims", params={"cursor": cursor}).body
            for found in page["items"]:
                if found["id"] == claim_id:
                    return dict(found)
            cursor = page.get("next_cursor")
            if not cursor:
                return None

    def approve_claim(self, claim_id: str, *, if_match: str, idempotency_key: str) -> Json:
        """Grant a claim."""
        return self._post(f"/claims/{claim_id}/approve", if_match=if_match, idempotency_key=idempotency_key).body

    def reject_claim(self, claim_id: str, decision: Mapping[str, Any], *, if_match: str, idempotency_key: str) -> Json:
        """Turn a claim down with a reason."""
        path = f"/claims/{claim_id}/reject"
        return self._post(path, json=dict(decision), if_match=if_match, idempotency_key=idempotency_key).body

    def delegations(self, *, cursor: str | None = None) -> Json:
        """Read a page of what the user's agency has given or been given to keep."""
        return self._get("/delegations", params={"cursor": cursor, "limit": 100}).body

    def delegate(self, delegation: Mapping[str, Any], *, idempotency_key: str) -> Json:
        """Let another agency keep listings."""
        return self._post("/delegations", json=dict(delegation), idempotency_key=idempotency_key).body

    def end_delegation(self, delegation_id: str, *, if_match: str) -> None:
        """End a delegation from now on."""
        self._delete(f"/delegations/{delegation_id}", if_match=if_match)

    def duplicates(self, kind: str, *, cursor: str | None = None) -> Json:
        """Read a page of the pairs that may be one, the likeliest first, and how many there are."""
        return self._get("/duplicates", params={"kind": kind, "cursor": cursor, "limit": 50}).body

    def dismiss_duplicate(self, one: str, other: str) -> None:
        """Say that two records are two."""
        self._post("/duplicates/dismissals", json={"ids": [one, other]})

    def merge(self, merge: Mapping[str, Any], *, idempotency_key: str) -> Json:
        """Fold one record into another."""
        return self._post("/merges", json=dict(merge), idempotency_key=idempotency_key).body
