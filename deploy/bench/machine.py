"""Starts what is measured as processes of its own on free low ports, and makes sure that they and no other answer."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from deploy.bench.measure import Void

# Ports above are given to outgoing connections by the system.
_PORTS = range(18_100, 18_400)
_PATIENCE = 60.0


@dataclass(frozen=True)
class Server:
    """A running web server."""

    name: str
    port: int
    process: subprocess.Popen[bytes]

    def pids(self) -> list[int]:
        """Return the ids of the process and of its workers."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        return [self.process.pid, *map(int, children)]

    def megabytes(self) -> dict[int, float]:
        """Return what each process holds of memory for itself and its share of what it shares."""
        return {pid: _field(Path(f"/proc/{pid}/smaps_rollup"), "Pss") / 1024 for pid in self.pids()}


@contextmanager
def gunicorn(name: str, app: str, *arguments: str, environment: Mapping[str, str], workers: int) -> Iterator[Server]:
    """Serve an application until the block ends; raise :class:`Void` if it does not start."""
    port = free_port()
    command = [sys.executable, "-m", "gunicorn", "--bind", f"127.0.0.1:{port}", "--workers", str(workers)]
    settings = {**os.environ, **environment, "BIND": f"127.0.0.1:{port}", "WEB_WORKERS": str(workers)}
    process = subprocess.Popen(
        [*command, *arguments, app], env=settings, stdout=subprocess.DEVNULL, start_new_session=True
    )
    server = Server(name, port, process)
    try:
        _wait_for(server, workers)
        yield server
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(timeout=30)


def free_port() -> int:
    """Return a port that nobody listens on."""
    for port in _PORTS:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise Void("no free port")


def _wait_for(server: Server, workers: int) -> None:
    until = time.monotonic() + _PATIENCE
    while time.monotonic() < until:
        if server.process.poll() is not None:
            raise Void(f"{server.name} ended with {server.process.returncode}")
        listening = _listeners(server.port)
        if listening and len(server.pids()) > workers:
            if not listening <= set(server.pids()):
                raise Void(f"port {server.port} is answered by {listening}, not by {server.name}")
            return
        time.sleep(0.1)
    raise Void(f"{server.name} did not start")


def _listeners(port: int) -> set[int]:
    """Return the processes that hold the listening socket of a port."""
    wanted = {
        parts[9]
        for line in Path("/proc/net/tcp").read_text().splitlines()[1:]
        if (parts := line.split())[3] == "0A" and int(parts[1].split(":")[1], 16) == port
    }
    sockets = {f"socket:[{inode}]" for inode in wanted}
    return {int(entry.parts[2]) for entry in _descriptors() if _target(entry) in sockets}


def _descriptors() -> Iterator[Path]:
    for folder in Path("/proc").glob("[0-9]*/fd"):
        try:
            yield from folder.iterdir()
        except OSError:
            continue


def _target(entry: Path) -> str:
    try:
        return os.readlink(entry)
    except OSError:
        return ""


def _field(file: Path, name: str) -> float:
    for line in file.read_text().splitlines():
        if line.startswith(f"{name}:"):
            return float(line.split()[1])
    return 0.0
