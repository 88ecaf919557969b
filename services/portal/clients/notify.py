"""Client of notify: the inbox, preferences and an agency's webhook endpoints."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from services.portal.clients.api import Answer, ApiClient, Json


class NotifyClient(ApiClient):
    """The inbox is the signed-in person's, the webhook endpoints are the agency's."""

    def inbox(
        self,
        *,
        unread: bool | None = None,
        cursor: str | None = None,
        limit: int | None = None,
        languages: str = "",
    ) -> Json:
        """Read a page of the inbox; ``unread_count`` counts all unread entries.

        Texts are in the first of the ``languages`` that notify writes, as Accept-Language names them.
        """
        chosen = None if unread is None else str(unread).lower()
        return self._get(
            "/inbox", params={"unread": chosen, "cursor": cursor, "limit": limit}, languages=languages
        ).body

    def mark_read(self, entry_id: str) -> Json:
        """Mark an entry as read; returns it."""
        return self._post(f"/inbox/{entry_id}/read").body

    def mark_all_read(self) -> Json:
        """Mark all entries as read."""
        return self._post("/inbox/read-all").body

    def preferences(self) -> Answer:
        """Read the person's preferences with their version."""
        return self._get("/preferences")

    def put_preferences(self, preferences: Mapping[str, Any], *, if_match: str | None = None) -> Json:
        """Set the person's preferences."""
        return self._put("/preferences", json=dict(preferences), if_match=if_match).body

    def webhook_endpoints(self) -> list[Json]:
        """Read the agency's webhook endpoints."""
        return self._get("/webhook-endpoints").items

    def create_webhook_endpoint(self, endpoint: Mapping[str, Any]) -> Json:
        """Register an endpoint; the answer holds the secret, which is never shown again."""
        return self._post("/webhook-endpoints", json=dict(endpoint)).body

    def webhook_endpoint(self, endpoint_id: str) -> Json:
        """Read one endpoint."""
        return self._get(f"/webhook-endpoints/{endpoint_id}").body

    def delete_webhook_endpoint(self, endpoint_id: str) -> None:
        """Remove an endpoint."""
        self._delete(f"/webhook-endpoints/{endpoint_id}")

    def test_webhook_endpoint(self, endpoint_id: str) -> Json:
        """Queue a test delivery."""
        return self._post(f"/webhook-endpoints/{endpoint_id}/test").body

    def webhook_attempts(self, endpoint_id: str, *, cursor: str | None = None) -> Json:
        """Read what was tried, newest first."""
        return self._get(f"/webhook-endpoints/{endpoint_id}/attempts", params={"cursor": cursor}).body
