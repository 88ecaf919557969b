"""Client of the issuer's own API: who signed in. Tokens themselves are fetched in ``tokens.py``."""

from __future__ import annotations

from services.portal.clients.api import Answer, ApiClient, Json


class IdentityClient(ApiClient):
    """What the portal asks about accounts."""

    def userinfo(self, access_token: str) -> Json:
        """Read whose access token this is; used before there is a session."""
        return self._with_token("/userinfo", access_token).body

    def _with_token(self, path: str, access_token: str) -> Answer:
        return self._call("GET", path, headers={"Authorization": f"Bearer {access_token}"}, public=True)

    def agencies(self) -> list[Json]:
        """Read all agencies of the network."""
        agencies: list[Json] = []
        cursor: str | None = None
        while True:
            page = self._get("/agencies", params={"cursor": cursor}).body
            agencies += page["items"]
            cursor = page.get("next_cursor")
            if not cursor:
                return agencies
