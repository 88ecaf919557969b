"""Webhooks as Standard Webhooks 1.0.0 has them, judged by its own library."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from standardwebhooks import Webhook

from chassis.principal import Principal
from chassis.settings import parse_networks
from services.notify.adapters.address_guard import AddressGuard
from services.notify.adapters.webhook import HttpWebhookSender
from services.notify.application.ports import WebhookCall
from services.notify.application.subscribe import register_endpoint, try_endpoint
from services.notify.domain.delivery import Delivery, Reason, Status, Verdict
from services.notify.domain.retry import Channel
from services.notify.domain.webhook_endpoint import WebhookEndpoint, written_secret
from tests.integration.notify.conftest import RECEIVER, Network
from tests.support.smtp import certificate_for
from tests.support.webhook_receiver import Receiver, answer, webhook_receiver

ADMIN = Principal("admin", RECEIVER, frozenset(), frozenset(), "portal")
LOOPBACK = AddressGuard(parse_networks("127.0.0.0/8"))


def register(network: Network, receiver: Receiver, path: str = "/hook") -> WebhookEndpoint:
    with network.container.unit_of_work() as uow:
        return register_endpoint(
            uow,
            principal=ADMIN,
            url=f"http://127.0.0.1:{receiver.port}{path}",
            description="",
            check_address=network.container.guard.check,
            clock=network.clock,
        )


def send(network: Network, timeout: float = 5.0) -> Delivery | None:
    sender = HttpWebhookSender(network.container.guard, timeout_seconds=timeout)
    return network.deliverer(webhook_sender=sender).deliver_next(Channel.WEBHOOK)


def call(receiver: Receiver, *, timeout: float = 5.0) -> Verdict:
    order = WebhookCall("id", f"http://127.0.0.1:{receiver.port}/", b"s" * 32, b"{}")
    return HttpWebhookSender(LOOPBACK, timeout_seconds=timeout).send(order, now=datetime.now(UTC))


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_a_failure_and_is_not_followed(status: int) -> None:
    with webhook_receiver() as inside:
        with webhook_receiver(answer(status, f"Location: http://127.0.0.1:{inside.port}/")) as receiver:
            assert call(receiver) == Verdict(reason=Reason.REDIRECTED, response_code=status)
        assert inside.connections == 0


@pytest.mark.parametrize("status", [100, 400, 401, 404, 500])
def test_nothing_but_2xx_is_success(status: int) -> None:
    with webhook_receiver(answer(status)) as receiver:
        verdict = call(receiver, timeout=1)
    assert not verdict.accepted
    assert not verdict.permanent


def drip(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\n")
    for _ in range(200):
        connection.sendall(b"X-Drip: 1\r\n")
        time.sleep(0.05)


def stay_silent(connection: socket.socket) -> None:
    connection.recv(1)


def flood(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n")
    while True:
        connection.sendall(b"x" * 65536)


def hang_up(connection: socket.socket) -> None:
    connection.shutdown(socket.SHUT_RDWR)


@pytest.mark.parametrize("behaviour", [drip, stay_silent])
def test_an_answer_that_does_not_come_to_an_end_is_cut_off(behaviour: Callable[[socket.socket], None]) -> None:
    with webhook_receiver(behaviour) as receiver:
        started = time.monotonic()
        verdict = call(receiver, timeout=0.5)
        assert time.monotonic() - started < 3
    assert verdict == Verdict(reason=Reason.TIMEOUT)


def test_a_huge_answer_is_not_read_to_its_end() -> None:
    with webhook_receiver(flood) as receiver:
        started = time.monotonic()
        assert call(receiver).accepted
        assert time.monotonic() - started < 2


@pytest.mark.parametrize("reply", [hang_up, b"garbage\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab"])
def test_half_an_answer_is_no_answer(reply: bytes | Callable[[socket.socket], None]) -> None:
    with webhook_receiver(reply) as receiver:
        assert call(receiver) == Verdict(reason=Reason.CONNECTION_FAILED)


@pytest.mark.parametrize(
    ("header", "pause"),
    [
        ("120", timedelta(minutes=2)),
        ("Mon, 02 Mar 2026 13:00:00 GMT", timedelta(hours=4)),
        ("soon", None),
        ("-5", None),
    ],
)
def test_retry_after_is_read_in_both_of_its_forms(header: str, pause: timedelta | None) -> None:
    order = "http://127.0.0.1:{}/"
    with webhook_receiver(answer(429, f"Retry-After: {header}")) as receiver:
        verdict = HttpWebhookSender(LOOPBACK).send(
            WebhookCall("id", order.format(receiver.port), b"s" * 32, b"{}"), now=datetime(2026, 3, 2, 9, tzinfo=UTC)
        )
    assert verdict == Verdict(reason=Reason.THROTTLED, response_code=429, retry_after=pause)


def test_a_certificate_that_nobody_vouches_for_is_refused(tmp_path: Path) -> None:
    server_tls, client_tls = certificate_for("hooks.example.org", tmp_path)
    guard = AddressGuard(parse_networks("127.0.0.0/8"), resolve=lambda _: ["127.0.0.1"])
    with webhook_receiver(tls=server_tls) as receiver:
        order = WebhookCall("id", f"https://hooks.example.org:{receiver.port}/", b"s" * 32, b"{}")
        assert HttpWebhookSender(guard).send(order, now=datetime.now(UTC)) == Verdict(reason=Reason.TLS_FAILED)
        elsewhere = WebhookCall("id", f"https://other.example.org:{receiver.port}/", b"s" * 32, b"{}")
        wrong_name = HttpWebhookSender(guard, tls=client_tls).send(elsewhere, now=datetime.now(UTC))
        assert wrong_name == Verdict(reason=Reason.TLS_FAILED)
        assert receiver.received == []
        assert HttpWebhookSender(guard, tls=client_tls).send(order, now=datetime.now(UTC)).accepted
        assert receiver.received[0].headers["host"] == f"hooks.example.org:{receiver.port}"


def test_the_official_library_accepts_our_signature_and_no_other(network: Network) -> None:
    network.clock.set(datetime.now(UTC))
    with webhook_receiver() as receiver:
        endpoint = register(network, receiver)
        network.deliver_event(network.referral_event(urgency="urgent"))
        assert send(network).status is Status.DELIVERED  # type: ignore[union-attr]
    (request,) = receiver.received
    judge = Webhook(written_secret(endpoint.secret))
    assert judge.verify(request.body, request.headers) == json.loads(request.body)
    for forged in (request.body.replace(b"urgent", b"routine"), request.body + b" "):
        with pytest.raises(Exception, match="No matching signature"):
            judge.verify(forged, request.headers)
    with pytest.raises(Exception, match="No matching signature"):
        Webhook(written_secret(b"x" * 32)).verify(request.body, request.headers)


def test_the_payload_is_thin(network: Network) -> None:
    with webhook_receiver() as receiver:
        register(network, receiver)
        event = network.referral_event()
        network.deliver_event(event)
        send(network)
    body = json.loads(receiver.received[0].body)
    assert body == {
        "type": "referral.sent.v1",
        "timestamp": "2026-03-02T09:00:00Z",
        "data": {"referral_id": event.subject, "reference": "LR-7K3M-2Q9D", "status": "sent", "urgency": "routine"},
    }


def test_retries_carry_the_same_id_and_body_with_a_new_timestamp(network: Network) -> None:
    with webhook_receiver(answer(503), answer(500), answer(204)) as receiver:
        register(network, receiver)
        network.deliver_event(network.referral_event())
        statuses = []
        for _ in range(3):
            statuses.append(send(network).status.value)  # type: ignore[union-attr]
            network.clock.advance(timedelta(minutes=5))
    assert statuses == ["temporary-failure", "temporary-failure", "delivered"]
    assert len({request.headers["webhook-id"] for request in receiver.received}) == 1
    assert len({request.body for request in receiver.received}) == 1
    assert len({request.headers["webhook-timestamp"] for request in receiver.received}) == 3
    assert [row.number for row in network.rows("SELECT number FROM delivery_attempt ORDER BY id")] == [1, 2, 3]


def test_an_endpoint_that_never_answers_is_given_up_after_16_attempts_and_told(network: Network) -> None:
    network.know_contacts()
    with webhook_receiver(answer(500)) as receiver:
        register(network, receiver)
        network.deliver_event(network.referral_event())
        attempts = 0
        while send(network):
            attempts += 1
            network.clock.advance(timedelta(hours=30))
    assert attempts == 16
    ((event_type, data),) = network.emitted()
    assert (event_type, data["reason"], data["channel"]) == ("notification.failed.v1", "gave-up", "webhook")
    assert network.told() == ["admin.receiver", "worker.receiver"]


def test_gone_disables_the_endpoint_and_ends_what_waits(network: Network) -> None:
    with webhook_receiver(answer(500), answer(410)) as receiver:
        register(network, receiver)
        for _ in range(3):
            network.deliver_event(network.referral_event())
        assert send(network).status is Status.TEMPORARY_FAILURE  # type: ignore[union-attr]
        assert [send(network).status for _ in range(3)] == [Status.PERMANENT_FAILURE] * 3  # type: ignore[union-attr]
        assert receiver.connections == 2
        network.deliver_event(network.referral_event())
        assert send(network) is None
    assert {data["reason"] for _, data in network.emitted()} == {"endpoint-gone"}


def test_a_test_delivery_that_arrives_makes_a_disabled_endpoint_active(network: Network) -> None:
    with webhook_receiver() as receiver:
        endpoint = register(network, receiver)
        with network.container.unit_of_work() as uow:
            uow.endpoints.set_disabled(endpoint.id, network.clock.now())
            try_endpoint(uow, principal=ADMIN, endpoint_id=endpoint.id, clock=network.clock)
        assert send(network).status is Status.DELIVERED  # type: ignore[union-attr]
    assert json.loads(receiver.received[0].body)["data"] == {}
    assert network.emitted() == []
    with network.container.unit_of_work() as uow:
        assert uow.endpoints.get(endpoint.id).is_active  # type: ignore[union-attr]


def test_one_endpoint_gets_one_request_at_a_time(network: Network) -> None:
    with webhook_receiver() as receiver:
        register(network, receiver)
        for _ in range(2):
            network.deliver_event(network.referral_event())
        with network.container.unit_of_work() as uow:
            first = uow.deliveries.claim(Channel.WEBHOOK, now=network.clock.now(), lease=timedelta(minutes=2))
            second = uow.deliveries.claim(Channel.WEBHOOK, now=network.clock.now(), lease=timedelta(minutes=2))
    assert first is not None
    assert second is None


def test_a_private_network_is_not_called_unless_it_was_opened(network: Network) -> None:
    with webhook_receiver() as receiver:
        register(network, receiver)
        network.deliver_event(network.referral_event())
        closed = network.with_settings(webhook_allowed_networks=())
        assert send(closed).status is Status.TEMPORARY_FAILURE  # type: ignore[union-attr]
        assert receiver.connections == 0
    assert [row.reason for row in network.rows("SELECT reason FROM delivery_attempt")] == ["address-refused"]
