"""Runs the roles of a service's worker side by side and stops them together."""

from __future__ import annotations

import argparse
import os
import select
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from prometheus_client import start_http_server

from chassis.logs import get_logger
from chassis.metrics import REGISTRY

Role = Callable[[threading.Event], None]

_HEARTBEAT_SECONDS = 5.0
_STOP_SECONDS = 25.0
_logger = get_logger(__name__)


def run_worker(*, service: str, roles: Mapping[str, Role], argv: Sequence[str] | None = None) -> int:
    """Run the roles named on the command line, or all, until SIGTERM or SIGINT; return the exit status.

    A role is called with the event that tells it to stop. One that raises, or returns before it was told
    to, takes the others down with it and the process ends with 1: whoever supervises starts it afresh.
    Call it from the main thread: `sys.exit(run_worker(service=..., roles=...))`.
    """
    parser = argparse.ArgumentParser(prog=f"{service}-worker")
    parser.add_argument("roles", nargs="*", metavar="role", help=f"any of {', '.join(roles)}; all by default")
    chosen = parser.parse_args(sys.argv[1:] if argv is None else argv).roles or list(roles)
    unknown = [name for name in chosen if name not in roles]
    if unknown:
        parser.error(f"unknown role {', '.join(unknown)}; there are {', '.join(roles)}")
    return _Worker(service, {name: roles[name] for name in chosen}).run()


class _Worker:
    def __init__(self, service: str, roles: Mapping[str, Role]) -> None:
        self._service = service
        self._roles = roles
        self._stop = threading.Event()
        self._crashed: list[str] = []
        # Signals and ended roles wake the main thread through a socket: setting a threading.Event from a
        # signal handler can deadlock with the very wait it interrupts.
        self._bell, self._ringer = socket.socketpair()
        self._ringer.setblocking(False)

    def run(self) -> int:
        threads = [
            threading.Thread(target=self._run_role, args=(name, role), name=name, daemon=True)
            for name, role in self._roles.items()
        ]
        _serve_metrics()
        with self._signals_ring():
            for thread in threads:
                thread.start()
            _logger.info("worker started", extra={"fields": {"count": len(threads)}})
            self._wait()
            self._stop.set()
            status = self._join(threads)
        _logger.info("worker stopped")
        return status

    @contextmanager
    def _signals_ring(self) -> Iterator[None]:
        kept = {number: signal.signal(number, lambda *_: None) for number in (signal.SIGTERM, signal.SIGINT)}
        kept_descriptor = signal.set_wakeup_fd(self._ringer.fileno(), warn_on_full_buffer=False)
        try:
            yield
        finally:
            signal.set_wakeup_fd(kept_descriptor)
            for number, handler in kept.items():
                signal.signal(number, handler)

    def _run_role(self, name: str, role: Role) -> None:
        try:
            role(self._stop)
            if not self._stop.is_set():
                self._crashed.append(name)
                _logger.error("worker role ended by itself", extra={"fields": {"role": name}})
        except Exception:
            self._crashed.append(name)
            _logger.exception("worker role crashed", extra={"fields": {"role": name}})
        finally:
            self._ringer.send(b"!")

    def _wait(self) -> None:
        heartbeat = os.environ.get("HEARTBEAT_FILE")
        while True:
            if heartbeat:
                Path(heartbeat).touch()
            if select.select([self._bell], [], [], _HEARTBEAT_SECONDS)[0]:
                return

    def _join(self, threads: Sequence[threading.Thread]) -> int:
        deadline = time.monotonic() + _STOP_SECONDS
        for thread in threads:
            thread.join(max(0.0, deadline - time.monotonic()))
        late = [thread.name for thread in threads if thread.is_alive()]
        for name in late:
            _logger.error("worker role did not stop in time", extra={"fields": {"role": name}})
        return 1 if self._crashed or late else 0


def _serve_metrics() -> None:
    """Serve the worker's counters where METRICS_BIND (host:port) says so; by default nowhere."""
    address = os.environ.get("METRICS_BIND", "")
    if address:
        host, _, port = address.rpartition(":")
        start_http_server(int(port), addr=host, registry=REGISTRY)
