"""The main job through the public APIs: list, match, refer, be told, answer, see what became of it."""

from __future__ import annotations

import uuid
from typing import Any

import httpx
import pytest
from standardwebhooks import Webhook

from tests.support.person_token import person_token
from tests.support.places import make_room
from tests.support.running_system import RunningSystem, eventually
from tests.support.webhook_receiver import Receiver, webhook_receiver

MARKER = "Zvezdana-Marker"
PARTNER = "Save the Children in Albania"
SERVICE_WORDS = ("trauma", "shelter", "counsel", "këshill", "strehim", "psiko", "terapi")


class Api:
    """One caller of the four APIs."""

    def __init__(self, system: RunningSystem, token: str) -> None:
        self._system = system
        self._http = httpx.Client(
            trust_env=False, timeout=15, headers={"Authorization": f"Bearer {token}"} if token else {}
        )

    def call(self, method: str, service: str, path: str, *, expect: int, **arguments: Any) -> Any:
        """Send a request, insist on the status, and return the body."""
        answer = self._http.request(method, self._system.url(service) + path, **arguments)
        assert answer.status_code == expect, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer.json() if answer.content else None

    def act(self, referral_id: str, action: str, *, expect: int = 200, **arguments: Any) -> Any:
        """Take an action on a referral."""
        return self.call("POST", "referral", f"/referrals/{referral_id}/{action}", expect=expect, **arguments)


def fresh_key() -> dict[str, str]:
    return {"Idempotency-Key": str(uuid.uuid4())}


@pytest.fixture(scope="module")
def officer(system: RunningSystem) -> Api:
    return Api(system, person_token(system, "officer.tirana"))


@pytest.fixture(scope="module")
def caseworker(system: RunningSystem) -> Api:
    return Api(system, person_token(system, "caseworker.tirana"))


@pytest.fixture(scope="module")
def partner(system: RunningSystem) -> Api:
    """The partner agency's own system, by client credentials."""
    return Api(system, system.client_token("ngo-tirana-system"))


def test_a_municipality_lists_a_service_publishes_it_and_keeps_its_places_current(
    system: RunningSystem, officer: Api
) -> None:
    organization = officer.call(
        "POST", "directory", "/own-organizations", expect=201, headers=fresh_key(),
        json={"name": "Qendra Prova", "description": "A day centre.", "country": "AL", "linked": True},
    )  # fmt: skip
    name = f"Qendra Prova {uuid.uuid4().hex[:6]}"
    draft = officer.call(
        "POST", "directory", "/listings", expect=201, headers=fresh_key(),
        json={
            "organization_id": organization["id"], "name": name, "description": "Counselling for children.",
            "taxonomy_terms": ["counselling"], "minimum_age": 6, "maximum_age": 17, "languages": ["sq"],
            "serves": ["AL-tirane"], "location": {"kind": "physical", "municipality": "AL-tirane"},
            "capacity": {"available": 4, "maximum": 10, "unit": "places"},
        },
    )  # fmt: skip
    path = f"/services/{draft['id']}"
    public = Api(system, "")
    public.call("GET", "directory", path, expect=404)
    published = officer.call("POST", "directory", f"/listings/{draft['id']}/publish", expect=200)
    assert public.call("GET", "directory", path, expect=200)["name"] == name
    officer.call(
        "PUT", "directory", f"/listings/{draft['id']}/capacity", expect=200,
        headers={"If-Match": f'"{published["version"]}"'}, json={"available": 3, "maximum": 10},
    )  # fmt: skip
    officer.call("POST", "directory", f"/listings/{draft['id']}/withdraw", expect=200)
    public.call("GET", "directory", path, expect=404)


