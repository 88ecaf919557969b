"""Client of the directory for a second pair of eyes, which looks at listings and organizations in the same steps."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from services.portal.clients.api import Answer, ApiClient, Json


def listing_at(listing_id: object) -> str:
    """Return where a listing is for its keepers."""
    return f"/listings/{listing_id}"


def organization_at(organization_id: object) -> str:
    """Return where an organization is for its keepers."""
    return f"/own-organizations/{organization_id}"


class ReviewClient(ApiClient):
    """Everything goes with the user's own token; ``record`` is where a listing or an organization is."""

    def reviews(self, *, cursor: str | None = None) -> Json:
        """Read a page of the listings that wait for a decision of the user's agency."""
        return self._get("/reviews", params={"cursor": cursor, "limit": 100}).body

    def organization_reviews(self, *, cursor: str | None = None) -> Json:
        """Read a page of the organizations whose texts wait for a decision of the user's agency."""
        return self._get("/organization-reviews", params={"cursor": cursor, "limit": 100}).body

    def proposal(self, record: str) -> Answer:
        """Read what waits beside what is published."""
        return self._get(f"{record}/proposal")

    def discard_proposal(self, record: str, *, if_match: str) -> Json:
        """Give up what waits beside what is published."""
        return self._delete(f"{record}/proposal", if_match=if_match).body

    def take_step(self, record: str, step: str, *, if_match: str, idempotency_key: str) -> Json:
        """Take a step that needs no words: submit, recall, approve; reopen a listing, publish an organization."""
        return self._post(f"{record}/{step}", if_match=if_match, idempotency_key=idempotency_key).body

    def reject(self, record: str, decision: Mapping[str, Any], *, if_match: str, idempotency_key: str) -> Json:
        """Send it back with a reason."""
        return self._post(
            f"{record}/reject", json=dict(decision), if_match=if_match, idempotency_key=idempotency_key
        ).body

    def comment(self, record: str, text: str, *, if_match: str, idempotency_key: str) -> Json:
        """Say something about what is in review."""
        return self._post(
            f"{record}/comments", json={"text": text}, if_match=if_match, idempotency_key=idempotency_key
        ).body
