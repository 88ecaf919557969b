"""Gives tests a mail server on loopback that keeps what it takes and fails by script."""

from __future__ import annotations

import datetime
import socket
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default as default_policy
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

DROP = "drop"


@dataclass
class ScriptedServer:
    """`script` maps a verb (EHLO, MAIL, RCPT, DATA, TAKEN) to a reply, or to DROP to cut the line there.

    DATA is judged before the mail is kept, TAKEN after: a drop at TAKEN leaves the sender in the dark.
    """

    script: dict[str, str] = field(default_factory=dict)
    mails: list[EmailMessage] = field(default_factory=list)
    raw: list[bytes] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    was_encrypted: list[bool] = field(default_factory=list)
    port: int = 0

    def _answer(self, server: SMTP, verb: str, good: str) -> str:
        reply = self.script.get(verb, good)
        if reply == DROP:
            server.transport.abort()
            return "421 gone"
        return reply

    async def handle_MAIL(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Answer MAIL FROM."""
        envelope.mail_from = address
        return self._answer(server, "MAIL", "250 OK")

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Answer RCPT TO."""
        reply = self._answer(server, "RCPT", "250 OK")
        if reply.startswith("25"):
            envelope.rcpt_tos.append(address)
        return reply

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Keep the mail unless the script says otherwise."""
        reply = self._answer(server, "DATA", "250 kept")
        if not reply.startswith("250"):
            return reply
        content = bytes(envelope.content or b"")
        self.raw.append(content)
        self.mails.append(message_from_bytes(content, policy=default_policy))
        self.recipients.extend(envelope.rcpt_tos)
        self.was_encrypted.append(session.ssl is not None)
        return self._answer(server, "TAKEN", "250 kept")


@contextmanager
def smtp_server(
    script: Mapping[str, str] | None = None, *, tls: ssl.SSLContext | None = None
) -> Iterator[ScriptedServer]:
    """Run a server on a free port; with `tls` it offers STARTTLS."""
    handler = ScriptedServer(dict(script or {}))
    # The controller cannot be given port 0: it calls the port it was given to see whether it listens.
    with socket.create_server(("127.0.0.1", 0)) as free:
        handler.port = free.getsockname()[1]
    controller = Controller(handler, hostname="127.0.0.1", port=handler.port, tls_context=tls)
    controller.start()
    try:
        yield handler
    finally:
        controller.stop()


def certificate_for(host: str, folder: Path) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """Return the server's and a trusting client's TLS context for a self-signed certificate."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(hours=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = folder / f"{host}.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    pem.write_bytes(private + certificate.public_bytes(serialization.Encoding.PEM))
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(pem)
    return server, ssl.create_default_context(cafile=str(pem))
