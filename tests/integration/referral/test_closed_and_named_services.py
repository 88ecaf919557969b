"""A service that is gone is told to both agencies of every open referral; one that is named is refused to others."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import text

from chassis.events.envelope import Event
from tests.support.postgres import temporary_database
from tests.support.referrals import World, new_uuid


@pytest.fixture
def world() -> Iterator[World]:
    with temporary_database() as url:
        world = World.create(url)
        yield world
        world.container.engine.dispose()


def withdraw(world: World, service_id: str, *, version: int, **more: Any) -> None:
    data = {"service_id": service_id, "organization_id": new_uuid(), "agency_id": None, "status": "withdrawn", **more}
    world.tell("service.withdrawn.v1", service_id, data, version=version)


def warned(world: World) -> list[dict[str, Any]]:
    statement = text("SELECT data FROM outbox WHERE type = 'referral.service_closed.v1' ORDER BY position")
    with world.container.engine.connect() as connection:
        return [row.data for row in connection.execute(statement)]


def test_a_referral_that_has_ended_or_was_never_sent_is_not_told_of(world: World) -> None:
    rejected = world.sent()
    world.receiver.act(rejected, "reject", {"reason_code": "no_capacity"})
    world.sender.create(world.body())
    withdraw(world, world.service_id, version=2)
    assert warned(world) == []


def test_both_agencies_of_every_open_referral_are_told_once(world: World) -> None:
    sent, accepted = world.sent(), world.sent()
    world.receiver.act(accepted, "accept")
    withdraw(world, world.service_id, version=2)
    told = {data["referral_id"]: data for data in warned(world)}
    assert set(told) == {sent, accepted}
    assert told[sent]["referring_agency_id"] == world.sender.id
    assert told[sent]["receiving_agency_id"] == world.receiver.id
    assert told[sent]["actor_agency_id"] is None
    assert told[accepted]["status"] == "accepted"
    withdraw(world, world.service_id, version=2)
    assert len(warned(world)) == 2, "what is known already warns nobody again"


def test_a_withdrawal_that_comes_late_warns_of_nothing(world: World) -> None:
    world.sent()
    published = {"service_id": world.service_id, "agency_id": world.receiver.id}
    republish(world, published, version=5)
    withdraw(world, world.service_id, version=4)
    assert warned(world) == []


def republish(world: World, changes: dict[str, Any], *, version: int) -> None:
    data = {
        "service_id": world.service_id, "organization_id": new_uuid(), "agency_id": world.receiver.id,
        "name": "Counselling", "organization_name": "An organization", "status": "published", "tier": "public",
        "country": "AL", "accepts_referrals": True, "minimum_age": None, "maximum_age": None, "sex": "any",
        "taxonomy_terms": ["counselling"], "languages": ["sq"], "municipality_codes": [], "capacity": None,
    } | changes  # fmt: skip
    world.tell("service.published.v1", data["service_id"], data, version=version)


def test_the_sender_reads_that_the_service_is_gone_and_what_to_look_for_instead(world: World) -> None:
    referral_id = world.sent()
    assert world.sender.read(referral_id).json()["service_status"] == "open"
    withdraw(world, world.service_id, version=2)
    view = world.sender.read(referral_id).json()
    assert view["service_status"] == "withdrawn"
    assert view["suggestion"]["needs"] == ["psychosocial-support"]
    other = world.receiver.read(referral_id).json()
    assert other["service_status"] == "withdrawn"
    assert other["suggestion"] is None
    history = world.receiver.call("GET", f"/referrals/{referral_id}/history").json()
    assert [entry["action"] for entry in history["entries"]].count("service_closed") == 1


def test_a_service_that_closes_for_a_time_is_told_of_once_and_taken_up_again(world: World) -> None:
    referral_id = world.sent()
    closed = {"cause": "closed", "reopens_at": "2026-09-01T06:00:00Z"}
    withdraw(world, world.service_id, version=2, **closed)
    view = world.receiver.read(referral_id).json()
    assert (view["service_status"], view["service_reopens_at"]) == ("closed", "2026-09-01T06:00:00Z")
    assert [data["service_status"] for data in warned(world)] == ["closed"]
    draft = world.sender.create(world.body()).json()
    assert world.sender.act(draft["id"], "send").json()["reason"] == "service_closed"
    withdraw(world, world.service_id, version=3)
    assert len(warned(world)) == 1, "that it leaves the directory while closed is no news to them"
    republish(world, {}, version=4)
    view = world.sender.read(referral_id).json()
    assert (view["service_status"], view["service_reopens_at"]) == ("open", None)
    withdraw(world, world.service_id, version=5)
    assert len(warned(world)) == 2


def test_a_referral_sent_while_the_service_closes_is_refused_or_warned_of(world: World) -> None:
    """Whichever of the two commits first, no referral ends up open to a closed service in silence."""
    drafts = [world.sender.create(world.body()).json()["id"] for _ in range(6)]
    answers: list[int] = []
    start = threading.Barrier(len(drafts) + 1)

    def send(referral_id: str) -> None:
        start.wait()
        answers.append(world.sender.act(referral_id, "send").status_code)

    threads = [threading.Thread(target=send, args=(referral_id,)) for referral_id in drafts]
    for thread in threads:
        thread.start()
    start.wait()
    withdraw(world, world.service_id, version=2)
    for thread in threads:
        thread.join()
    assert set(answers) <= {200, 422}
    assert len(warned(world)) == answers.count(200)


def merge_into(world: World, service_id: str, kept_id: str, *, version: int = 2) -> None:
    data = {"service_id": service_id, "organization_id": new_uuid(), "agency_id": None, "status": "withdrawn"}
    world.tell("service.withdrawn.v1", service_id, data | {"replaced_by": kept_id}, version=version)


def test_a_service_that_was_merged_has_not_closed(world: World) -> None:
    referral_id = world.sent()
    kept_id = world.publish(agency_id=world.receiver.id, name="Counselling centre")
    merge_into(world, world.service_id, kept_id)
    assert warned(world) == []
    view = world.sender.read(referral_id).json()
    assert view["service_status"] == "open"
    assert view["service"]["name"] == "Counselling centre"
    assert world.receiver.act(referral_id, "accept").status_code == 200


def test_what_is_sent_to_a_merged_service_arrives_at_the_one_that_was_kept(world: World) -> None:
    draft = world.sender.create(world.body()).json()
    kept_id = world.publish(agency_id=world.stranger.id)
    merge_into(world, world.service_id, kept_id)
    assert world.sender.act(draft["id"], "send").status_code == 200
    assert world.stranger.read(draft["id"]).status_code == 200
    assert world.receiver.read(draft["id"]).status_code == 404


def test_closing_the_kept_service_warns_those_who_sent_to_the_merged_one(world: World) -> None:
    first, second = (world.publish(agency_id=world.receiver.id) for _ in range(2))
    referral_id = world.sent()
    merge_into(world, world.service_id, first)
    merge_into(world, first, second)
    withdraw(world, second, version=2)
    assert [data["referral_id"] for data in warned(world)] == [referral_id]
    assert world.sender.read(referral_id).json()["service_status"] == "withdrawn"


def test_a_service_named_to_others_is_as_good_as_none(world: World) -> None:
    service_id = world.publish(agency_id=world.receiver.id, tier="named", referring_agencies=[world.stranger.id])
    draft = world.sender.create(world.body(service_id=service_id)).json()
    assert draft["service"]["name"] is None
    assert draft["service_status"] == "unknown"
    refused = world.sender.act(draft["id"], "send")
    absent = world.sender.create(world.body(service_id=new_uuid())).json()
    same = world.sender.act(absent["id"], "send")
    assert refused.status_code == same.status_code == 422
    assert refused.json()["reason"] == same.json()["reason"] == "service_unknown"


def test_an_agency_that_is_named_refers_to_it(world: World) -> None:
    service_id = world.publish(agency_id=world.receiver.id, tier="named", referring_agencies=[world.sender.id])
    referral_id = world.sent(service_id=service_id)
    assert world.sender.read(referral_id).json()["service"]["name"] == "Counselling"


def test_who_is_no_longer_named_sends_nothing_more_but_sees_what_was_sent(world: World) -> None:
    referral_id = world.sent()
    republish(world, {"tier": "named", "referring_agencies": [world.stranger.id]}, version=2)
    assert world.sender.read(referral_id).json()["service"]["name"] == "Counselling"
    draft = world.sender.create(world.body()).json()
    assert world.sender.act(draft["id"], "send").status_code == 422


def test_an_event_without_the_field_leaves_the_service_open_to_all(world: World) -> None:
    republish(world, {}, version=2)
    assert world.sent()


def test_a_redelivered_event_changes_nothing(world: World) -> None:
    world.sent()
    data = {"service_id": world.service_id, "organization_id": new_uuid(), "agency_id": None, "status": "withdrawn"}
    event = Event.new(
        type="service.withdrawn.v1", source="/services/directory", subject=world.service_id, data=data,
        aggregate_version=2, clock=world.clock,
    )  # fmt: skip
    outcomes = [world.container.applier().deliver(event, threading.Event()).value for _ in range(3)]
    assert outcomes == ["applied", "duplicate", "duplicate"]
    assert len(warned(world)) == 1
