"""No planted word leaves: not by mail, webhook, event, inbox or log."""

from __future__ import annotations

import io
import json
import logging
from typing import Any

import pytest

from chassis.inbox.apply import Outcome
from chassis.logs import JsonFormatter
from services.notify.adapters.email_smtp import MailServer, SmtpMailSender
from services.notify.adapters.webhook import HttpWebhookSender
from services.notify.domain.news import KINDS
from services.notify.domain.retry import Channel
from services.notify.entrypoints.asgi import create_app
from tests.integration.notify.conftest import RECEIVER, SENDER, Network, account
from tests.integration.notify.test_reactions import EXAMPLES, SIDES
from tests.integration.notify.test_webhooks import register
from tests.support.smtp import smtp_server
from tests.support.tokens import TokenIssuer
from tests.support.webhook_receiver import answer, webhook_receiver

MARKER = "zvezdana"


def planted(event_type: str) -> dict[str, Any]:
    """Return an event's data with a marker wherever a careless producer could put one."""
    sample = json.loads((EXAMPLES / f"{event_type}.json").read_text(encoding="utf-8"))["data"]
    extra = {name: f"{MARKER}-{name}" for name in ("child_name", "service_name", "note", "phone", "actor_name")}
    return {**sample, **SIDES, **extra, "service_type": {"name": MARKER}, "summary": [MARKER]}


@pytest.fixture
def log(network: Network) -> Any:
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonFormatter("notify"))
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield stream
    root.removeHandler(handler)
    root.setLevel(level)


def test_no_planted_word_leaves(network: Network, log: io.StringIO) -> None:
    network.know_contacts()
    with smtp_server() as server, webhook_receiver(answer(500, body=MARKER.encode()), answer(204)) as receiver:
        register(network, receiver)
        for event_type in sorted(KINDS):
            assert network.deliver_event(network.referral_event(event_type, **planted(event_type))) is Outcome.APPLIED
        # A value of the wrong kind is refused and parked; the refusal must not repeat it.
        network.deliver_event(network.referral_event(reference=MARKER))
        sender = SmtpMailSender(
            MailServer("127.0.0.1", server.port, "noreply@lidhja.example.org", False), clock=network.clock
        )
        deliverer = network.deliverer(mail_sender=sender, webhook_sender=HttpWebhookSender(network.container.guard))
        for channel in (Channel.EMAIL, Channel.WEBHOOK):
            while deliverer.deliver_next(channel):
                pass
        client = create_app(network.container, verifier=(issuer := TokenIssuer()).verifier()).test_client()
        headers = issuer.bearer(agency_id=RECEIVER, scopes="notifications:read", subject=account("worker.receiver"))
        inbox = client.get("/inbox?limit=100", headers=headers)
    assert len(server.raw) > 10
    assert len(receiver.received) > 10
    assert len(inbox.json()["items"]) > 10
    told = [
        *server.raw,
        *(request.body + repr(request.headers).encode() for request in receiver.received),
        inbox.content,
        json.dumps(network.emitted()).encode(),
        log.getvalue().encode(),
    ]
    for leak in told:
        assert MARKER.encode() not in leak.lower()
    for table in ("announcement", "inbox_entry", "delivery", "delivery_attempt"):
        assert MARKER not in repr(network.rows(f"SELECT * FROM {table}"))


def test_addresses_of_staff_are_in_no_log_and_no_event(network: Network, log: io.StringIO) -> None:
    network.know_contacts()
    network.deliver_event(network.referral_event())
    with smtp_server({"RCPT": "550 worker.receiver@demo.example.org is unknown"}) as server:
        sender = SmtpMailSender(
            MailServer("127.0.0.1", server.port, "noreply@lidhja.example.org", False), clock=network.clock
        )
        network.deliverer(mail_sender=sender).deliver_next(Channel.EMAIL)
    assert "worker.receiver" not in json.dumps(network.emitted())
    assert "worker.receiver" not in log.getvalue()
    assert SENDER not in repr(network.rows("SELECT * FROM delivery_attempt"))
