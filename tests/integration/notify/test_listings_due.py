"""Who keeps listings is reminded to confirm them: in the inbox and by mail, once, with a count and no name."""

from __future__ import annotations

import uuid
from typing import Any

from chassis.clock import to_rfc3339
from chassis.events.envelope import Event
from chassis.inbox.apply import Outcome
from services.notify.adapters.email_smtp import MailServer, SmtpMailSender
from services.notify.domain.retry import Channel
from services.notify.entrypoints.asgi import create_app
from tests.integration.notify.conftest import RECEIVER, SENDER, Network, account
from tests.integration.notify.test_webhooks import register
from tests.support.smtp import smtp_server
from tests.support.tokens import TokenIssuer
from tests.support.webhook_receiver import webhook_receiver


def listings_due(network: Network, agency_id: str = RECEIVER, **changes: Any) -> Event:
    data = {
        "agency_id": agency_id,
        "listing_ids": [str(uuid.uuid4())],
        "count": 7,
        "overdue": 1,
        "confirm_by": "2026-03-05",
        "occurred_at": to_rfc3339(network.clock.now()),
        **changes,
    }
    return Event.new(
        type="listing.confirmation_due.v1",
        source="/services/directory",
        subject=agency_id,
        data=data,
        aggregate_version=1,
        clock=network.clock,
    )


def send_mails(network: Network, port: int) -> None:
    sender = SmtpMailSender(MailServer("127.0.0.1", port, "noreply@lidhja.example.org", False), clock=network.clock)
    while network.deliverer(mail_sender=sender).deliver_next(Channel.EMAIL):
        pass


def test_only_who_keeps_listings_is_told_and_once(network: Network) -> None:
    network.know_contacts()
    event = listings_due(network)
    outcomes = [network.deliver_event(event) for _ in range(3)]
    assert outcomes == [Outcome.APPLIED, Outcome.DUPLICATE, Outcome.DUPLICATE]
    assert network.told() == network.told("email") == ["officer.receiver"]


def test_administrators_are_told_where_nobody_keeps_listings(network: Network) -> None:
    network.know_contacts()
    network.deliver_event(listings_due(network, SENDER))
    assert network.told() == ["admin.sender"]


def test_no_webhook_is_called(network: Network) -> None:
    network.know_contacts()
    with webhook_receiver() as receiver:
        register(network, receiver)
        network.deliver_event(listings_due(network))
    assert network.told("webhook") == []


def test_a_reminder_waits_while_identity_is_down(network: Network) -> None:
    network.identity.is_down = True
    network.deliver_event(listings_due(network))
    assert network.told() == []
    network.identity.is_down = False
    network.fetch_contacts()
    assert network.told() == ["officer.receiver"]


def test_the_mail_says_how_many_and_by_when_and_where_to_sign_in(network: Network) -> None:
    network.know_contacts()
    event = listings_due(network)
    network.deliver_event(event)
    with smtp_server() as server:
        send_mails(network, server.port)
    (mail,) = server.mails
    body = str(mail.get_content()).replace("\r\n", "\n")
    assert "Listings of your agency wait to be confirmed: 7\nDue: 05.03.2026\n" in body
    assert "https://portal.example.org/listings/confirm\n" in body
    assert str(event.data["listing_ids"][0]) not in body


def test_the_inbox_leads_to_the_listings(network: Network) -> None:
    network.know_contacts()
    network.deliver_event(listings_due(network))
    client = create_app(network.container, verifier=(issuer := TokenIssuer()).verifier()).test_client()
    officer = issuer.bearer(agency_id=RECEIVER, scopes="notifications:read", subject=account("officer.receiver"))
    (entry,) = client.get("/inbox", headers=officer).json()["items"]
    assert entry["subject"] == {"type": "listings", "id": None, "reference": None, "count": 7}
    assert entry["text"] == "Listings to confirm: 7."


def test_a_mail_that_failed_for_good_is_told_to_administrators(network: Network) -> None:
    network.know_contacts()
    network.deliver_event(listings_due(network))
    with smtp_server({"RCPT": "550 no such user"}) as server:
        send_mails(network, server.port)
    assert network.told() == ["admin.receiver", "officer.receiver"]
    (failed,) = [data for event_type, data in network.emitted() if event_type == "notification.failed.v1"]
    assert failed["subject_id"] == RECEIVER
