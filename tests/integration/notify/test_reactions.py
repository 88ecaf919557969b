"""Each event is told to the right people, once, whether or not identity answers."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest

from chassis.events.envelope import Event
from chassis.inbox.apply import Outcome
from services.notify.domain.news import ENQUIRIES, KINDS
from tests.integration.notify.conftest import RECEIVER, SENDER, Network, account

EXAMPLES = Path(__file__).parents[3] / "openapi" / "examples" / "events"
SIDES = {
    "referring_agency_id": SENDER,
    "receiving_agency_id": RECEIVER,
    "actor_agency_id": SENDER,
    "actor_account_id": account("worker.sender"),
}


def an_account_event(network: Network, event_type: str, name: str, agency_id: str) -> Event:
    data = {"account_id": account(name), "agency_id": agency_id, "roles": ["caseworker"], "language": "en"}
    return Event.new(
        type=event_type,
        source="/services/identity",
        subject=account(name),
        data=data,
        aggregate_version=1,
        clock=network.clock,
    )


def test_the_same_event_delivered_five_times_tells_once(network: Network) -> None:
    network.know_contacts()
    event = network.referral_event()
    outcomes = [network.deliver_event(event) for _ in range(5)]
    assert outcomes == [Outcome.APPLIED] + [Outcome.DUPLICATE] * 4
    assert network.told() == network.told("email") == ["worker.receiver"]


def test_an_event_that_slips_past_the_inbox_still_tells_once(network: Network) -> None:
    network.know_contacts()
    event = network.referral_event()
    for _ in range(3):
        network.deliver_event(event)
        with network.container.unit_of_work() as uow:
            uow.connection.exec_driver_sql("DELETE FROM inbox")
            uow.commit()
    assert network.told() == network.told("email") == ["worker.receiver"]


def test_the_actor_and_his_side_are_not_told(network: Network) -> None:
    network.know_contacts()
    network.deliver_event(
        network.referral_event(
            "referral.accepted.v1", actor_agency_id=RECEIVER, actor_account_id=account("worker.receiver")
        )
    )
    assert network.told() == ["head.sender", "worker.sender"]


def test_of_a_missed_deadline_both_sides_are_told(network: Network) -> None:
    network.know_contacts()
    network.deliver_event(
        network.referral_event(
            "referral.deadline_missed.v1",
            actor_agency_id=None,
            actor_account_id=None,
            deadline="decide",
            due_at="2026-03-02T08:00:00Z",
        )
    )
    assert network.told() == ["head.sender", "worker.receiver", "worker.sender"]


@pytest.mark.parametrize("event_type", sorted(set(KINDS) - set(ENQUIRIES)))
def test_every_kind_of_news_reaches_somebody(network: Network, event_type: str) -> None:
    network.know_contacts()
    sample = json.loads((EXAMPLES / f"{event_type}.json").read_text(encoding="utf-8"))
    event = network.referral_event(event_type, **sample["data"] | SIDES)
    assert network.deliver_event(event) is Outcome.APPLIED
    assert "worker.receiver" in network.told()


def test_news_wait_while_identity_is_down_and_are_told_once_it_answers(network: Network) -> None:
    network.identity.is_down = True
    network.deliver_event(network.referral_event())
    network.fetch_contacts()
    assert network.told() == network.told("email") == []
    network.identity.is_down = False
    network.clock.advance(timedelta(minutes=1))
    network.fetch_contacts()
    assert network.told() == network.told("email") == ["worker.receiver"]


def test_known_people_are_told_while_identity_is_down(network: Network) -> None:
    network.know_contacts()
    network.identity.is_down = True
    network.deliver_event(an_account_event(network, "account.changed.v1", "worker.receiver", RECEIVER))
    network.fetch_contacts()
    network.deliver_event(network.referral_event())
    assert network.told() == ["worker.receiver"]


def test_identity_is_asked_less_and_less_often_while_it_is_down(network: Network) -> None:
    network.identity.is_down = True
    network.deliver_event(an_account_event(network, "account.created.v1", "worker.receiver", RECEIVER))
    for _ in range(600):
        network.fetch_contacts()
        network.clock.advance(timedelta(seconds=1))
    assert 8 < len(network.identity.asked) < 20


def test_an_account_event_during_a_fetch_fetches_once_more(network: Network) -> None:
    network.deliver_event(an_account_event(network, "account.created.v1", "worker.receiver", RECEIVER))
    with network.container.unit_of_work() as uow:
        due = uow.contacts.due_for_fetch(now=network.clock.now())
    assert due is not None
    network.deliver_event(an_account_event(network, "account.created.v1", "admin.receiver", RECEIVER))
    with network.container.unit_of_work() as uow:
        uow.contacts.fetched(RECEIVER, [], wanted=due[1], now=network.clock.now())
        assert uow.contacts.due_for_fetch(now=network.clock.now()) == (RECEIVER, due[1] + 1)


def test_a_disabled_account_is_not_told_even_while_identity_is_down(network: Network) -> None:
    network.know_contacts()
    network.identity.is_down = True
    network.deliver_event(an_account_event(network, "account.disabled.v1", "head.sender", SENDER))
    event = network.referral_event("referral.accepted.v1", actor_agency_id=RECEIVER)
    assert network.deliver_event(event) is Outcome.APPLIED
    assert network.told() == []
    assert network.told("email") == []


def test_where_there_is_nobody_to_tell_the_other_services_learn_of_it(network: Network) -> None:
    network.identity.accounts = [one for one in network.identity.accounts if one.agency_id == SENDER]
    network.know_contacts()
    event = network.referral_event()
    network.deliver_event(event)
    ((event_type, data),) = network.emitted()
    assert event_type == "notification.failed.v1"
    assert (data["reason"], data["event_id"], data["recipient_agency_id"]) == ("nobody-to-tell", event.id, RECEIVER)


def test_a_muted_mail_is_not_sent_but_the_inbox_shows_the_news(network: Network) -> None:
    network.know_contacts()
    with network.container.unit_of_work() as uow:
        uow.connection.exec_driver_sql(
            "INSERT INTO preference VALUES (%s, %s, 'en', ARRAY['new_referrals'], 1, now())",
            (account("worker.receiver"), RECEIVER),
        )
        uow.commit()
    network.deliver_event(network.referral_event())
    network.deliver_event(network.referral_event(urgency="emergency"))
    assert network.told() == ["worker.receiver"] * 2
    assert network.told("email") == ["worker.receiver"]


def test_a_reference_with_a_name_in_it_is_parked_and_told_to_nobody(network: Network) -> None:
    network.know_contacts()
    assert network.deliver_event(network.referral_event(reference="Ana Marku")) is Outcome.PARKED
    assert network.told() == []
