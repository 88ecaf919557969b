"""A referral's way through the API, from draft to feedback, on a real database."""

from __future__ import annotations

from datetime import timedelta

from tests.support.referrals import World


def test_a_referral_goes_from_draft_to_feedback(world: World) -> None:
    sender, receiver = world.sender, world.receiver
    created = sender.create(world.body())
    assert created.status_code == 201, created.text
    draft = created.json()
    assert draft["status"] == "draft"
    assert created.headers["Location"] == f"/referrals/{draft['id']}"
    assert "send" in draft["allowed_actions"]

    sent = sender.act(draft["id"], "send").json()
    assert sent["status"] == "sent"
    assert [due["action"] for due in sent["due"]] == ["acknowledge", "decide"]
    assert {"code": "group_not_covered_by_consent", "group": "trafficking"} in sent["warnings"]

    world.clock.advance(timedelta(minutes=10))
    assert receiver.act(draft["id"], "acknowledge").json()["status"] == "acknowledged"
    accepted = receiver.act(draft["id"], "accept").json()
    assert accepted["status"] == "accepted"
    packet = receiver.packet(draft["id"])
    assert packet["groups"]["identity"]["given_name"] == "MARKERgiven"
    assert set(packet["groups"]) == {"identity", "contact", "situation"}
    assert {"group": "trafficking", "reason": "no_consent"} in packet["withheld"]

    appointment = receiver.act(draft["id"], "appointment", {"status": "scheduled", "at": "2026-03-05T09:00:00Z"})
    assert appointment.json()["appointment"] == {"status": "scheduled", "at": "2026-03-05T09:00:00Z"}
    assert receiver.act(draft["id"], "start").json()["status"] == "in_progress"
    assert receiver.act(draft["id"], "hold", {"reason_code": "waiting_for_child"}).json()["status"] == "on_hold"
    assert receiver.act(draft["id"], "resume").json()["status"] == "in_progress"
    completed = receiver.act(draft["id"], "complete", {"outcome_code": "needs_met"}).json()
    assert (completed["status"], completed["outcome_code"]) == ("completed", "needs_met")
    told = receiver.act(draft["id"], "give-feedback", {"summary": "MARKERfeedback"})
    assert told.status_code == 200, told.text
    assert sender.packet(draft["id"])["feedback"] == {"summary": "MARKERfeedback"}
    states = {due["action"]: due["state"] for due in sender.read(draft["id"]).json()["due"]}
    assert states == {"acknowledge": "met", "decide": "met", "first_contact": "met", "feedback": "met"}
    assert world.events(draft["id"]) == [
        "referral.sent.v1",
        "referral.acknowledged.v1",
        "referral.accepted.v1",
        "referral.appointment_changed.v1",
        "referral.started.v1",
        "referral.put_on_hold.v1",
        "referral.resumed.v1",
        "referral.completed.v1",
        "referral.feedback_given.v1",
    ]


def test_the_history_shows_who_did_what_and_who_read_the_packet(world: World) -> None:
    referral_id = world.accepted()
    world.receiver.packet(referral_id)
    entries = world.sender.call("GET", f"/referrals/{referral_id}/history").json()["entries"]
    assert [entry["action"] for entry in entries] == ["create", "send", "accept", "read_packet"]
    read = entries[-1]
    assert read["actor"]["agency_id"] == world.receiver.id
    assert read["actor"]["role"] == "caseworker"
    assert read["detail"]["purpose"] == "case_work"


def test_lists_page_through_everything_once_and_know_direction_and_status(world: World) -> None:
    ids = {world.sent() for _ in range(5)}
    seen: list[str] = []
    cursor = ""
    while True:
        query = f"/referrals?direction=inbound&status=sent&limit=2{cursor and '&cursor=' + cursor}"
        page = world.receiver.call("GET", query).json()
        seen += [item["id"] for item in page["items"]]
        if page["next_cursor"] is None:
            break
        cursor = page["next_cursor"]
    assert len(seen) == len(set(seen))
    assert ids <= set(seen)
    assert world.sender.call("GET", "/referrals?direction=inbound").json()["items"] == []
    assert world.sender.call("GET", "/referrals?status=draft,accepted&urgency=routine").json()["items"] == []


def test_a_transfer_moves_responsibility_on_acceptance(world: World) -> None:
    referral_id = world.sent(kind="transfer")
    assert world.sender.read(referral_id).json()["responsible_agency_id"] == world.sender.id
    world.receiver.act(referral_id, "accept")
    assert world.sender.read(referral_id).json()["responsible_agency_id"] == world.receiver.id
    assert "cancel" not in world.sender.read(referral_id).json()["allowed_actions"]


def test_a_rejected_referral_comes_back_with_what_to_search_next(world: World) -> None:
    referral_id = world.sent()
    world.receiver.act(referral_id, "reject", {"reason_code": "no_capacity"})
    back = world.sender.read(referral_id).json()
    assert back["reason_code"] == "no_capacity"
    assert back["suggestion"]["needs"] == ["psychosocial-support"]
    assert back["suggestion"]["except_service_id"] == world.service_id
    assert world.receiver.read(referral_id).json()["suggestion"] is None
