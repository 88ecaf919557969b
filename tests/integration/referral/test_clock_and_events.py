"""The clock's work on a real database, and what other services' events change here."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from chassis.clock import to_rfc3339
from services.referral.application.watch_deadlines import watch_deadlines
from tests.support.postgres import temporary_database
from tests.support.referrals import World, new_uuid


@pytest.fixture
def world() -> Iterator[World]:
    """A world of one's own, for these tests move its clock by weeks."""
    with temporary_database() as url:
        world = World.create(url)
        yield world
        world.container.engine.dispose()


def tick(world: World, **forward: int) -> int:
    world.clock.advance(timedelta(**forward))  # type: ignore[attr-defined]
    return watch_deadlines(world.container.unit_of_work, world.clock)


def data_of(world: World, event_type: str) -> list[dict[str, Any]]:
    with world.container.engine.connect() as connection:
        rows = connection.execute(
            text("SELECT data FROM outbox WHERE type = :type ORDER BY position"), {"type": event_type}
        )
        return [row.data for row in rows]


def test_an_emergency_is_told_as_missed_once_each_and_never_expires(world: World) -> None:
    referral_id = world.sent(urgency="emergency")
    assert tick(world, minutes=59) == 0
    assert tick(world, minutes=2) == 1
    assert tick(world, minutes=1) == 0
    assert tick(world, days=365) == 1
    missed = data_of(world, "referral.deadline_missed.v1")
    assert [each["deadline"] for each in missed] == ["acknowledge", "decide"]
    assert missed[0]["actor_agency_id"] is None
    view = world.sender.read(referral_id).json()
    assert view["status"] == "sent"
    assert {due["state"] for due in view["due"]} == {"missed"}


def test_an_urgent_referral_nobody_decides_on_expires_and_comes_back_with_a_suggestion(world: World) -> None:
    referral_id = world.sent()
    tick(world, hours=73)
    assert world.sender.read(referral_id).json()["status"] == "sent"
    tick(world, hours=72)
    back = world.sender.read(referral_id).json()
    assert back["status"] == "expired"
    assert back["suggestion"]["needs"] == ["psychosocial-support"]
    assert world.receiver.read(referral_id).json()["triage"] is None
    assert world.receiver.packet(referral_id)["withheld"][0]["reason"] == "closed"
    assert len(data_of(world, "referral.expired.v1")) == 1


def test_on_hold_nothing_is_missed(world: World) -> None:
    referral_id = world.accepted()
    world.receiver.act(referral_id, "hold", {"reason_code": "waiting_for_documents"})
    assert tick(world, days=60) == 0
    states = {due["action"]: due["state"] for due in world.sender.read(referral_id).json()["due"]}
    assert states["first_contact"] == "paused"
    world.receiver.act(referral_id, "resume")
    assert tick(world, hours=71) == 0
    assert tick(world, hours=2) == 1


def test_two_clocks_at_once_tell_a_miss_once(world: World) -> None:
    import threading

    for _ in range(5):
        world.sent(urgency="emergency")
    world.clock.advance(timedelta(hours=2))  # type: ignore[attr-defined]
    clocks = [
        threading.Thread(target=watch_deadlines, args=(world.container.unit_of_work, world.clock)) for _ in range(3)
    ]
    for each in clocks:
        each.start()
    for each in clocks:
        each.join()
    assert len(data_of(world, "referral.deadline_missed.v1")) == 5


def test_events_name_no_child_and_fit_their_schemas(world: World) -> None:
    world.accepted()
    with world.container.engine.connect() as connection:
        rows = connection.execute(text("SELECT data, subject, correlation_id FROM outbox"))
        whole = "\n".join(str(value) for row in rows for value in row)
    assert "referral_id" in whole
    assert "MARKER" not in whole


def test_agencies_are_named_once_identity_told_of_them(world: World) -> None:
    referral_id = world.sent()
    told = {"agency_id": world.receiver.id, "name": "Agency B", "country": "AL", "kind": "ngo"}
    world.tell("agency.registered.v1", world.receiver.id, told)
    assert world.sender.read(referral_id).json()["receiving_agency"]["name"] == "Agency B"


def test_an_older_event_about_a_service_changes_nothing(world: World) -> None:
    service_id = world.publish(agency_id=world.receiver.id)
    gone = {"service_id": service_id, "organization_id": new_uuid(), "agency_id": None, "status": "withdrawn"}
    world.tell("service.withdrawn.v1", service_id, gone, version=5)
    world.publish(service_id=service_id, agency_id=world.receiver.id)
    with world.container.unit_of_work() as uow:
        listing = uow.listings.get(service_id)
    assert listing is not None
    assert not listing.is_published
    assert listing.name == "Counselling"


def test_a_delivery_stands_in_the_history(world: World) -> None:
    referral_id = world.sent()
    told = {
        "notification_id": new_uuid(), "event_id": new_uuid(), "subject_id": referral_id, "channel": "email",
        "recipient_agency_id": world.receiver.id, "occurred_at": to_rfc3339(world.clock.now()),
    }  # fmt: skip
    world.tell("notification.delivered.v1", referral_id, told)
    entries = world.sender.call("GET", f"/referrals/{referral_id}/history").json()["entries"]
    assert (entries[-1]["kind"], entries[-1]["action"]) == ("delivery", "delivered")
    assert entries[-1]["detail"]["channel"] == "email"
