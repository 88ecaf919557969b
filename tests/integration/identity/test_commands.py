"""The command line: refusals first, then the demo loaded once and for all."""

from __future__ import annotations

import base64
import io
import json
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from services.identity.demo_data import client_secret, demo_id
from services.identity.entrypoints.cli import main
from tests.support.postgres import temporary_database

SEED = "d" * 40
INTERNAL = ",".join(f"{name}:{'s' * 40}" for name in ("portal", "svc-notify"))


@pytest.fixture(scope="module")
def database_url() -> Iterator[str]:
    with temporary_database() as url:
        yield url


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch, database_url: str) -> None:
    values = {
        "DATABASE_URL": database_url,
        "ISSUER": "https://id.example.org",
        "PORTAL_URL": "https://portal.example.org",
        "KEY_ENCRYPTION_KEYS": "k1:" + base64.b64encode(b"k" * 32).decode(),
        "SERVICE_CLIENT_SECRETS": INTERNAL,
        "DEMO_SEED": SEED,
    }
    for name, value in values.items():
        monkeypatch.setenv(name, value)
    # It would leave the process a log that writes into this test's captured output.
    monkeypatch.setattr("services.identity.entrypoints.cli.configure_logging", lambda *_: None)
    assert main(["migrate"]) == 0


def rows(database_url: str, statement: str) -> list[tuple[object, ...]]:
    engine = create_engine(database_url)
    with engine.connect() as connection:
        found = [tuple(row) for row in connection.execute(text(statement))]
    engine.dispose()
    return found


@pytest.mark.parametrize("unfit", ["svc-notify:short", "partner:" + "s" * 40, "portal"])
def test_an_unfit_internal_client_is_refused(monkeypatch: pytest.MonkeyPatch, unfit: str) -> None:
    monkeypatch.setenv("SERVICE_CLIENT_SECRETS", unfit)
    assert main(["load-clients"]) == 1


def test_the_demo_needs_a_seed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEMO_SEED", "short")
    assert main(["load-demo"]) == 1


def test_an_account_is_refused_for_an_unknown_agency_or_a_short_password(monkeypatch: pytest.MonkeyPatch) -> None:
    command = ["create-account", "some.one", "--agency", demo_id("agency:none"), "--display-name", "Some One",
               "--email", "some.one@example.org", "--language", "sq", "--role", "caseworker"]  # fmt: skip
    monkeypatch.setattr("sys.stdin", io.StringIO("short\n"))
    assert main(command) == 1
    monkeypatch.setattr("sys.stdin", io.StringIO("a long enough password\n"))
    assert main(command) == 1


def test_the_demo_is_loaded_once_and_says_the_same_each_time(database_url: str, tmp_path: Path) -> None:
    first, second = tmp_path / "first.json", tmp_path / "second.json"
    assert main(["load-demo", "--output", str(first)]) == 0
    stored = rows(database_url, "SELECT id, version, password_hash FROM account ORDER BY id")
    events = rows(database_url, "SELECT count(*) FROM outbox")
    assert main(["load-demo", "--output", str(second)]) == 0
    assert rows(database_url, "SELECT id, version, password_hash FROM account ORDER BY id") == stored
    assert rows(database_url, "SELECT count(*) FROM outbox") == events
    assert first.read_bytes() == second.read_bytes()
    assert stat.S_IMODE(first.stat().st_mode) == 0o600
    summary = json.loads(first.read_text())
    partner = next(client for client in summary["clients"] if client["client_id"] == "ngo-tirana-system")
    assert partner["client_secret"] == client_secret(SEED, "ngo-tirana-system")
    assert {"officer.tirana", "caseworker.tirana", "worker.ngo"} <= {entry["username"] for entry in summary["accounts"]}


def test_internal_clients_follow_the_settings(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert main(["load-clients"]) == 0
    hashes = "SELECT id, secret_hash, redirect_uris FROM client WHERE kind <> 'partner' ORDER BY id"
    before = rows(database_url, hashes)
    assert [row[2] for row in before if row[0] == "portal"] == [["https://portal.example.org/callback"]]
    monkeypatch.setenv("SERVICE_CLIENT_SECRETS", INTERNAL.replace("svc-notify:s", "svc-notify:t"))
    assert main(["load-clients"]) == 0
    after = rows(database_url, hashes)
    assert [row[0] for row in after if row not in before] == ["svc-notify"]


def test_an_operator_brings_in_an_agency_and_lets_it_go(
    database_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def said() -> str:
        return capsys.readouterr().out.strip()

    said()
    assert main(["register-agency", "--name", "New agency", "--country", "XK", "--kind", "ngo"]) == 0
    agency_id = said()
    monkeypatch.setattr("sys.stdin", io.StringIO("a long enough password\n"))
    create = ["create-account", "new.person", "--agency", agency_id, "--display-name", "New Person",
              "--email", "new.person@example.org", "--language", "sq", "--role", "caseworker"]  # fmt: skip
    assert main(create) == 0
    account_id = said()
    assert main(["change-account", "new.person", "--role", "supervisor"]) == 0
    assert main(["disable-account", "new.person"]) == 0
    assert main(["disable-account", "new.person"]) == 0
    events = f"SELECT type, aggregate_version FROM outbox WHERE subject = '{account_id}' ORDER BY aggregate_version"
    types = rows(database_url, events)
    assert types == [("account.created.v1", 1), ("account.changed.v1", 2), ("account.disabled.v1", 3)]
    said()
    assert main(["create-client", "new-system", "--agency", agency_id]) == 0
    assert len(said()) == 43
    assert main(["create-client", "new-system", "--agency", demo_id("agency:ngo-tirana")]) == 1
    assert main(["create-client", "portal", "--agency", agency_id]) == 1
    granting = ["create-client", "new-system", "--agency", agency_id, "--scope", "listings:write"]
    assert main(granting) == 0
    assert rows(database_url, "SELECT scopes FROM client WHERE id = 'new-system'") == [(["listings:write"],)]
    with pytest.raises(SystemExit):
        main([*granting, "--scope", "accounts:read"])
    assert main(["disable-client", "new-system"]) == 0
    assert main(["disable-client", "new-system"]) == 1
    assert main(["rotate-keys"]) == 0
    assert main(["verify-audit"]) == 0
    assert main(["dead-letters", "list"]) == 0
