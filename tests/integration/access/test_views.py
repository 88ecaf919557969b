"""Property by property: what the receiving agency reads never holds what is the sender's alone."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from chassis.connexion_app import OPENAPI_FOLDER, resolve_references
from tests.integration.access.conftest import OpenDoor
from tests.integration.access.houses import DirectoryDoor, NotifyDoor, ReferralDoor
from tests.integration.access.operations import OPERATIONS
from tests.integration.access.rules import OWN, SEEN_BY
from tests.support.referrals import new_uuid

# Whoever adds a property to a view decides here whether the receiving agency may read it.
RECEIVER_READS = {
    "Referral": {
        "id", "reference", "kind", "status", "urgency", "version", "direction", "service", "referring_agency",
        "receiving_agency", "responsible_agency_id", "triage", "consent", "due", "appointment", "outcome_code",
        "reason_code", "on_hold_until", "allowed_actions", "created_at", "sent_at", "acknowledged_at", "decided_at",
        "started_at", "completed_at", "closed_at", "service_status", "service_reopens_at",
    },
    "ConsentView": {"basis", "data_groups", "withdrawn_at"},
    "PacketView": {"referral_id", "groups", "withheld", "feedback"},
}  # fmt: skip
SENDER_READS = {
    "Referral": {"warnings", "suggestion"},
    "ConsentView": {"given_by", "form", "language", "obtained_at", "valid_until", "child_assent"},
    "PacketView": {"case_reference", "override_reason"},
}
STAGES = sorted(
    kind for kind in SEEN_BY if kind.endswith(" referral") and kind not in ("draft referral", "dropped referral")
)
TAKEN_ON = {"accepted referral", "held referral", "completed referral"}
CLOSED = {"rejected referral", "cancelled referral"}
CONSENTED = {"identity", "contact", "situation"}
OVERRIDE = {
    "basis": "best_interests", "given_by": "none", "form": "none", "data_groups": sorted(CONSENTED),
    "child_assent": "refused", "override_reason": "MARKERoverride",
}  # fmt: skip


@pytest.fixture
def house(door_of: OpenDoor) -> ReferralDoor:
    door = door_of("referral")
    assert isinstance(door, ReferralDoor)
    return door


def answers_to_receiver(house: ReferralDoor, referral_id: str) -> Iterator[tuple[str, Any]]:
    """Yield every answer about a referral that the receiving agency can get, by the view it is."""
    receiver = house.world.receiver
    yield "Referral", receiver.read(referral_id).json()
    listed = receiver.call("GET", "/referrals?limit=100").json()["items"]
    yield "Referral", next(item for item in listed if item["id"] == referral_id)
    yield "PacketView", receiver.packet(referral_id)
    yield "History", receiver.call("GET", f"/referrals/{referral_id}/history").json()


@pytest.mark.parametrize("view", sorted(RECEIVER_READS))
def test_each_property_of_a_view_is_the_receivers_or_the_senders(view: str) -> None:
    described = resolve_references(OPENAPI_FOLDER / "referral.yaml")["components"]["schemas"][view]["properties"]
    decided = RECEIVER_READS[view] | SENDER_READS[view]
    assert set(described) == decided, "say in RECEIVER_READS or SENDER_READS whose the new property is"


@pytest.mark.parametrize("stage", STAGES)
def test_the_receiver_never_reads_what_is_the_senders(house: ReferralDoor, stage: str) -> None:
    referral_id = house.shared(stage)
    for view, answer in answers_to_receiver(house, referral_id):
        read = {name for name, value in answer.items() if value not in (None, [])}
        assert read <= RECEIVER_READS.get(view, read), view
        consent = answer.get("consent") or {}
        assert set(consent) <= RECEIVER_READS["ConsentView"]
        text = json.dumps(answer)
        assert "MARKERCASE" not in text
        assert "MARKERtrafficking" not in text
        if stage not in TAKEN_ON:
            assert "MARKER" not in text, view
        if stage in CLOSED:
            assert (answer.get("triage"), answer.get("consent"), answer.get("groups", {})) == (None, None, {})


@pytest.mark.parametrize("stage", sorted(TAKEN_ON))
def test_the_receiver_reads_the_groups_of_the_consent_alone(house: ReferralDoor, stage: str) -> None:
    packet = house.world.receiver.packet(house.shared(stage))
    assert set(packet["groups"]) == CONSENTED
    # All groups are named, filled or not, so that the list does not tell what the packet holds.
    assert {entry["group"] for entry in packet["withheld"]} == {"caregiver", "health", "trafficking"}


def test_every_answer_to_a_receivers_action_is_the_receivers_view(house: ReferralDoor) -> None:
    world = house.world
    created = world.sender.create(world.body(consent=OVERRIDE))
    assert created.status_code == 201, created.text
    referral_id = created.json()["id"]
    assert world.sender.act(referral_id, "send").status_code == 200
    steps: list[tuple[str, Any]] = [
        ("acknowledge", None), ("accept", None), ("start", None), ("hold", {"reason_code": "waiting_for_child"}),
        ("resume", None), ("complete", {"outcome_code": "needs_met"}),
        ("give-feedback", {"summary": "All went well in the end"}),
    ]  # fmt: skip
    for action, body in steps:
        answer = world.receiver.act(referral_id, action, body)
        assert answer.status_code == 200, answer.text
        read = {name for name, value in answer.json().items() if value not in (None, [])}
        assert read <= RECEIVER_READS["Referral"]
        assert set(answer.json()["consent"] or {}) <= RECEIVER_READS["ConsentView"]
        assert "MARKER" not in answer.text
    assert "MARKERoverride" not in world.receiver.call("GET", f"/referrals/{referral_id}/packet").text
    assert world.sender.packet(referral_id)["override_reason"] == "MARKERoverride"


def test_withdrawal_closes_the_receivers_view_in_every_answer(house: ReferralDoor) -> None:
    referral_id = house.world.accepted()
    assert house.world.sender.act(referral_id, "withdraw-consent").status_code == 200
    for view, answer in answers_to_receiver(house, referral_id):
        assert "MARKER" not in json.dumps(answer), view
        assert not answer.get("triage"), view
        assert not answer.get("groups"), view


def test_a_repeated_action_shows_nothing_that_was_closed_since(house: ReferralDoor) -> None:
    referral_id, key = house.world.sent(), {"Idempotency-Key": new_uuid()}
    assert house.world.receiver.act(referral_id, "accept", headers=key).json()["triage"]
    assert house.world.sender.act(referral_id, "withdraw-consent").status_code == 200
    again = house.world.receiver.act(referral_id, "accept", headers=key)
    assert "psychosocial-support" not in again.text


def test_somebody_elses_key_gives_nobody_the_answer(house: ReferralDoor) -> None:
    referral_id, key = house.world.sent(), {"Idempotency-Key": new_uuid()}
    assert house.world.receiver.act(referral_id, "accept", headers=key).status_code == 200
    stolen = house.world.stranger.act(referral_id, "accept", headers=key)
    assert stolen.status_code == 404
    # The account's agency counts, not the account: who has moved to another agency has no part in it any more.
    moved = house.world.stranger.act(referral_id, "accept", headers=key, subject=house.world.receiver.id)
    assert moved.status_code == 404, moved.text


def test_a_webhook_secret_is_shown_once(door_of: OpenDoor) -> None:
    door = door_of("notify")
    assert isinstance(door, NotifyDoor)
    endpoint_id = door.shared("webhook endpoint")
    for name in ("notify.get_endpoint", "notify.list_endpoints", "notify.list_attempts"):
        answer = door.ask(OPERATIONS[name], endpoint_id, caller=OWN)
        assert answer.status_code == 200
        assert "secret" not in answer.text


def test_no_public_answer_holds_a_confidential_address(door_of: OpenDoor) -> None:
    door = door_of("directory")
    assert isinstance(door, DirectoryDoor)
    place = {"kind": "confidential", "municipality": "AL-tirane", "address_1": "MARKERstreet 5"}
    listing = door.keeper.publish(organization_id=door.organization_id, location=place)
    assert "MARKERstreet" in door.keeper.get(f"/listings/{listing['id']}").text
    paths = [
        f"/services/{listing['id']}", "/services?full=true&per_page=100", "/services?search=MARKERstreet",
        "/service_at_locations?per_page=100", f"/organizations/{door.organization_id}?full_service=true",
        "/services?format=ndjson&full=true",
    ]  # fmt: skip
    for path in paths:
        answer = door.client.get(path)
        assert answer.status_code == 200, f"{path}: {answer.text}"
        assert "MARKERstreet" not in answer.text, path
