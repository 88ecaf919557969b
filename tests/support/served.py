"""Serves the directory as it is served in production, by gunicorn on a port of this machine."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from tests.support.tokens import ISSUER

ROOT = Path(__file__).resolve().parents[2]
_READY_SECONDS = 60


@contextmanager
def served_directory(database_url: str, **settings: str) -> Iterator[int]:
    """Yield the port of a server over this database, with these settings in its environment."""
    port = _free_port()
    environment = {"DATABASE_URL": database_url, "ISSUER": ISSUER, "BIND": f"127.0.0.1:{port}", **settings}
    command = [sys.executable, "-m", "gunicorn", "-c", "services/directory/gunicorn.conf.py",
               "services.directory.entrypoints.asgi:app"]  # fmt: skip
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(command, cwd=ROOT, env=os.environ | environment, stdout=log, stderr=log)
        try:
            _wait(process, port)
            yield port
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
            log.seek(0)
            sys.stderr.write(log.read().decode()[-4000:])


def _wait(process: subprocess.Popen[bytes], port: int) -> None:
    deadline = time.monotonic() + _READY_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with socket.create_connection(("127.0.0.1", port), 1) as probe:
                probe.sendall(b"GET /health/live HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
                if probe.recv(100):
                    return
        except OSError:
            continue
    raise AssertionError("the directory is not served")


def _free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
