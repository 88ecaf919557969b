"""Gives tests a partner's system on loopback that answers by script and keeps what it was sent."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

Answer = bytes | Callable[[socket.socket], None]


@dataclass(frozen=True)
class Received:
    """One request as it came over the wire."""

    request_line: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Receiver:
    """Answers each connection with the next entry of the script, and with the last one from then on."""

    script: Sequence[Answer]
    port: int = 0
    received: list[Received] = field(default_factory=list)
    connections: int = 0

    def next_answer(self) -> Answer:
        """Return the answer for the connection just opened."""
        self.connections += 1
        return self.script[min(self.connections, len(self.script)) - 1]


def answer(status: int, *headers: str, body: bytes = b"") -> bytes:
    """Write an HTTP answer."""
    lines = [f"HTTP/1.1 {status} Whatever", f"Content-Length: {len(body)}", *headers, "", ""]
    return "\r\n".join(lines).encode() + body


@contextmanager
def webhook_receiver(*script: Answer, tls: ssl.SSLContext | None = None) -> Iterator[Receiver]:
    """Run a receiver on a free port."""
    listener = socket.create_server(("127.0.0.1", 0))
    receiver = Receiver(script or [answer(204)], listener.getsockname()[1])
    thread = threading.Thread(target=_serve, args=(listener, receiver, tls), daemon=True)
    thread.start()
    try:
        yield receiver
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join(5)


def _serve(listener: socket.socket, receiver: Receiver, tls: ssl.SSLContext | None) -> None:
    while True:
        try:
            connection, _ = listener.accept()
        except OSError:
            return
        reply = receiver.next_answer()
        with suppress(OSError):
            _answer(tls.wrap_socket(connection, server_side=True) if tls else connection, reply, receiver)
        connection.close()


def _answer(connection: socket.socket, reply: Answer, receiver: Receiver) -> None:
    connection.settimeout(10)
    with connection:
        receiver.received.append(_read(connection))
        if callable(reply):
            reply(connection)
        else:
            connection.sendall(reply)


def _read(connection: socket.socket) -> Received:
    data = b""
    while b"\r\n\r\n" not in data:
        data += connection.recv(65536) or _ended()
    head, _, body = data.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    while len(body) < int(headers.get("content-length", "0")):
        body += connection.recv(65536) or _ended()
    return Received(first, headers, body)


def _ended() -> bytes:
    raise ConnectionResetError
