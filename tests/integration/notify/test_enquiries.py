"""Capacity enquiries are told to the agency asked, and answers to the asker: a reference, and nothing of the need."""

from __future__ import annotations

import json
import uuid
from typing import Any

import pytest

from chassis.clock import to_rfc3339
from chassis.events.envelope import Event
from chassis.inbox.apply import Outcome
from services.notify.adapters.email_smtp import MailServer, SmtpMailSender
from services.notify.adapters.webhook import HttpWebhookSender
from services.notify.domain.retry import Channel
from services.notify.entrypoints.asgi import create_app
from tests.integration.notify.conftest import RECEIVER, SENDER, Network, account
from tests.integration.notify.test_webhooks import register
from tests.support.smtp import smtp_server
from tests.support.tokens import TokenIssuer
from tests.support.webhook_receiver import webhook_receiver


def enquiry_event(network: Network, what: str = "sent", **changes: Any) -> Event:
    """An event of an enquiry that the sender's agency has put to the receiver's."""
    enquiry_id = str(uuid.uuid4())
    actor = {"sent": SENDER, "answered": RECEIVER, "closed": None}[what]
    data = {
        "enquiry_id": enquiry_id,
        "reference": "CE-7K3M-2Q9D",
        "status": "closed" if what == "closed" else "open",
        "urgency": "emergency",
        "asking_agency_id": SENDER,
        "asked_agency_id": None if what == "closed" else RECEIVER,
        "actor_account_id": None,
        "actor_agency_id": actor,
        "due_at": to_rfc3339(network.clock.now()),
        "occurred_at": to_rfc3339(network.clock.now()),
        **({"answer": "capacity"} if what == "answered" else {}),
        **changes,
    }
    return Event.new(
        type=f"capacity_enquiry.{what}.v1",
        source="/services/directory",
        subject=enquiry_id,
        data=data,
        aggregate_version=1,
        clock=network.clock,
    )


@pytest.mark.parametrize(
    ("what", "told"),
    [("sent", "receiver"), ("answered", "sender"), ("closed", "sender")],
)
def test_the_side_that_has_to_know_is_told_once(network: Network, what: str, told: str) -> None:
    network.know_contacts()
    event = enquiry_event(network, what)
    assert [network.deliver_event(event) for _ in range(2)] == [Outcome.APPLIED, Outcome.DUPLICATE]
    assert network.told()
    assert all(name.endswith(f".{told}") for name in network.told())
    assert network.told("email") == network.told()


def test_who_closes_an_enquiry_need_not_be_told(network: Network) -> None:
    network.know_contacts()
    network.deliver_event(enquiry_event(network, "closed", actor_agency_id=SENDER))
    assert network.told() == []


def test_the_mail_leads_to_the_enquiry_and_says_no_more(network: Network) -> None:
    network.know_contacts()
    event = enquiry_event(network)
    network.deliver_event(event)
    with smtp_server() as server:
        sender = SmtpMailSender(
            MailServer("127.0.0.1", server.port, "noreply@lidhja.example.org", False), clock=network.clock
        )
        while network.deliverer(mail_sender=sender).deliver_next(Channel.EMAIL):
            pass
    body = str(server.mails[0].get_content())
    assert f"https://portal.example.org/enquiries/{event.subject}" in body
    assert "CE-7K3M-2Q9D" in body


def test_the_inbox_names_the_enquiry_in_the_readers_language(network: Network) -> None:
    network.know_contacts()
    event = enquiry_event(network)
    network.deliver_event(event)
    client = create_app(network.container, verifier=(issuer := TokenIssuer()).verifier()).test_client()
    reader = network.told()[0]
    headers = issuer.bearer(agency_id=RECEIVER, scopes="notifications:read", subject=account(reader))
    (entry,) = client.get("/inbox", headers=headers).json()["items"]
    subject = {"type": "enquiry", "id": event.subject, "reference": "CE-7K3M-2Q9D", "count": None}
    assert entry["subject"] == subject
    assert "CE-7K3M-2Q9D" in entry["text"]


def test_a_webhook_gets_the_enquirys_id(network: Network) -> None:
    network.know_contacts()
    with webhook_receiver() as receiver:
        register(network, receiver)
        event = enquiry_event(network)
        network.deliver_event(event)
        sender = HttpWebhookSender(network.container.guard)
        while network.deliverer(webhook_sender=sender).deliver_next(Channel.WEBHOOK):
            pass
        (call,) = receiver.received
    assert json.loads(call.body)["data"] == {
        "enquiry_id": event.subject, "reference": "CE-7K3M-2Q9D", "status": "open", "urgency": "emergency",
    }  # fmt: skip
