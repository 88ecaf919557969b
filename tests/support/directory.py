"""An agency at the directory's API, and the body of a listing that is valid unless changed."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field, replace
from typing import Any

from tests.support.tokens import TokenIssuer


@dataclass
class Agency:
    """One agency's officer at the API."""

    client: Any
    issuer: TokenIssuer
    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    scopes: str = "listings:write"
    account: str | None = None
    client_id: str = "portal"

    def request(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        who = {"subject": self.account} if self.account else {}
        bearer = self.issuer.bearer(agency_id=self.id, scopes=self.scopes, client_id=self.client_id, **who)
        return self.client.request(method, path, json=body, headers={**bearer, **sent})

    def post(self, path: str, body: Any = None, **headers: str) -> Any:
        return self.request("POST", path, body, **{"Idempotency_Key": str(uuid.uuid4()), **headers})

    def put(self, path: str, body: Any, **headers: str) -> Any:
        return self.request("PUT", path, body, **headers)

    def person(self) -> Agency:
        """Return somebody else of the same agency, always the same account."""
        return replace(self, account=str(uuid.uuid4()))

    def system(self) -> Agency:
        """Return the agency's own system, which signs in as itself."""
        return replace(self, account="system-of-the-agency", client_id="system-of-the-agency")

    def set_review(self, organization_id: str, rule: str) -> Any:
        """Set the rule of review of an organization as it is now."""
        seen = self.get(f"/own-organizations/{organization_id}").headers.get("ETag", '"unknown"')
        return self.put(f"/organizations/{organization_id}/review", {"review": rule}, If_Match=seen)

    def waive_review(self, organization_id: str) -> None:
        """Do without a second pair of eyes: one person asks, another one agrees."""
        asked = [each.set_review(organization_id, "waived").status_code for each in (self.person(), self.person())]
        assert asked == [202, 200]

    def get(self, path: str) -> Any:
        return self.request("GET", path)

    def upload(self, content: str | bytes, *, key: str | None = None, **parameters: Any) -> Any:
        """Send a file to be imported, as CSV unless the parameters say otherwise."""
        headers = {
            **self.issuer.bearer(
                agency_id=self.id, scopes=self.scopes, client_id=self.client_id, subject=self.account or key
            ),
            "Idempotency-Key": key or str(uuid.uuid4()),
            "Content-Type": "application/octet-stream",
        }
        return self.client.post("/imports", params={"format": "csv", **parameters}, content=content, headers=headers)

    def organization(self, **changes: Any) -> str:
        body = {"name": "Qendra Agimi", "description": "A centre.", "country": "AL", **changes}
        answer = self.post("/own-organizations", body)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    def draft(self, **changes: Any) -> dict[str, Any]:
        body = listing_body(**changes)
        body.setdefault("organization_id", self.organization())
        answer = self.post("/listings", body)
        assert answer.status_code == 201, answer.text
        return dict(answer.json())

    def publish(self, **changes: Any) -> dict[str, Any]:
        answer = self.post(f"/listings/{self.draft(**changes)['id']}/publish")
        assert answer.status_code == 200, answer.text
        return dict(answer.json())


def listing_body(**changes: Any) -> dict[str, Any]:
    body = {
        "name": "Këshillim për fëmijë",
        "description": "Talks and games.",
        "taxonomy_terms": ["psychosocial-support"],
        "minimum_age": 6,
        "maximum_age": 17,
        "languages": ["sq", "en"],
        "serves": ["AL-tirane"],
        "location": {"kind": "physical", "municipality": "AL-tirane", "address_1": "Rruga Demo 1"},
        "capacity": {"available": 3, "maximum": 10, "unit": "places"},
        **changes,
    }
    return {name: value for name, value in body.items() if value is not None}
