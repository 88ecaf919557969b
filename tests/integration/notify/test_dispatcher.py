"""The dispatcher's threads: all that is due leaves, and they stop when told to."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import replace

from chassis.clock import SystemClock
from services.notify.adapters.email_smtp import MailServer, SmtpMailSender
from services.notify.domain.delivery import Verdict
from services.notify.domain.retry import Channel
from services.notify.entrypoints.dispatcher import Dispatcher
from tests.integration.notify.conftest import Network
from tests.integration.notify.test_webhooks import register
from tests.support.smtp import smtp_server
from tests.support.webhook_receiver import webhook_receiver


def eventually(condition: Callable[[], bool], seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"not so after {seconds} s"
        threading.Event().wait(0.05)


def test_contacts_mails_and_webhooks_all_leave_and_the_role_stops(network: Network) -> None:
    network = replace(network, container=replace(network.container, clock=SystemClock()))
    with smtp_server() as server, webhook_receiver() as receiver:
        register(network, receiver)
        sender = SmtpMailSender(
            MailServer("127.0.0.1", server.port, "noreply@lidhja.example.org", False), clock=SystemClock()
        )
        deliverer = network.deliverer(mail_sender=sender)
        stop = threading.Event()
        role = threading.Thread(target=Dispatcher(network.container, deliverer, network.identity).run, args=(stop,))
        role.start()
        try:
            for _ in range(20):
                network.deliver_event(network.referral_event())
            eventually(lambda: len(server.mails) == len(receiver.received) == 20)
            eventually(lambda: len(network.emitted()) == 40)
            started = time.monotonic()
            network.deliver_event(network.referral_event(urgency="emergency"))
            eventually(lambda: len(server.mails) == 21)
            assert time.monotonic() - started < 2
        finally:
            stop.set()
            role.join(15)
    assert not role.is_alive()
    assert len({str(mail["Message-ID"]) for mail in server.mails}) == 21


def test_senders_side_by_side_send_each_mail_once(network: Network) -> None:
    network = replace(network, container=replace(network.container, clock=SystemClock()))
    network.know_contacts()
    for _ in range(60):
        network.deliver_event(network.referral_event())
    sent: list[str] = []

    class Keeper:
        def send(self, letter: object) -> Verdict:
            sent.append(letter.delivery_id)  # type: ignore[attr-defined]
            return Verdict(accepted=True)

    deliverer = network.deliverer(mail_sender=Keeper())

    def work() -> None:
        while deliverer.deliver_next(Channel.EMAIL):
            pass

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(sent) == len(set(sent)) == 60