def find_service(caseworker: Api, agency: str = PARTNER) -> dict[str, Any]:
    """Return a service of the partner agency that can take the child."""
    criteria = {"needs": ["psychosocial-support"], "age": 12, "languages": ["sq"], "urgency": "urgent", "limit": 50}
    answer = caseworker.call("POST", "directory", "/matches", expect=200, json=criteria)
    fitting = [entry for entry in answer["matches"] if entry["service"]["receives_referrals"]]
    assert all(entry["reasons"] for entry in fitting)
    return next(dict(entry["service"]) for entry in fitting if entry["service"]["organization_name"] == agency)


def draft_for(service_id: str) -> dict[str, Any]:
    return {
        "kind": "referral",
        "service_id": service_id,
        "urgency": "urgent",
        "triage": {
            "needs": ["psychosocial-support"], "age_band": "12-14", "sex": "female", "municipality": "AL-tirane",
            "languages": ["sq"],
        },
        "packet": {
            "identity": {"given_name": MARKER, "family_name": "Demo"},
            "situation": {"reason": f"{MARKER} needs counselling"},
            "health": {"notes": f"{MARKER} health"},
        },
        "consent": {
            "basis": "consent", "given_by": "guardian", "form": "written", "obtained_at": "2026-01-10T08:00:00Z",
            "data_groups": ["identity", "situation"], "child_assent": "given",
        },
    }  # fmt: skip


@pytest.fixture(scope="module")
def service(system: RunningSystem, caseworker: Api) -> dict[str, Any]:
    make_room(system, PARTNER)
    return find_service(caseworker)


def test_a_referral_goes_from_draft_to_feedback_and_both_sides_are_told(
    system: RunningSystem, caseworker: Api, partner: Api, service: dict[str, Any]
) -> None:
    administrator = Api(system, person_token(system, "admin.ngo"))
    with webhook_receiver() as receiver:
        endpoint = administrator.call(
            "POST", "notify", "/webhook-endpoints", expect=201,
            json={"url": f"http://127.0.0.1:{receiver.port}/hook", "description": "end to end"},
        )  # fmt: skip
        try:
            referral = send_once(caseworker, draft_for(service["id"]))
            receiver_sees_triage_only(partner, referral["id"])
            inbox_mail_and_webhook(system, referral["reference"], receiver, endpoint["secret"])
            walk_to_the_end(caseworker, partner, referral["id"])
        finally:
            administrator.call("DELETE", "notify", f"/webhook-endpoints/{endpoint['id']}", expect=204)


def send_once(caseworker: Api, draft: dict[str, Any]) -> dict[str, Any]:
    """Create and send; both sent twice with the same key, as a hurried person does."""
    caseworker.call("POST", "referral", "/referrals", expect=400, json=draft)
    key = fresh_key()
    first = caseworker.call("POST", "referral", "/referrals", expect=201, json=draft, headers=key)
    again = caseworker.call("POST", "referral", "/referrals", expect=201, json=draft, headers=key)
    assert first == again
    key = fresh_key()
    sent = caseworker.act(first["id"], "send", headers=key)
    assert caseworker.act(first["id"], "send", headers=key) == sent
    assert sent["status"] == "sent"
    assert {due["action"] for due in sent["due"]} >= {"acknowledge", "decide"}
    return dict(sent)


def receiver_sees_triage_only(partner: Api, referral_id: str) -> None:
    seen = partner.call("GET", "referral", f"/referrals/{referral_id}", expect=200)
    assert seen["triage"]["age_band"] == "12-14"
    assert MARKER not in str(seen)
    packet = partner.call("GET", "referral", f"/referrals/{referral_id}/packet", expect=200)
    assert packet["groups"] == {}
    assert {entry["reason"] for entry in packet["withheld"]} >= {"not_yet_accepted"}


