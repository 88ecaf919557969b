"""Planted words: what a person writes about a child is found nowhere it does not belong, not even on disk."""

from __future__ import annotations

import shutil
import subprocess
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from deploy.embedded.postgres import Cluster
from deploy.embedded.settings import Installation
from tests.support.person_token import person_token
from tests.support.running_system import ROOT, RunningSystem, eventually
from tests.support.webhook_receiver import Receiver, webhook_receiver

# A word no library, file or person uses; parts of it tell the places apart where it was found.
MARKER = "kanarinjvz"
DATABASES = ("lidhja_identity", "lidhja_directory", "lidhja_referral", "lidhja_notify", "lidhja_events")


def planted(name: str, schema: dict[str, Any]) -> Any:
    """Return a value for a field of the packet: a marker wherever free text may stand."""
    if "$ref" in schema:
        return "2014-02-03"
    if schema["type"] == "boolean":
        return True
    if "enum" in schema:
        return schema["enum"][0]
    if schema["type"] == "array":
        return [planted(name, schema["items"])]
    return f"{MARKER} {name}"[: schema.get("maxLength", 100)]


def full_packet() -> dict[str, dict[str, Any]]:
    """Return a packet with every field of every group of the API description filled in."""
    description = yaml.safe_load((ROOT / "openapi" / "referral.yaml").read_text())
    groups = description["components"]["schemas"]["Packet"]["properties"]
    return {
        group: {name: planted(f"{group} {name}", field) for name, field in schema["properties"].items()}
        for group, schema in groups.items()
    }


class Caller:
    """One caller of the referral API."""

    def __init__(self, system: RunningSystem, token: str) -> None:
        self._http = httpx.Client(
            base_url=system.url("referral"), headers={"Authorization": f"Bearer {token}"}, trust_env=False, timeout=15
        )

    def post(self, path: str, expect: int, **arguments: Any) -> Any:
        headers = {"Idempotency-Key": str(uuid.uuid4())} | arguments.pop("headers", {})
        answer = self._http.post(path, headers=headers, **arguments)
        assert answer.status_code == expect, answer.text
        return answer

    def get(self, path: str, expect: int = 200) -> Any:
        answer = self._http.get(path)
        assert answer.status_code == expect, answer.text
        return answer


def service_of_partner(system: RunningSystem, token: str) -> str:
    answer = httpx.post(
        f"{system.url('directory')}/matches",
        headers={"Authorization": f"Bearer {token}"},
        json={"needs": ["psychosocial-support"], "age": 12, "languages": ["sq"], "municipality": "AL-tirane"},
        trust_env=False,
        timeout=15,
    )
    assert answer.status_code == 200, answer.text
    partner = "Save the Children in Albania"
    found = [entry["service"] for entry in answer.json()["matches"]]
    return next(str(entry["id"]) for entry in found if entry["organization_name"] == partner)


def draft_for(service_id: str) -> dict[str, Any]:
    packet = full_packet()
    return {
        "kind": "referral",
        "service_id": service_id,
        "urgency": "emergency",
        "triage": {
            "needs": ["psychosocial-support"], "age_band": "12-14", "sex": "female", "municipality": "AL-tirane",
            "languages": ["sq"],
        },
        "packet": packet,
        "consent": {
            "basis": "best_interests", "given_by": "none", "form": "none", "data_groups": sorted(packet),
            "override_reason": f"{MARKER} override reason",
        },
    }  # fmt: skip


def provoke_errors(caller: Caller, draft: dict[str, Any]) -> list[str]:
    """Type the marker into every wrong place and return what was answered."""
    wrong_type = {**draft, "urgency": f"{MARKER} urgency"}
    unknown_field = {**draft, f"{MARKER}": "x"}
    broken = f'{{"kind": "{MARKER}'.encode()
    answers = [
        caller.post("/referrals", 400, json=wrong_type),
        caller.post("/referrals", 400, content=broken, headers={"Content-Type": "application/json"}),
        caller.get(f"/referrals/{MARKER}", 400),
        caller.get(f"/referrals?direction={MARKER}", 400),
        caller.get(f"/{MARKER}", 404),
    ]
    # The name of an unknown field is told back, since only that helps whoever wrote it; nothing else keeps it.
    caller.post("/referrals", 400, json=unknown_field)
    return [answer.text for answer in answers]


