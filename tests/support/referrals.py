"""A referral service on a real database for tests: agencies that speak to it, and bodies that are valid by default."""

from __future__ import annotations

import copy
import uuid
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from chassis.clock import Clock, to_rfc3339
from chassis.encryption import KeyRing
from chassis.events.envelope import Event
from chassis.migrations import migrate
from chassis.testing.fakes import FakeClock
from services.referral.bootstrap import Container, build
from services.referral.entrypoints.app import create_app
from services.referral.settings import ReferralSettings
from tests.support.tokens import ISSUER, TokenIssuer

FOLDER = Path(__file__).resolve().parents[2] / "services" / "referral"
CASEWORK = "referrals:read referrals:write packets:read"
OLD_KEY = "k0:" + "A" * 43 + "="
NEW_KEY = "k1:" + "B" * 42 + "A="
GROUPS = ["identity", "contact", "caregiver", "situation", "health", "trafficking"]


def new_uuid() -> str:
    """Return a random id as a string."""
    return str(uuid.uuid4())


@dataclass
class Agency:
    """An agency whose staff calls the API."""

    world: World
    id: str = field(default_factory=new_uuid)

    def call(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        scopes: str = CASEWORK,
        headers: dict[str, str] | None = None,
        subject: str | None = None,
        roles: tuple[str, ...] = ("caseworker",),
    ) -> Any:
        """Send a request with a token of this agency and return the answer."""
        token = self.world.issuer.bearer(agency_id=self.id, scopes=scopes, roles=roles, subject=subject or self.id)
        return self.world.client.request(method, path, json=body, headers=token | (headers or {}))

    def create(self, body: dict[str, Any], *, key: str | None = None) -> Any:
        """Write a draft."""
        return self.call("POST", "/referrals", body, headers={"Idempotency-Key": key or new_uuid()})

    def act(self, referral_id: str, action: str, body: Any = None, **options: Any) -> Any:
        """Take an action, named as in the path."""
        return self.call("POST", f"/referrals/{referral_id}/{action}", body, **options)

    def read(self, referral_id: str) -> Any:
        """Read the referral."""
        return self.call("GET", f"/referrals/{referral_id}")

    def packet(self, referral_id: str) -> Any:
        """Read the packet and return its body."""
        return self.call("GET", f"/referrals/{referral_id}/packet").json()


class World:
    """The service, its clock, a referring and a receiving agency, a stranger, and a service to refer to."""

    def __init__(self, database_url: str, *, clock: Clock | None = None) -> None:
        self.database_url = database_url
        self.issuer = TokenIssuer()
        self.clock = clock or FakeClock()
        self.settings = ReferralSettings(
            database_url=database_url,
            issuer=ISSUER,
            key_ring=KeyRing.from_setting(OLD_KEY),
            rate_limit_per_minute=1_000_000,
        )
        self.container: Container = build(self.settings, clock=self.clock)
        app = create_app(self.settings, self.container, verifier=self.issuer.verifier())
        self.client = app.test_client(raise_server_exceptions=False)
        self.sender, self.receiver, self.stranger = Agency(self), Agency(self), Agency(self)
        self.service_id = self.publish(agency_id=self.receiver.id)

    @classmethod
    def create(cls, database_url: str) -> World:
        """Migrate an empty database and open a world on it."""
        migrate(FOLDER, database_url)
        return cls(database_url)

    def publish(self, **changes: Any) -> str:
        """Let the directory tell of a service and return the service's id."""
        data = {
            "service_id": new_uuid(),
            "organization_id": new_uuid(),
            "agency_id": None,
            "name": "Counselling",
            "organization_name": "A helping organization",
            "status": "published",
            "tier": "public",
            "country": "AL",
            "accepts_referrals": True,
            "minimum_age": 6,
            "maximum_age": 17,
            "sex": "any",
            "taxonomy_terms": ["psychosocial-support"],
            "languages": ["sq"],
            "municipality_codes": ["AL-tirane"],
            "capacity": None,
        } | changes
        self.tell("service.published.v1", data["service_id"], data)
        return str(data["service_id"])

    def tell(self, event_type: str, subject: str, data: dict[str, Any], *, version: int = 1) -> None:
        """Deliver another service's event."""
        import threading

        event = Event.new(
            type=event_type,
            source="/services/other",
            subject=subject,
            data=data,
            aggregate_version=version,
            clock=self.clock,
        )
        outcome = self.container.applier().deliver(event, threading.Event())
        assert outcome.value == "applied", outcome

    def body(self, **changes: Any) -> dict[str, Any]:
        """Return a valid draft with these members changed; None removes one."""
        body: dict[str, Any] = copy.deepcopy(_BODY)
        body["service_id"] = self.service_id
        body["consent"]["obtained_at"] = to_rfc3339(self.clock.now() - timedelta(hours=1))
        body |= changes
        return {name: value for name, value in body.items() if value is not None}

    def sent(self, **changes: Any) -> str:
        """Write and send a referral; return its id."""
        created = self.sender.create(self.body(**changes))
        assert created.status_code == 201, created.text
        answer = self.sender.act(created.json()["id"], "send")
        assert answer.status_code == 200, answer.text
        return str(created.json()["id"])

    def accepted(self, **changes: Any) -> str:
        """Write, send and accept a referral; return its id."""
        referral_id = self.sent(**changes)
        assert self.receiver.act(referral_id, "accept").status_code == 200
        return referral_id

    def events(self, referral_id: str) -> list[str]:
        """Return the types of the events written for a referral, in order."""
        from sqlalchemy import text

        with self.container.engine.connect() as connection:
            found = connection.execute(
                text("SELECT type FROM outbox WHERE subject = :subject ORDER BY position"), {"subject": referral_id}
            )
            return [row.type for row in found]


_BODY: dict[str, Any] = {
    "kind": "referral",
    "urgency": "urgent",
    "case_reference": "MARKERCASE-17",
    "triage": {
        "needs": ["psychosocial-support"],
        "age_band": "12-14",
        "sex": "female",
        "municipality": "AL-tirane",
        "languages": ["sq"],
        "special_needs": [],
    },
    "packet": {
        "identity": {"given_name": "MARKERgiven", "family_name": "MARKERfamily", "date_of_birth": "2013-05-02"},
        "contact": {"phone": "MARKERphone", "address": "MARKERaddress"},
        "situation": {"reason": "MARKERreason", "summary": "MARKERsummary"},
        "trafficking": {"notes": "MARKERtrafficking"},
    },
    "consent": {
        "basis": "consent",
        "given_by": "guardian",
        "form": "written",
        "language": "sq",
        "data_groups": ["identity", "contact", "situation"],
        "child_assent": "given",
    },
}
