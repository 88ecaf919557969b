"""Connections that come all at once are shared by the workers of a server."""

from __future__ import annotations

import http.client
import signal
import socket
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from statistics import median

import pytest

WORKERS = 2
_PATIENCE = 30


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        # Handed over ready, so that nobody has to wait for the server to listen.
        server = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", "--bind", f"fd://{listening.fileno()}", "--workers", str(WORKERS),
             "--worker-class", "chassis.even_worker.EvenWorker", "tests.support.which_process:app"],
            pass_fds=[listening.fileno()], stderr=subprocess.DEVNULL,
        )  # fmt: skip
        try:
            _wait_until_all_work(port)
            yield port
        finally:
            server.send_signal(signal.SIGTERM)
            assert server.wait(_PATIENCE) == 0


def _wait_until_all_work(port: int) -> None:
    found: set[bytes] = set()
    for _ in range(1000):
        found.update(_asked_at_once(port, 4))
        if len(found) == WORKERS:
            return
    raise AssertionError(f"only {len(found)} of {WORKERS} workers answer")


def _asked_at_once(port: int, number: int) -> list[bytes]:
    connections = [http.client.HTTPConnection("127.0.0.1", port, timeout=_PATIENCE) for _ in range(number)]
    for connection in connections:
        connection.request("GET", "/")
    answers = [connection.getresponse().read() for connection in connections]
    for connection in connections:
        connection.close()
    return answers


def test_no_worker_gets_most_of_a_burst_of_connections(port: int) -> None:
    """Whoever has to wait for a processor takes fewer of a burst, so that it holds for most bursts and not for each."""
    largest = [max(Counter(_asked_at_once(port, 12)).values()) for _ in range(20)]
    assert median(largest) <= 8, largest


def test_one_caller_after_the_other_is_answered(port: int) -> None:
    for _ in range(50):
        assert _asked_at_once(port, 1)
