"""Each service answers while all the others are down, and what was done meanwhile reaches them afterwards."""

from __future__ import annotations

import os
import signal
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from tests.support.person_token import person_token
from tests.support.running_system import RunningSystem, eventually

SERVICES = ("identity", "directory", "referral", "notify", "portal")
pytestmark = pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="pausing processes needs Linux's /proc")


def processes_of(system: RunningSystem, service: str) -> list[int]:
    """Return the web and worker processes of a service: each knows the address it was given."""
    address = f"BIND={urlsplit(system.url(service)).netloc}".encode()
    found = []
    for folder in Path("/proc").iterdir():
        with suppress(OSError):
            if folder.name.isdigit() and address in (folder / "environ").read_bytes().split(b"\0"):
                found.append(int(folder.name))
    return found


@contextmanager
def down(system: RunningSystem, services: tuple[str, ...]) -> Iterator[None]:
    """Pause every process of the services: they hold their ports and answer nothing, the worst kind of down."""
    processes = [process for service in services for process in processes_of(system, service)]
    assert len(processes) >= len(services)
    try:
        for process in processes:
            os.kill(process, signal.SIGSTOP)
        yield
    finally:
        for process in processes:
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGCONT)


def all_but(service: str) -> tuple[str, ...]:
    return tuple(name for name in SERVICES if name != service)


class Door:
    """One person's way into the APIs."""

    def __init__(self, system: RunningSystem, username: str) -> None:
        self._system = system
        headers = {"Authorization": f"Bearer {person_token(system, username)}"}
        self._http = httpx.Client(headers=headers, trust_env=False, timeout=15)

    def __call__(self, method: str, service: str, path: str, **arguments: Any) -> Any:
        if method == "POST":
            arguments["headers"] = {"Idempotency-Key": str(uuid.uuid4())}
        answer = self._http.request(method, self._system.url(service) + path, **arguments)
        assert answer.is_success, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer.json()


@pytest.fixture(scope="module")
def caseworker(system: RunningSystem) -> Door:
    """A caseworker whose token every service has seen, so that each holds the issuer's keys."""
    door = Door(system, "caseworker.tirana")
    door("GET", "referral", "/referrals?direction=outbound")
    door("GET", "notify", "/inbox")
    door("POST", "directory", "/matches", json=NEED)
    return door


NEED = {"needs": ["psychosocial-support"], "age": 12, "languages": ["sq"], "municipality": "AL-tirane"}


def draft_for(service_id: str) -> dict[str, Any]:
    triage = {"age_band": "12-14", "sex": "unknown", "municipality": "AL-tirane", "languages": ["sq"]}
    return {
        "kind": "referral",
        "service_id": service_id,
        "urgency": "routine",
        "triage": {"needs": ["psychosocial-support"], **triage},
        "packet": {"identity": {"given_name": "Demo"}},
        "consent": {
            "basis": "consent", "given_by": "guardian", "form": "written", "obtained_at": "2026-01-10T08:00:00Z",
            "data_groups": ["identity"],
        },
    }  # fmt: skip


def test_the_directory_finds_and_matches_alone(system: RunningSystem, caseworker: Door) -> None:
    with down(system, all_but("directory")):
        assert httpx.get(f"{system.url('directory')}/services?search=tirane", trust_env=False).json()["contents"]
        assert caseworker("POST", "directory", "/matches", json=NEED)["matches"]


def test_the_inbox_can_be_read_alone(system: RunningSystem, caseworker: Door) -> None:
    with down(system, all_but("notify")):
        assert "items" in caseworker("GET", "notify", "/inbox")


def test_a_referral_is_written_and_sent_alone_and_told_when_the_others_are_back(
    system: RunningSystem, caseworker: Door
) -> None:
    matches = caseworker("POST", "directory", "/matches", json=NEED)["matches"]
    partner = "Save the Children in Albania"
    service = next(entry["service"] for entry in matches if entry["service"]["organization_name"] == partner)
    with down(system, all_but("referral")):
        referral = caseworker("POST", "referral", "/referrals", json=draft_for(service["id"]))
        caseworker("POST", "referral", f"/referrals/{referral['id']}/send")
        assert caseworker("GET", "referral", f"/referrals/{referral['id']}")["status"] == "sent"
        assert caseworker("GET", "referral", f"/referrals/{referral['id']}/history")["entries"]
        assert caseworker("GET", "referral", "/referrals?direction=outbound")["items"]
    worker = Door(system, "worker.ngo")

    def told() -> bool:
        items = worker("GET", "notify", "/inbox")["items"]
        return any(entry["subject"]["id"] == referral["id"] for entry in items)

    eventually("the inbox entry of the referral sent meanwhile", told, seconds=60)
