"""A worker stops its roles together: gracefully when told to, with a failure when one of them crashes."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
PROGRAM = """
import os, sys
from chassis.worker import run_worker

def steady(stop):
    print("steady runs", flush=True)
    stop.wait()
    print("steady stopped", flush=True)

def crashing(stop):
    raise ValueError("a person's name")

def ending(stop):
    return

sys.exit(run_worker(service="things", roles={"steady": steady, "crashing": crashing, "ending": ending}))
"""


def start(*roles: str, **environment: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", PROGRAM, *roles],
        cwd=ROOT,
        env={"PYTHONPATH": str(ROOT), **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_an_unknown_role_is_refused() -> None:
    _, errors = (process := start("nonsense")).communicate(timeout=20)
    assert process.returncode == 2
    assert "unknown role nonsense" in errors


@pytest.mark.parametrize("role", ["crashing", "ending"])
def test_a_role_that_fails_takes_the_others_down_with_it(role: str) -> None:
    output, _ = (process := start("steady", role)).communicate(timeout=20)
    assert process.returncode == 1
    assert "steady stopped" in output


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_stops_every_role_gracefully(number: signal.Signals) -> None:
    process = start("steady")
    assert process.stdout is not None
    assert process.stdout.readline() == "steady runs\n"
    process.send_signal(number)
    output, _ = process.communicate(timeout=20)
    assert (process.returncode, output) == (0, "steady stopped\n")


def test_a_running_worker_touches_its_heartbeat(tmp_path: Path) -> None:
    heartbeat = tmp_path / "heartbeat"
    process = start("steady", HEARTBEAT_FILE=str(heartbeat))
    assert process.stdout is not None
    process.stdout.readline()
    process.terminate()
    process.communicate(timeout=20)
    assert heartbeat.exists()