def walk(system: RunningSystem, receiver: Receiver) -> None:
    """Walk a referral full of markers from draft to completion, until both sides have been told."""
    caseworker = Caller(system, token := person_token(system, "caseworker.tirana"))
    partner = Caller(system, system.client_token("ngo-tirana-system"))
    draft = draft_for(service_of_partner(system, token))
    for text in provoke_errors(caseworker, draft):
        assert MARKER not in text
    referral = caseworker.post("/referrals", 201, json=draft).json()
    address = f"/referrals/{referral['id']}"
    caseworker.post(f"{address}/send", 200)
    for path in ("", "/packet", "/history"):
        assert MARKER not in partner.get(address + path).text, f"released before acceptance by {path or 'detail'}"
    assert MARKER not in partner.get("/referrals?direction=inbound").text
    partner.post(f"{address}/accept", 200)
    assert partner.get(f"{address}/packet").text.count(MARKER) >= len(draft["packet"])
    partner.post(f"{address}/start", 200)
    partner.post(f"{address}/complete", 200, json={"outcome_code": "needs_met"})
    reference = str(referral["reference"])
    eventually("a webhook", lambda: any(reference.encode() in hook.body for hook in list(receiver.received)))
    eventually("e-mails to both sides", lambda: {"worker.ngo", "caseworker.tirana"} <= told_by_mail(system, reference))


def told_by_mail(system: RunningSystem, reference: str) -> set[str]:
    """Return the user names of those who got an e-mail about the referral."""
    mails = [mail for raw, mail in system.mails() if reference in raw + mail.get_content()]
    return {str(mail["To"]).partition("@")[0] for mail in mails}


@pytest.fixture(scope="module")
def walked(system: RunningSystem) -> Iterator[Receiver]:
    """The webhooks received while a referral full of markers went its way."""
    administrator = {"Authorization": f"Bearer {person_token(system, 'admin.ngo')}"}
    with webhook_receiver() as receiver, httpx.Client(base_url=system.url("notify"), headers=administrator) as notify:
        endpoint = notify.post("/webhook-endpoints", json={"url": f"http://127.0.0.1:{receiver.port}/"}).json()
        try:
            walk(system, receiver)
            yield receiver
        finally:
            notify.delete(f"/webhook-endpoints/{endpoint['id']}")


def test_no_webhook_holds_a_planted_word(walked: Receiver) -> None:
    assert walked.received
    for hook in walked.received:
        assert MARKER.encode() not in hook.body + hook.request_line.encode() + str(hook.headers).encode()


def test_no_mail_holds_a_planted_word(system: RunningSystem, walked: Receiver) -> None:
    assert system.mails()
    for raw, mail in system.mails():
        assert MARKER not in raw + str(mail["Subject"]) + mail.get_content()


def test_no_metric_holds_a_planted_word(system: RunningSystem, walked: Receiver) -> None:
    for service in ("identity", "directory", "referral", "notify"):
        assert MARKER not in httpx.get(f"{system.url(service)}/metrics", trust_env=False).text


def test_no_dump_of_a_database_holds_a_planted_word(system: RunningSystem, walked: Receiver, tmp_path: Path) -> None:
    state = Path(system.document["mail"]).parent
    cluster = Cluster(Installation.from_environment({"STATE_DIR": str(state)}))
    dump = shutil.which("pg_dump", path=str(cluster.programs))
    assert dump
    for database in DATABASES:
        command = [dump, "--host", str(cluster.sockets), "--username", "postgres", "--dbname", database]
        done = subprocess.run(command, capture_output=True, check=True, timeout=60)
        assert b"PostgreSQL database dump complete" in done.stdout
        assert MARKER.encode() not in done.stdout, f"found in {database}"


def test_no_file_of_the_installation_holds_a_planted_word(system: RunningSystem, walked: Receiver) -> None:
    """Logs, tables, write-ahead log and the broker's segments: whatever lies in the state folder."""
    state = Path(system.document["mail"]).parent
    files = [path for path in state.rglob("*") if path.is_file()]
    assert len(files) > 100
    found = [str(path.relative_to(state)) for path in files if MARKER.encode() in path.read_bytes()]
    assert found == []
