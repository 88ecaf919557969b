"""What the API must refuse: data before acceptance, strangers, no scope or consent, stale and altered requests."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from tests.support.referrals import GROUPS, World, new_uuid


def assert_problem(answer: Any, status: int, slug: str) -> dict[str, Any]:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    body: dict[str, Any] = answer.json()
    assert body["type"].endswith("/" + slug), body
    assert "MARKER" not in answer.text
    return body


def doors(world: World, referral_id: str) -> list[str]:
    """Return what the receiving agency gets from every door there is."""
    paths = [f"/referrals/{referral_id}", f"/referrals/{referral_id}/packet", f"/referrals/{referral_id}/history"]
    paths.append("/referrals?direction=inbound&limit=100")
    return [world.receiver.call("GET", path).text for path in paths]


def test_before_acceptance_no_door_shows_the_receiver_anything_of_the_packet(world: World) -> None:
    referral_id = world.sent()
    world.receiver.act(referral_id, "acknowledge")
    for answer in doors(world, referral_id):
        assert "MARKER" not in answer
    packet = world.receiver.packet(referral_id)
    assert packet["groups"] == {}
    # Every group is named, filled or not: the list must not tell what the packet holds.
    assert packet["withheld"] == [{"group": group, "reason": "not_yet_accepted"} for group in GROUPS]
    assert world.receiver.read(referral_id).json()["triage"]["age_band"] == "12-14"


def test_a_draft_does_not_exist_for_the_agency_it_is_meant_for(world: World) -> None:
    referral_id = world.sender.create(world.body()).json()["id"]
    assert_problem(world.receiver.read(referral_id), 404, "not-found")
    assert_problem(world.receiver.act(referral_id, "accept"), 404, "not-found")


def test_a_cancelled_draft_stays_unknown_to_others_and_tells_nobody(world: World) -> None:
    referral_id = world.sender.create(world.body()).json()["id"]
    assert world.sender.act(referral_id, "cancel", {"reason_code": "need_changed"}).status_code == 200
    assert_problem(world.receiver.read(referral_id), 404, "not-found")
    assert world.events(referral_id) == []


ACTIONS: dict[str, Any] = {
    "send": None, "acknowledge": None, "accept": None, "reject": {"reason_code": "no_capacity"}, "start": None,
    "hold": {"reason_code": "safety"}, "resume": None, "complete": {"outcome_code": "needs_met"},
    "give-feedback": {"summary": "x"}, "fail": {"reason_code": "child_left"}, "cancel": {"reason_code": "other"},
    "withdraw-consent": None, "mark-entered-in-error": None, "appointment": {"status": "attended"},
}  # fmt: skip


@pytest.mark.parametrize("path", ["", "/packet", "/history"])
def test_a_strangers_read_looks_like_one_of_nothing(world: World, path: str) -> None:
    referral_id = world.accepted()
    theirs = world.stranger.call("GET", f"/referrals/{referral_id}{path}")
    nothing = world.stranger.call("GET", f"/referrals/{new_uuid()}{path}")
    mine, other = assert_problem(theirs, 404, "not-found"), assert_problem(nothing, 404, "not-found")
    mine.pop("correlation_id"), other.pop("correlation_id")
    assert mine == other


@pytest.mark.parametrize("action", ACTIONS)
def test_a_stranger_can_take_no_action(world: World, action: str) -> None:
    referral_id = world.accepted()
    assert_problem(world.stranger.act(referral_id, action, ACTIONS[action]), 404, "not-found")
    assert world.sender.read(referral_id).json()["status"] == "accepted"


def test_a_stranger_can_neither_list_nor_replace(world: World) -> None:
    referral_id = world.sender.create(world.body()).json()["id"]
    answer = world.stranger.call("PUT", f"/referrals/{referral_id}", world.body(), headers={"If-Match": '"1"'})
    assert_problem(answer, 404, "not-found")
    assert world.stranger.call("GET", "/referrals").json()["items"] == []


@pytest.mark.parametrize("action", ACTIONS)
def test_an_action_needs_the_scope_to_write(world: World, action: str) -> None:
    referral_id = world.sender.create(world.body()).json()["id"]
    answer = world.sender.act(referral_id, action, ACTIONS[action], scopes="referrals:read packets:read")
    assert_problem(answer, 403, "forbidden")


@pytest.mark.parametrize(
    ("path", "scopes"),
    [
        ("", "referrals:write packets:read"),
        ("/packet", "referrals:read referrals:write"),
        ("/history", "packets:read referrals:write"),
    ],
)
def test_a_read_needs_its_own_scope(world: World, path: str, scopes: str) -> None:
    referral_id = world.sent()
    answer = world.sender.call("GET", f"/referrals/{referral_id}{path}", scopes=scopes)
    assert_problem(answer, 403, "forbidden")


def test_without_a_token_there_is_nothing(world: World) -> None:
    assert_problem(world.client.get("/referrals"), 401, "unauthenticated")
    assert_problem(world.client.get("/events"), 401, "unauthenticated")
    assert_problem(world.sender.call("GET", "/events"), 403, "forbidden")


@pytest.mark.parametrize(
    ("change", "reason"),
    [({"basis": "best_interests"}, "override_reason_missing"), ({"data_groups": []}, "no_data_group"),
     ({"child_assent": "refused"}, "child_refused"), ({"data_groups": ["health"]}, "covers_nothing")],
)  # fmt: skip
def test_a_consent_with_a_fault_sends_nothing(world: World, change: dict[str, Any], reason: str) -> None:
    body = world.body()
    body["consent"] |= change
    referral_id = world.sender.create(body).json()["id"]
    problem = assert_problem(world.sender.act(referral_id, "send"), 422, "consent-missing")
    assert problem["reasons"] == [reason]


def test_without_consent_nothing_is_sent(world: World) -> None:
    referral_id = world.sender.create(world.body(consent=None)).json()["id"]
    problem = assert_problem(world.sender.act(referral_id, "send"), 422, "consent-missing")
    assert problem["reasons"] == ["no_consent"]


def test_a_group_the_consent_leaves_out_never_reaches_the_receiver(world: World) -> None:
    referral_id = world.accepted()
    assert "MARKERtrafficking" not in "".join(doors(world, referral_id))
    assert {"group": "trafficking", "reason": "no_consent"} in world.receiver.packet(referral_id)["withheld"]


def test_case_reference_and_override_reason_are_for_the_writers_own_agency(world: World) -> None:
    body = world.body()
    body["consent"] |= {"basis": "vital_interests", "override_reason": "MARKERoverride"}
    referral_id = world.sender.create(body).json()["id"]
    world.sender.act(referral_id, "send")
    world.receiver.act(referral_id, "accept")
    own, others = world.sender.packet(referral_id), world.receiver.packet(referral_id)
    assert (own["case_reference"], own["override_reason"]) == ("MARKERCASE-17", "MARKERoverride")
    assert "case_reference" not in others
    assert "override_reason" not in others


@pytest.mark.parametrize(
    ("agency", "action", "body", "reason"),
    [("sender", "withdraw-consent", None, "withdrawn"), ("receiver", "withdraw-consent", None, "withdrawn"),
     ("sender", "cancel", {"reason_code": "need_changed"}, "closed"),
     ("sender", "mark-entered-in-error", None, "closed")],
)  # fmt: skip
def test_an_end_without_success_closes_every_door_at_once(
    world: World, agency: str, action: str, body: Any, reason: str
) -> None:
    referral_id = world.accepted()
    assert "MARKERgiven" in str(world.receiver.packet(referral_id))
    assert getattr(world, agency).act(referral_id, action, body).status_code == 200
    assert "MARKER" not in "".join(doors(world, referral_id))
    packet = world.receiver.packet(referral_id)
    assert packet["groups"] == {}
    assert {entry["reason"] for entry in packet["withheld"]} == {reason}
    view = world.receiver.read(referral_id).json()
    assert view["triage"] is None
    assert view["consent"] is None


def test_after_a_rejection_the_receiver_sees_not_even_the_triage(world: World) -> None:
    referral_id = world.sent()
    world.receiver.act(referral_id, "reject", {"reason_code": "no_capacity"})
    assert world.receiver.read(referral_id).json()["triage"] is None
    assert_problem(world.receiver.act(referral_id, "accept"), 409, "illegal-transition")


def test_an_illegal_move_names_the_legal_ones(world: World) -> None:
    referral_id = world.sent()
    problem = assert_problem(world.receiver.act(referral_id, "start"), 409, "illegal-transition")
    assert problem["current_status"] == "sent"
    assert problem["allowed_actions"] == ["acknowledge", "accept", "reject", "withdraw_consent"]
    assert_problem(world.sender.act(referral_id, "accept"), 409, "illegal-transition")


def test_a_frozen_packet_cannot_be_replaced(world: World) -> None:
    referral_id = world.sent()
    answer = world.sender.call("PUT", f"/referrals/{referral_id}", world.body(), headers={"If-Match": '"2"'})
    assert_problem(answer, 409, "illegal-transition")


def test_a_repeated_key_with_another_body_is_refused_and_with_the_same_answered_again(world: World) -> None:
    key, body = new_uuid(), world.body()
    first = world.sender.create(body, key=key)
    again = world.sender.create(body, key=key)
    assert again.content == first.content
    assert again.headers["Idempotent-Replayed"] == "true"
    assert_problem(world.sender.create(world.body(urgency="routine"), key=key), 422, "idempotency-key-reused")
    assert_problem(world.sender.call("POST", "/referrals", body), 400, "idempotency-key-missing")


def test_a_repeated_action_with_its_key_happens_once(world: World) -> None:
    referral_id = world.sent()
    headers = {"Idempotency-Key": new_uuid()}
    first = world.receiver.act(referral_id, "accept", headers=headers)
    again = world.receiver.act(referral_id, "accept", headers=headers)
    assert (first.status_code, again.status_code) == (200, 200)
    assert world.events(referral_id).count("referral.accepted.v1") == 1
    assert_problem(world.receiver.act(referral_id, "accept"), 409, "illegal-transition")


def test_a_stale_version_is_refused(world: World) -> None:
    created = world.sender.create(world.body())
    path = f"/referrals/{created.json()['id']}"
    assert_problem(world.sender.call("PUT", path, world.body()), 428, "precondition-required")
    current = {"If-Match": created.headers["ETag"]}
    assert world.sender.call("PUT", path, world.body(urgency="routine"), headers=current).status_code == 200
    assert_problem(world.sender.call("PUT", path, world.body(), headers=current), 412, "stale-version")
    assert_problem(world.sender.call("POST", path + "/send", headers=current), 412, "stale-version")


@pytest.mark.parametrize(
    "change",
    [{"surprise": 1}, {"urgency": "whenever"}, {"triage": {"needs": [], "age_band": "12-14", "sex": "female"}},
     {"packet": {"secrets": {}}}, {"packet": {"identity": {"nickname": "x"}}}, {"service_id": "not-an-id"},
     {"case_reference": "<script>"}],
)  # fmt: skip
def test_an_unknown_field_or_value_is_refused(world: World, change: dict[str, Any]) -> None:
    assert_problem(world.sender.create(world.body(**change)), 400, "invalid-request")


def test_codes_and_moments_off_the_list_are_refused(world: World) -> None:
    referral_id = world.accepted()
    assert_problem(world.receiver.act(referral_id, "fail", {"reason_code": "because"}), 400, "invalid-request")
    assert_problem(world.receiver.act(referral_id, "complete", {}), 400, "invalid-request")
    bad = {"status": "scheduled", "at": "2026-02-31T09:00:00Z"}
    assert_problem(world.receiver.act(referral_id, "appointment", bad), 400, "invalid-request")
    assert_problem(world.receiver.call("GET", "/referrals?cursor=%3F%3F"), 400, "invalid-request")
    assert_problem(world.receiver.call("GET", "/referrals?colour=red"), 400, "invalid-request")


@pytest.mark.parametrize(
    ("changes", "reason"),
    [({}, "service_not_linked_to_an_agency"), ({"accepts_referrals": False}, "service_takes_no_referrals"),
     ({"agency_id": "own"}, "service_of_own_agency")],
)  # fmt: skip
def test_a_service_that_cannot_receive_gets_nothing(world: World, changes: dict[str, Any], reason: str) -> None:
    if changes.get("agency_id") == "own":
        changes = {"agency_id": world.sender.id}
    service_id = world.publish(**changes)
    referral_id = world.sender.create(world.body(service_id=service_id)).json()["id"]
    problem = assert_problem(world.sender.act(referral_id, "send"), 422, "service-not-available")
    assert problem["reason"] == reason


def test_an_unknown_or_withdrawn_service_gets_nothing(world: World) -> None:
    unknown = world.sender.create(world.body(service_id=new_uuid())).json()["id"]
    problem = assert_problem(world.sender.act(unknown, "send"), 422, "service-not-available")
    assert problem["reason"] == "service_unknown"
    service_id = world.publish(agency_id=world.receiver.id)
    gone = {"service_id": service_id, "organization_id": new_uuid(), "agency_id": None, "status": "withdrawn"}
    world.tell("service.withdrawn.v1", service_id, gone, version=2)
    withdrawn = world.sender.create(world.body(service_id=service_id)).json()["id"]
    problem = assert_problem(world.sender.act(withdrawn, "send"), 422, "service-not-available")
    assert problem["reason"] == "service_withdrawn"


def test_a_child_outside_the_service_warns_and_blocks_not(world: World) -> None:
    service_id = world.publish(agency_id=world.receiver.id, maximum_age=10, sex="male")
    referral_id = world.sender.create(world.body(service_id=service_id)).json()["id"]
    sent = world.sender.act(referral_id, "send")
    assert sent.status_code == 200
    codes = [warning["code"] for warning in sent.json()["warnings"]]
    assert codes[:2] == ["age_outside_service", "sex_outside_service"]


def test_after_retention_the_receivers_door_is_shut() -> None:
    from tests.support.postgres import temporary_database

    with temporary_database() as url:
        world = World.create(url)
        referral_id = world.accepted()
        world.receiver.act(referral_id, "complete", {"outcome_code": "needs_met"})
        assert "MARKERgiven" in str(world.receiver.packet(referral_id))
        world.clock.advance(timedelta(days=30))  # type: ignore[attr-defined]
        assert "MARKER" not in "".join(doors(world, referral_id))
        assert world.sender.packet(referral_id)["groups"]["identity"]
        world.container.engine.dispose()


def test_each_read_of_a_packet_is_on_record_with_its_purpose(world: World) -> None:
    referral_id = world.accepted()
    world.receiver.call("GET", f"/referrals/{referral_id}/packet?purpose=supervision")
    with world.container.engine.connect() as connection:
        found = connection.execute(
            text("SELECT agency_id, purpose FROM audit_record WHERE object_id = :id AND action = 'read_packet'"),
            {"id": referral_id},
        ).all()
    assert [(row.agency_id, row.purpose) for row in found] == [(world.receiver.id, "supervision")]
