"""Dead letters are shown, replayed in order, and gone once their event has taken effect."""

from __future__ import annotations

import io
import threading

import pytest
from sqlalchemy import func, select

from chassis.events.log import Record
from chassis.inbox.dead_letters import dead_letters_command, list_dead_letters, replay
from chassis.inbox.table import dead_letter
from chassis.outbox.table import event_of_row, outbox
from tests.integration.events.things import ThingService

pytestmark = pytest.mark.parametrize("event_log", ["postgres"], indirect=True)


@pytest.fixture
def parked(things: ThingService) -> ThingService:
    """Two bad keys with two events each, parked; one good key that flowed."""
    things.poison = {"bad", "worse"}
    things.emit("bad", "worse", "good", "bad", "worse")
    with things.engine.connect() as connection:
        events = [event_of_row(row) for row in connection.execute(select(outbox).order_by(outbox.c.position))]
    for event in events:
        things.applier.deliver(event, threading.Event())
    assert things.effects() == {"good": [1]}
    return things


def _count(things: ThingService) -> int:
    return int(things.scalar(select(func.count()).select_from(dead_letter)))


def test_a_replay_that_fails_again_keeps_the_letters_and_counts_the_attempt(parked: ThingService) -> None:
    report = replay(parked.applier)
    assert (report.applied, report.stuck_keys) == (0, ("bad", "worse"))
    with parked.engine.connect() as connection:
        letters = list_dead_letters(connection, "reader")
    assert [(letter.key, letter.attempts) for letter in letters] == [
        ("bad", 4),
        ("worse", 4),
        ("bad", 0),
        ("worse", 0),
    ]


def test_one_key_is_replayed_in_order_and_the_other_stays(parked: ThingService) -> None:
    parked.poison = set()
    assert replay(parked.applier, key="bad").applied == 2
    assert parked.effects() == {"good": [1], "bad": [1, 2]}
    assert _count(parked) == 2


def test_after_a_replay_the_key_flows_again(parked: ThingService) -> None:
    parked.poison = set()
    assert dead_letters_command(["replay"], applier=parked.applier, output=io.StringIO()) == 0
    assert _count(parked) == 0
    assert parked.effects() == {"good": [1], "bad": [1, 2], "worse": [1, 2]}


def test_a_letter_delivered_again_is_parked_once(parked: ThingService) -> None:
    with parked.engine.connect() as connection:
        events = [event_of_row(row) for row in connection.execute(select(outbox))]
    for event in events:
        parked.applier.deliver(event, threading.Event())
    assert _count(parked) == 4


def test_the_list_names_fault_and_place_and_no_text_of_the_fault(parked: ThingService) -> None:
    out = io.StringIO()
    assert dead_letters_command(["list"], applier=parked.applier, output=out) == 0
    assert "ValueError at things.py" in out.getvalue()
    assert "a handler's fault" not in out.getvalue()
    assert "4 parked" in out.getvalue()


def test_a_message_that_is_no_event_is_parked_and_can_be_discarded(things: ThingService) -> None:
    record = Record("t", 0, 7, "k", {"content-type": "application/json"}, b"\xff")
    consumer = things.consumer()
    consumer._deliver(record, threading.Event())
    consumer._deliver(record, threading.Event())
    assert _count(things) == 1
    assert dead_letters_command(["replay"], applier=things.applier, output=io.StringIO()) == 1
    discard = ["discard", "--event", record.stable_id()]
    assert dead_letters_command(discard, applier=things.applier, output=io.StringIO()) == 0
    assert _count(things) == 0