def inbox_mail_and_webhook(system: RunningSystem, reference: str, receiver: Receiver, secret: str) -> None:
    worker = Api(system, person_token(system, "worker.ngo"))

    def told_in_the_inbox() -> bool:
        items = worker.call("GET", "notify", "/inbox?unread=true", expect=200)["items"]
        return any(entry["subject"]["reference"] == reference for entry in items)

    eventually("an inbox entry", told_in_the_inbox)

    def mails() -> list[tuple[str, Any]]:
        return [(raw, mail) for raw, mail in system.mails() if reference in str(mail["Subject"]) + mail.get_content()]

    for raw, mail in eventually("an e-mail", mails):
        text = f"{raw} {mail['Subject']} {mail.get_content()}".casefold()
        assert MARKER.casefold() not in text
        assert not [word for word in SERVICE_WORDS if word in text]
        assert "/referrals/" in mail.get_content()

    def hooks() -> list[Any]:
        return [hook for hook in list(receiver.received) if reference.encode() in hook.body]

    hook = eventually("a webhook", hooks)[0]
    body = Webhook(secret).verify(hook.body, hook.headers)
    assert body["type"] == "referral.sent.v1"
    assert set(body["data"]) == {"referral_id", "reference", "status", "urgency"}
    assert MARKER.encode() not in hook.body


def walk_to_the_end(caseworker: Api, partner: Api, referral_id: str) -> None:
    caseworker.act(referral_id, "accept", expect=409, headers=fresh_key())
    partner.act(referral_id, "acknowledge", headers=fresh_key())
    partner.act(referral_id, "accept", headers=fresh_key())
    packet = partner.call("GET", "referral", f"/referrals/{referral_id}/packet", expect=200)
    assert set(packet["groups"]) == {"identity", "situation"}
    assert {entry["group"]: entry["reason"] for entry in packet["withheld"]}["health"] == "no_consent"
    partner.act(referral_id, "start", headers=fresh_key())
    partner.act(referral_id, "hold", headers=fresh_key(), json={"reason_code": "waiting_for_child"})
    partner.act(referral_id, "resume", headers=fresh_key())
    partner.act(referral_id, "complete", headers=fresh_key(), json={"outcome_code": "needs_met"})
    partner.act(referral_id, "reject", expect=409, headers=fresh_key(), json={"reason_code": "no_capacity"})
    history = caseworker.call("GET", "referral", f"/referrals/{referral_id}/history", expect=200)
    assert {"sent", "acknowledged", "accepted", "in_progress", "completed"} <= {
        entry["to_status"] for entry in history["entries"]
    }
    assert any(entry["kind"] == "access" for entry in history["entries"])


def test_a_rejection_closes_what_was_never_opened(caseworker: Api, partner: Api, service: dict[str, Any]) -> None:
    referral = send_once(caseworker, draft_for(service["id"]))
    partner.act(referral["id"], "reject", headers=fresh_key(), json={"reason_code": "no_capacity"})
    packet = partner.call("GET", "referral", f"/referrals/{referral['id']}/packet", expect=200)
    assert packet["groups"] == {}
    came_back = caseworker.call("GET", "referral", f"/referrals/{referral['id']}", expect=200)
    assert came_back["status"] == "rejected"
    assert came_back["reason_code"] == "no_capacity"


def test_an_agency_that_is_no_party_finds_nothing(
    system: RunningSystem, caseworker: Api, service: dict[str, Any]
) -> None:
    referral = send_once(caseworker, draft_for(service["id"]))
    stranger = Api(system, person_token(system, "worker.shkoder"))
    for path in ("", "/packet", "/history"):
        stranger.call("GET", "referral", f"/referrals/{referral['id']}{path}", expect=404)
    stranger.act(referral["id"], "accept", expect=404, headers=fresh_key())


def test_a_shelter_can_be_matched_but_its_address_is_nowhere(system: RunningSystem, caseworker: Api) -> None:
    criteria = {"needs": ["trafficking-shelter"], "limit": 50}
    answer = caseworker.call("POST", "directory", "/matches", expect=200, json=criteria)
    hidden = [
        entry for entry in (*answer["matches"], *answer["nearly"])
        if entry["service"]["location_kind"] == "confidential"
    ]  # fmt: skip
    assert hidden
    for entry in hidden:
        assert "municipality" not in entry["service"]
        assert entry["distance_km"] is None
