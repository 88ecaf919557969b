"""Mails: every failure of the mail server gets the right verdict, and a mail is never lost nor told twice in vain."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from services.notify.adapters.email_smtp import MailServer, SmtpMailSender
from services.notify.application.deliver import LEASE
from services.notify.application.ports import Letter
from services.notify.domain.delivery import Delivery, Reason, Status, Verdict
from services.notify.domain.message import Language
from services.notify.domain.retry import Channel
from tests.integration.notify.conftest import RECEIVER, Network, account
from tests.support.smtp import DROP, ScriptedServer, certificate_for, smtp_server

LETTER = Letter(
    "0190a7c2-7f00-7000-8000-00000000d001", "to@demo.example.org", "Subject", "Body\n.\n..\n", Language.ENGLISH, False
)


def a_sender(network: Network, server: ScriptedServer, **changes: object) -> SmtpMailSender:
    values = {
        "host": "127.0.0.1",
        "port": server.port,
        "sender": "noreply@lidhja.example.org",
        "requires_starttls": False,
    }
    tls = changes.pop("tls", None)
    return SmtpMailSender(MailServer(**{**values, **changes}), clock=network.clock, tls=tls)  # type: ignore[arg-type]


@pytest.mark.parametrize("verb", ["MAIL", "RCPT", "DATA", "TAKEN"])
@pytest.mark.parametrize("reply", ["421 closing", "450 busy", "451 later", "452 full", DROP])
def test_what_may_pass_is_tried_again(network: Network, verb: str, reply: str) -> None:
    with smtp_server({verb: reply}) as server:
        verdict = a_sender(network, server).send(LETTER)
    assert not verdict.accepted
    assert not verdict.permanent


@pytest.mark.parametrize("verb", ["RCPT", "DATA"])
@pytest.mark.parametrize("reply", ["550 no such user", "552 too large", "554 refused"])
def test_a_refusal_of_recipient_or_mail_is_for_good(network: Network, verb: str, reply: str) -> None:
    with smtp_server({verb: reply}) as server:
        verdict = a_sender(network, server).send(LETTER)
    assert verdict == Verdict(permanent=True, reason=Reason.REFUSED, response_code=int(reply[:3]))


@pytest.mark.parametrize("reply", ["530 authenticate first", "550 sender not welcome"])
def test_a_refusal_of_ourselves_waits_for_somebody_to_repair_it(network: Network, reply: str) -> None:
    with smtp_server({"MAIL": reply}) as server:
        verdict = a_sender(network, server).send(LETTER)
    assert not verdict.permanent
    assert verdict.response_code == int(reply[:3])


def test_credentials_that_are_refused_wait_for_somebody_to_repair_them(network: Network) -> None:
    with smtp_server() as server:
        verdict = a_sender(network, server, username="u", password="p").send(LETTER)
    assert not verdict.accepted
    assert not verdict.permanent


def test_a_server_that_is_not_there_is_tried_again(network: Network) -> None:
    verdict = a_sender(network, ScriptedServer(port=1)).send(LETTER)
    assert verdict == Verdict(reason=Reason.CONNECTION_FAILED)


def test_without_starttls_nothing_is_sent_where_it_is_required(network: Network) -> None:
    with smtp_server() as server:
        verdict = a_sender(network, server, requires_starttls=True).send(LETTER)
    assert verdict == Verdict(reason=Reason.TLS_FAILED)
    assert server.mails == []


def test_a_certificate_that_nobody_vouches_for_is_refused(network: Network, tmp_path: Path) -> None:
    server_tls, _ = certificate_for("localhost", tmp_path)
    with smtp_server(tls=server_tls) as server:
        verdict = a_sender(network, server, host="localhost", requires_starttls=True).send(LETTER)
    assert verdict == Verdict(reason=Reason.TLS_FAILED)
    assert server.mails == []


def test_a_certificate_for_another_name_is_refused(network: Network, tmp_path: Path) -> None:
    server_tls, client_tls = certificate_for("mail.example.org", tmp_path)
    with smtp_server(tls=server_tls) as server:
        verdict = a_sender(network, server, host="localhost", requires_starttls=True, tls=client_tls).send(LETTER)
    assert verdict == Verdict(reason=Reason.TLS_FAILED)


def test_mail_travels_encrypted_where_it_is_required(network: Network, tmp_path: Path) -> None:
    server_tls, client_tls = certificate_for("localhost", tmp_path)
    with smtp_server(tls=server_tls) as server:
        verdict = a_sender(network, server, host="localhost", requires_starttls=True, tls=client_tls).send(LETTER)
    assert verdict.accepted
    assert server.was_encrypted == [True]


@pytest.mark.parametrize("to", ["a@b.test\r\nBcc: x@y.test", "nobody", "", "ана@пример.test", "a b@c.test"])
def test_an_address_that_is_none_is_refused_for_good(network: Network, to: str) -> None:
    with smtp_server() as server:
        verdict = a_sender(network, server).send(Letter("id", to, "s", "b", Language.ENGLISH, False))
    assert verdict.permanent
    assert server.mails == []


@pytest.fixture
def send_mails(network: Network) -> Callable[[ScriptedServer], Delivery | None]:
    def send(server: ScriptedServer) -> Delivery | None:
        return network.deliverer(mail_sender=a_sender(network, server)).deliver_next(Channel.EMAIL)

    return send


def test_a_kill_between_claim_and_record_sends_again_under_the_same_message_id(network: Network) -> None:
    network.know_contacts()
    network.deliver_event(network.referral_event())

    class Killed(BaseException):
        """What a kill looks like from inside: nothing after it runs."""

    with smtp_server() as server:
        sender = a_sender(network, server)

        class KilledAfterSending:
            def send(self, letter: Letter) -> Verdict:
                sender.send(letter)
                raise Killed

        with pytest.raises(Killed):
            network.deliverer(mail_sender=KilledAfterSending()).deliver_next(Channel.EMAIL)
        again = network.deliverer(mail_sender=sender)
        assert again.deliver_next(Channel.EMAIL) is None, "the claim holds while its lease runs"
        network.clock.advance(LEASE)
        finished = again.deliver_next(Channel.EMAIL)
        assert again.deliver_next(Channel.EMAIL) is None
    assert finished is not None
    assert finished.status is Status.DELIVERED
    assert len({str(mail["Message-ID"]) for mail in server.mails}) == 1
    assert len(server.mails) == 2
    assert [event_type for event_type, _ in network.emitted()] == ["notification.delivered.v1"]


def test_a_sender_whose_lease_ran_out_does_not_overwrite_the_record(network: Network) -> None:
    network.know_contacts()
    network.deliver_event(network.referral_event())
    with smtp_server() as server:
        other = network.deliverer(mail_sender=a_sender(network, server))

        class SlowFailure:
            def send(self, letter: Letter) -> Verdict:
                network.clock.advance(LEASE)
                assert other.deliver_next(Channel.EMAIL) is not None
                return Verdict(permanent=True, reason=Reason.REFUSED)

        network.deliverer(mail_sender=SlowFailure()).deliver_next(Channel.EMAIL)
    assert [row.status for row in network.rows("SELECT status FROM delivery")] == ["delivered"]


def test_a_mail_that_failed_for_a_while_arrives_under_the_same_message_id(
    network: Network, send_mails: Callable[[ScriptedServer], Delivery | None]
) -> None:
    network.know_contacts()
    network.deliver_event(network.referral_event())
    with smtp_server({"TAKEN": DROP}) as server:
        failed = send_mails(server)
        assert failed is not None
        assert failed.status is Status.TEMPORARY_FAILURE
        assert send_mails(server) is None
        network.clock.advance(timedelta(minutes=1))
        del server.script["TAKEN"]
        assert send_mails(server).status is Status.DELIVERED  # type: ignore[union-attr]
    assert len({str(mail["Message-ID"]) for mail in server.mails}) == 1


def test_a_mail_that_failed_for_good_is_told_to_administrators_and_services(
    network: Network, send_mails: Callable[[ScriptedServer], Delivery | None]
) -> None:
    network.know_contacts()
    event = network.referral_event()
    network.deliver_event(event)
    with smtp_server({"RCPT": "550 no such user"}) as server:
        assert send_mails(server).status is Status.PERMANENT_FAILURE  # type: ignore[union-attr]
    ((event_type, data),) = network.emitted()
    assert (event_type, data["reason"], data["channel"]) == ("notification.failed.v1", "refused", "email")
    assert (data["event_id"], data["subject_id"]) == (event.id, event.subject)
    assert network.told() == ["admin.receiver", "worker.receiver"]


def test_an_account_disabled_after_the_news_gets_no_mail(
    network: Network, send_mails: Callable[[ScriptedServer], Delivery | None]
) -> None:
    network.know_contacts()
    network.deliver_event(network.referral_event())
    with network.container.unit_of_work() as uow:
        uow.contacts.disable(account("worker.receiver"))
        uow.commit()
    with smtp_server() as server:
        assert send_mails(server).status is Status.PERMANENT_FAILURE  # type: ignore[union-attr]
    assert server.mails == []


def test_urgent_mail_overtakes_what_waits(
    network: Network, send_mails: Callable[[ScriptedServer], Delivery | None]
) -> None:
    network.know_contacts()
    for _ in range(3):
        network.deliver_event(network.referral_event())
        network.clock.advance(timedelta(seconds=1))
    network.deliver_event(network.referral_event(urgency="urgent"))
    network.deliver_event(network.referral_event(urgency="emergency"))
    with smtp_server() as server:
        sent = [send_mails(server).urgency.value for _ in range(5)]  # type: ignore[union-attr]
    assert sent == ["emergency", "urgent", "routine", "routine", "routine"]


def test_a_mail_as_its_receiver_sees_it(
    network: Network, send_mails: Callable[[ScriptedServer], Delivery | None]
) -> None:
    network.know_contacts()
    event = network.referral_event(urgency="urgent", due_at="2026-03-02T16:00:00Z")
    network.deliver_event(event)
    with smtp_server() as server:
        send_mails(server)
    (mail,) = server.mails
    assert mail["From"] == "Lidhja <noreply@lidhja.example.org>"
    assert mail["To"] == "worker.receiver@demo.example.org"
    assert mail["Subject"] == "Keni një detyrë"
    assert mail["Importance"] == "high"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail.get_content_type() == "text/plain"
    body = mail.get_content().replace("\r\n", "\n")
    assert body.startswith(
        "Keni një detyrë.\n\nReferenca: LR-7K3M-2Q9D\nUrgjenca: urgjente\nAfati: 02.03.2026 17:00 CET\n"
    )
    assert f"https://portal.example.org/referrals/{event.subject}\n" in body
    assert all(len(line) <= 78 for line in server.raw[0].splitlines())
    assert RECEIVER not in body
