"""Hands mails to the mail server, verb by verb, and judges each reply: try again, or never."""

from __future__ import annotations

import smtplib
import ssl
from contextlib import closing, suppress
from dataclasses import dataclass
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from chassis.clock import Clock
from services.notify.application.ports import Letter
from services.notify.domain.delivery import Reason, Verdict

_TIMEOUT_SECONDS = 12.0


@dataclass(frozen=True)
class MailServer:
    """How to reach the mail server; without STARTTLS the way there must be private by other means."""

    host: str
    port: int
    sender: str
    requires_starttls: bool = True
    username: str = ""
    password: str = ""


class SmtpMailSender:
    """Speaks SMTP itself rather than by `send_message`, since the verdict depends on which verb was refused.

    Of the replies that say "never" (5xx) only those about the recipient or the message itself end the
    delivery. The others complain about us (credentials, sender, TLS): somebody can repair that, so the
    mail waits.
    """

    def __init__(self, server: MailServer, *, clock: Clock, tls: ssl.SSLContext | None = None) -> None:
        self._server = server
        self._clock = clock
        self._tls = tls

    def send(self, letter: Letter) -> Verdict:
        """Hand over one mail; the same letter has the same Message-ID on every attempt."""
        try:
            message = self._compose(letter)
        except (ValueError, MessageError):
            return Verdict(permanent=True, reason=Reason.REFUSED)
        try:
            with closing(self._connect()) as client:
                return self._converse(client, letter.to, message)
        except TimeoutError:
            return Verdict(reason=Reason.TIMEOUT)
        except ssl.SSLError:
            return Verdict(reason=Reason.TLS_FAILED)
        except smtplib.SMTPResponseException as error:
            return Verdict(reason=Reason.REFUSED, response_code=error.smtp_code)
        except (OSError, smtplib.SMTPException):
            return Verdict(reason=Reason.CONNECTION_FAILED)

    def _connect(self) -> smtplib.SMTP:
        own_name = self._server.sender.rpartition("@")[2]
        return smtplib.SMTP(self._server.host, self._server.port, own_name, timeout=_TIMEOUT_SECONDS)

    def _converse(self, client: smtplib.SMTP, to: str, message: bytes) -> Verdict:
        client.ehlo_or_helo_if_needed()
        if self._server.requires_starttls:
            if not client.has_extn("starttls"):
                return Verdict(reason=Reason.TLS_FAILED)
            client.starttls(context=self._tls or ssl.create_default_context())
            client.ehlo()
        if self._server.username:
            client.login(self._server.username, self._server.password)
        code, _ = client.mail(self._server.sender)
        if code != 250:
            return Verdict(reason=Reason.REFUSED, response_code=code)
        code, _ = client.rcpt(to)
        if code not in (250, 251):
            return _judge(code)
        try:
            code, _ = client.data(message)
        except smtplib.SMTPDataError as error:
            return _judge(error.smtp_code)
        if code != 250:
            return _judge(code)
        # The mail has been taken over; how the server says goodbye changes nothing.
        with suppress(OSError, smtplib.SMTPException):
            client.quit()
        return Verdict(accepted=True, response_code=code)

    def _compose(self, letter: Letter) -> bytes:
        if not letter.to.isascii() or letter.to.count("@") != 1:
            # Addresses in other letters than ASCII need SMTPUTF8, which few servers take.
            raise ValueError("not an address that can be written to")
        message = EmailMessage(policy=SMTP.clone(max_line_length=78))
        sender = Address(display_name="Lidhja", addr_spec=self._server.sender)
        message["From"] = sender
        message["To"] = Address(addr_spec=letter.to)
        message["Subject"] = letter.subject
        message["Date"] = format_datetime(self._clock.now())
        message["Message-ID"] = f"<{letter.delivery_id}@{sender.domain}>"
        message["Auto-Submitted"] = "auto-generated"
        message["X-Auto-Response-Suppress"] = "All"
        message["Content-Language"] = letter.language.value
        if letter.is_urgent:
            message["Importance"] = "high"
        message.set_content(letter.body, cte="quoted-printable")
        return message.as_bytes()


def _judge(code: int) -> Verdict:
    """Judge a reply about the recipient or the message; 421 closes the line and says nothing about either."""
    return Verdict(permanent=500 <= code < 600, reason=Reason.REFUSED, response_code=code)
