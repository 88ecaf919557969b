"""Holds the parts of `make run` to their promises: private secrets, free ports, a way for the database, an end."""

from __future__ import annotations

import json
import os
import signal
import socket
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from deploy.embedded.passage import open_passage
from deploy.embedded.run import refuse_taken_ports
from deploy.embedded.secret_store import load_secrets
from deploy.embedded.settings import Installation, SettingsError

ROOT = Path(__file__).resolve().parents[2]
# One child that keeps a grandchild, under a supervisor in a process of its own.
SUPERVISED = """
import sys
from pathlib import Path
from deploy.embedded.supervisor import Child, Stopped, Supervisor
supervisor = Supervisor(Path(sys.argv[1]), lambda text: print(text, flush=True))
script = "sleep 1000 & echo $$ $! >> pids; wait"
supervisor.start(Child("child", ["sh", "-c", f"cd {sys.argv[1]}; {script}"], {"PATH": "/usr/bin:/bin"}))
print("started", flush=True)
try:
    while True:
        supervisor.pause(0.2)
except Stopped:
    supervisor.stop_all()
    print("stopped", flush=True)
"""


def eventually(condition: Callable[[], bool], *, seconds: float = 15.0) -> bool:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        threading.Event().wait(0.05)
    return True


def is_running(pid: int) -> bool:
    try:
        status = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False
    return status.rsplit(")", 1)[1].split()[0] != "Z"


def pids_in(folder: Path) -> list[list[int]]:
    file = folder / "pids"
    if not file.exists():
        return []
    return [[int(pid) for pid in line.split()] for line in file.read_text().splitlines() if len(line.split()) == 2]


def hear_every_signal() -> None:
    """Undo what the test run's own parent may have told it to ignore, as nohup and a shell's & do."""
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)


@pytest.fixture
def supervisor(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, "-c", SUPERVISED, str(tmp_path)],
        cwd=ROOT, stdout=subprocess.PIPE, text=True, preexec_fn=hear_every_signal,
    )  # fmt: skip
    assert eventually(lambda: bool(pids_in(tmp_path)))
    yield process
    process.kill()
    process.wait()


@pytest.mark.parametrize(
    "environment", [{"PORT_BASE": "80"}, {"PORT_BASE": "60000"}, {"PORT_BASE": "x"}, {"EVENTS": "x"}]
)
def test_a_setting_that_cannot_work_is_refused_with_what_to_choose(environment: dict[str, str]) -> None:
    with pytest.raises(SettingsError, match="choose"):
        Installation.from_environment(environment)


def test_empty_settings_mean_the_defaults() -> None:
    installation = Installation.from_environment({"PORT_BASE": "", "STATE_DIR": "", "EVENTS": ""})
    assert (installation.url("portal"), installation.port("smtp")) == ("http://127.0.0.1:8800", 8805)
    assert (installation.state, installation.events) == (ROOT / "var", "postgres")


def test_a_taken_port_is_named_with_what_to_do() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        installation = Installation(port_base=port - 2, state=Path("unused"), events="postgres", kafka_bootstrap="")
        taken.listen()
        with pytest.raises(SettingsError, match=rf"{port} \(referral\)(.|\n)*PORT_BASE="):
            refuse_taken_ports(installation)


def test_secrets_are_made_once_and_only_their_owner_can_read_them(tmp_path: Path) -> None:
    first = load_secrets(tmp_path)
    assert load_secrets(tmp_path) == first
    assert stat.S_IMODE((tmp_path / "secrets.json").stat().st_mode) == 0o600
    assert len(set(first.values())) == len(first)


def test_secrets_that_a_new_version_needs_are_added_to_the_old_ones(tmp_path: Path) -> None:
    first = load_secrets(tmp_path)
    kept = {name: value for name, value in first.items() if name != "session"}
    (tmp_path / "secrets.json").write_text(json.dumps(kept))
    second = load_secrets(tmp_path)
    assert {name: second[name] for name in kept} == kept
    assert second["session"] != first["session"]


def test_a_deep_state_folder_still_gets_a_socket(tmp_path: Path) -> None:
    deep = tmp_path / ("long" * 30)
    deep.mkdir()
    installation = Installation(port_base=8800, state=deep, events="postgres", kafka_bootstrap="")
    folder = installation.socket_folder(os.geteuid())
    try:
        with socket.socket(socket.AF_UNIX) as server:
            server.bind(str(folder / ".s.PGSQL.5432"))
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    finally:
        (folder / ".s.PGSQL.5432").unlink(missing_ok=True)
        folder.rmdir()


@pytest.mark.skipif(
    os.geteuid() != 0 or sys.platform != "linux", reason="only root lends the database a user of its own"
)
def test_the_databases_user_gets_through_a_closed_folder_and_nobody_else(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    inner = closed / "inner"
    inner.mkdir(parents=True)
    (inner / "file").write_text("here")
    inner.chmod(0o755)
    for folder in (closed, *closed.parents):
        if folder == Path("/tmp") or folder == Path("/"):
            break
        folder.chmod(0o711 if folder != closed else 0o700)
    user, other = 54321, 54322

    def can_read(uid: int) -> bool:
        return subprocess.run(["cat", str(inner / "file")], user=uid, capture_output=True).returncode == 0

    assert not can_read(user)
    assert open_passage(inner, user, "somebody") == [closed]
    assert can_read(user)
    assert not can_read(other)
    assert subprocess.run(["ls", str(closed)], user=user, capture_output=True).returncode != 0
    assert open_passage(inner, user, "somebody") == []


def test_a_crashed_child_is_started_again(supervisor: subprocess.Popen[str], tmp_path: Path) -> None:
    child, _ = pids_in(tmp_path)[0]
    os.kill(child, signal.SIGKILL)
    assert eventually(lambda: len(pids_in(tmp_path)) == 2)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_ends_children_and_grandchildren(
    supervisor: subprocess.Popen[str], tmp_path: Path, number: signal.Signals
) -> None:
    supervisor.send_signal(number)
    output, _ = supervisor.communicate(timeout=30)
    assert output.endswith("stopped\n")
    assert supervisor.returncode == 0
    assert [pid for pids in pids_in(tmp_path) for pid in pids if is_running(pid)] == []


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel's word about a parent's death is Linux's own")
def test_a_killed_supervisor_takes_its_children_along(supervisor: subprocess.Popen[str], tmp_path: Path) -> None:
    child, _ = pids_in(tmp_path)[0]
    supervisor.kill()
    supervisor.wait()
    assert eventually(lambda: not is_running(child))


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_make_passes_the_end_on_although_it_keeps_some_signals_to_itself(
    tmp_path: Path, number: signal.Signals
) -> None:
    # A recipe as short as the real one; make itself forwards SIGTERM alone.
    (tmp_path / "Makefile").write_text(f"run:\n\t@exec {sys.executable} supervised.py {tmp_path}\n")
    (tmp_path / "supervised.py").write_text(f"import sys; sys.path.insert(0, {str(ROOT)!r})\n{SUPERVISED}")
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    make = subprocess.Popen(
        ["make", "run"], cwd=tmp_path, env=environment, stdout=subprocess.DEVNULL, preexec_fn=hear_every_signal
    )
    try:
        assert eventually(lambda: bool(pids_in(tmp_path)))
        make.send_signal(number)
        make.wait(timeout=30)
        assert [pid for pids in pids_in(tmp_path) for pid in pids if is_running(pid)] == []
    finally:
        make.kill()
        make.wait()
