"""An agency at the directory's API, and the body of a listing that is valid unless changed."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from typing import Any

from tests.support.tokens import TokenIssuer


@dataclass
class Agency:
    """One agency's officer at the API."""

    client: Any
    issuer: TokenIssuer
    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    scopes: str = "listings:write"

    def request(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        bearer = self.issuer.bearer(agency_id=self.id, scopes=self.scopes)
        return self.client.request(method, path, json=body, headers={**bearer, **sent})

    def post(self, path: str, body: Any = None, **headers: str) -> Any:
        return self.request("POST", path, body, **{"Idempotency_Key": str(uuid.uuid4()), **headers})

    def put(self, path: str, body: Any, **headers: str) -> Any:
        return self.request("PUT", path, body, **headers)

    def get(self, path: str) -> Any:
        return self.request("GET", path)

    def organization(self, **changes: Any) -> str:
        body = {"name": "Qendra Agimi", "description": "A centre.", "country": "AL", **changes}
        answer = self.post("/organizations", body)
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
