"""Gives tests the whole system: the one described by RUN_JSON, or one of their own started for the session."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default as default_policy
from pathlib import Path
from typing import Any

import httpx

from tests.support.ports import free_base

ROOT = Path(__file__).resolve().parents[2]
_READY_SECONDS = 240
# Those of the services, and of a Kafka broker with its controller.
_PORTS = (*range(6), 20, 30)


@dataclass(frozen=True)
class RunningSystem:
    """Addresses, accounts and clients of a running installation."""

    document: dict[str, Any]

    def url(self, service: str) -> str:
        """Return the address of a service."""
        return str(self.document[service])

    def password(self, username: str) -> str:
        """Return the password of a demo account."""
        accounts = (entry for entry in self.document["accounts"] if entry["username"] == username)
        return str(next(accounts)["password"])

    def client(self, client_id: str) -> tuple[str, str]:
        """Return id and secret of a demo API client."""
        found = next(entry for entry in self.document["clients"] if entry["client_id"] == client_id)
        return found["client_id"], found["client_secret"]

    def client_token(self, client_id: str) -> str:
        """Return an access token of a partner's system."""
        answer = httpx.post(
            f"{self.url('identity')}/oauth/token",
            data={"grant_type": "client_credentials"},
            auth=self.client(client_id),
            trust_env=False,
            timeout=10,
        )
        answer.raise_for_status()
        return str(answer.json()["access_token"])

    def mails(self) -> list[tuple[str, EmailMessage]]:
        """Return all mails sent so far, each with its raw text."""
        found = []
        for path in sorted(Path(self.document["mail"]).glob("*.eml")):
            raw = path.read_bytes()
            message = message_from_bytes(raw, policy=default_policy)
            assert isinstance(message, EmailMessage)
            found.append((raw.decode("utf-8", "replace"), message))
        return found


@contextmanager
def running_system(events: str) -> Iterator[RunningSystem]:
    """Yield the system of RUN_JSON, or start one on ports and in a folder of its own and end it afterwards."""
    given = os.environ.get("RUN_JSON")
    if given:
        yield RunningSystem(json.loads(Path(given).read_text()))
        return
    with tempfile.TemporaryDirectory(prefix="lidhja-e2e-") as folder:
        # The database may run as a user of its own, who must be able to reach the folder.
        Path(folder).chmod(0o755)
        state = Path(folder) / "state"
        environment = os.environ | {"STATE_DIR": str(state), "PORT_BASE": str(free_base(_PORTS)), "EVENTS": events}
        environment.pop("MAKELEVEL", None)
        with (Path(folder) / "run.log").open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "deploy.embedded.run"],
                cwd=ROOT, env=environment, stdout=log, stderr=subprocess.STDOUT,
            )  # fmt: skip
        try:
            yield RunningSystem(_wait(process, state / "run.json", Path(folder) / "run.log"))
        finally:
            process.send_signal(signal.SIGTERM)
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(60)
            if process.poll() is None:
                process.kill()


def _wait(process: subprocess.Popen[bytes], run_file: Path, log: Path) -> dict[str, Any]:
    deadline = time.monotonic() + _READY_SECONDS
    while not run_file.exists():
        if process.poll() is not None or time.monotonic() > deadline:
            raise AssertionError(f"the system did not start:\n{log.read_text()[-4000:]}")
        time.sleep(0.2)
    return dict(json.loads(run_file.read_text()))


def eventually(what: str, probe: Any, *, seconds: float = 30) -> Any:
    """Ask until the answer is true and return it; events take a moment to arrive."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        found = probe()
        if found:
            return found
        time.sleep(0.2)
    raise AssertionError(f"not seen within {seconds:g} seconds: {what}")
