"""Asks a server as fast as it answers, over kept connections, from a process of its own.

It writes and reads plain sockets and checks every answer: status 2xx, and the text that must stand in it. One process
asks some thousands of times per second, several times what is measured with it. Run it with a JSON plan on standard
input; it prints the figures as JSON.
"""

from __future__ import annotations

import json
import random
import selectors
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from deploy.bench.measure import Round, Void

_END_OF_HEAD = b"\r\n\r\n"


@dataclass(frozen=True, kw_only=True)
class Request:
    """One request and a text that its answer must hold."""

    path: str
    expect: str
    method: str = "GET"
    body: str = ""
    bearer: str = ""

    def to_bytes(self) -> bytes:
        """Return what goes over the wire."""
        head = [f"{self.method} {self.path} HTTP/1.1", "Host: localhost", "Accept: application/json"]
        if self.bearer:
            head.append(f"Authorization: Bearer {self.bearer}")
        if self.body:
            head += ["Content-Type: application/json", f"Content-Length: {len(self.body.encode())}"]
        return ("\r\n".join(head) + "\r\n\r\n" + self.body).encode()


def ask(port: int, requests: Sequence[Request], *, clients: int, seconds: float, seed: int) -> Round:
    """Ask in a process of its own and return rate and latencies; raise :class:`Void` for any wrong answer."""
    plan = {"port": port, "clients": clients, "seconds": seconds, "seed": seed, "requests": list(map(asdict, requests))}
    done = subprocess.run(
        [sys.executable, "-m", "deploy.bench.load_client"], input=json.dumps(plan), capture_output=True, text=True
    )
    if done.returncode:
        raise Void(done.stderr.strip().splitlines()[-1] if done.stderr else "the client failed")
    figures: dict[str, float] = json.loads(done.stdout)
    return figures


class _Connection:
    """One kept connection that always waits for one answer."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.received = bytearray()
        self.expect = b""
        self.path = ""
        self.asked_at = 0.0

    def send(self, wire: bytes, expect: bytes, path: str) -> None:
        self.received.clear()
        self.expect, self.path, self.asked_at = expect, path, time.perf_counter()
        self.socket.sendall(wire)

    def take(self) -> bool:
        """Read what has come; say whether the answer is whole, and raise where it is wrong."""
        piece = self.socket.recv(262_144)
        if not piece:
            raise Void("the server closed a connection")
        self.received += piece
        end = self.received.find(_END_OF_HEAD)
        if end < 0:
            return False
        head = bytes(self.received[:end]).lower()
        if b"content-length:" not in head:
            raise Void("an answer does not say how long it is")
        length = int(head.split(b"content-length:", 1)[1].split(b"\r\n", 1)[0])
        if len(self.received) < end + 4 + length:
            return False
        if not head.startswith(b"http/1.1 2"):
            raise Void(f"{head.splitlines()[0].decode()} for {self.path}")
        if self.expect not in self.received:
            raise Void(f"{self.expect.decode()} is missing in the answer to {self.path}")
        return True


def _run(plan: dict[str, Any]) -> dict[str, float]:
    wires = [
        (request.to_bytes(), request.expect.encode(), request.path)
        for request in (Request(**entry) for entry in plan["requests"])
    ]
    random.Random(plan["seed"]).shuffle(wires)  # noqa: S311 - an order, no secret
    selector = selectors.DefaultSelector()
    for number in range(plan["clients"]):
        connection = _Connection(plan["port"])
        selector.register(connection.socket, selectors.EVENT_READ, connection)
        connection.send(*wires[number % len(wires)])
    latencies, sent, size = [], plan["clients"], 0
    started = time.perf_counter()
    until = started + plan["seconds"]
    while (now := time.perf_counter()) < until:
        for key, _ in selector.select(until - now):
            if key.data.take():
                latencies.append(time.perf_counter() - key.data.asked_at)
                size += len(key.data.received)
                key.data.send(*wires[sent % len(wires)])
                sent += 1
    if not latencies:
        raise Void("nothing was answered in time")
    return _figures(latencies, time.perf_counter() - started, size)


def _figures(latencies: list[float], seconds: float, size: int) -> dict[str, float]:
    latencies.sort()

    def percentile(share: float) -> float:
        return latencies[min(len(latencies) - 1, int(share * len(latencies)))] * 1000

    return {
        "per_second": len(latencies) / seconds,
        "p50_ms": percentile(0.50),
        "p95_ms": percentile(0.95),
        "p99_ms": percentile(0.99),
        "kb_per_answer": size / len(latencies) / 1000,
    }


if __name__ == "__main__":
    sys.stdout.write(json.dumps(_run(json.load(sys.stdin))))
