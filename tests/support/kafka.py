"""Gives tests a real Apache Kafka of three brokers, started once per session from its own jars."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from chassis.kafka.event_log import KafkaEventLog
from tests.support.ports import free_base
from tests.support.real_parts import note_real_part

SCRIPT = Path(__file__).resolve().parents[2] / "deploy" / "kafka" / "local.py"
BROKERS = 3
# Those of the brokers, and those of the controllers.
_PORTS = (0, 1, 2, 10, 11, 12)


@dataclass(frozen=True)
class KafkaCluster:
    """A running cluster whose brokers a test may kill, erase and bring back."""

    state: Path
    port_base: int

    @property
    def bootstrap(self) -> list[str]:
        return [f"127.0.0.1:{self.port_base + number}" for number in range(BROKERS)]

    def up(self) -> str:
        return _script("up", "--brokers", str(BROKERS), "--port-base", str(self.port_base), state=self.state)

    def down(self) -> None:
        _script("down", state=self.state)

    def kill(self, broker: int) -> None:
        _script("kill", "--broker", str(broker), state=self.state)

    def erase(self) -> None:
        """Lose every broker's disk, as if the machines had burnt, and start empty ones in their place."""
        for broker in range(1, BROKERS + 1):
            self.kill(broker)
            shutil.rmtree(self.state / "kafka" / f"broker-{broker}" / "data")
        self.up()

    def open(self) -> KafkaEventLog:
        return KafkaEventLog(self.bootstrap, replication=BROKERS)


def require_kafka() -> None:
    """Skip with one line that says what a real Kafka lacks here; with REQUIRE_KAFKA=1 its absence is a failure."""
    missing = [tool for tool in ("java", "mvn") if shutil.which(tool) is None]
    if missing:
        message = f"no {' and no '.join(missing)}: install openjdk-17-jre-headless and maven for a real Kafka"
        if os.environ.get("REQUIRE_KAFKA") == "1":
            pytest.fail(message, pytrace=False)
        pytest.skip(message)


@contextmanager
def running_cluster() -> Iterator[KafkaCluster]:
    """Start three brokers, or skip where there can be none."""
    require_kafka()
    state = Path(tempfile.mkdtemp(prefix="lidhja-kafka-"))
    cluster = KafkaCluster(state, free_base(_PORTS))
    try:
        note_real_part(cluster.up().strip().partition(", bootstrap")[0])
        yield cluster
    finally:
        cluster.down()
        shutil.rmtree(state, ignore_errors=True)


def _script(command: str, *arguments: str, state: Path) -> str:
    done = subprocess.run(
        [sys.executable, str(SCRIPT), command, "--state", str(state), *arguments],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
