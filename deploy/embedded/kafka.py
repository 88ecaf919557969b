"""Starts and stops the local Apache Kafka of an installation that asked for one."""

from __future__ import annotations

import subprocess
import sys

from deploy.embedded.processes import Environments
from deploy.embedded.settings import ROOT, Installation
from deploy.embedded.supervisor import Child, StepFailed, Supervisor

PORT_OFFSET = 20
_SCRIPT = str(ROOT / "deploy" / "kafka" / "local.py")


class KafkaUnavailable(Exception):
    """The local Kafka could not be started."""


def start(installation: Installation, supervisor: Supervisor, environments: Environments) -> str:
    """Start one broker inside the state folder and return its address."""
    port = installation.port_base + PORT_OFFSET
    command = [sys.executable, _SCRIPT, "up", "--state", str(installation.state), "--port-base", str(port)]
    try:
        supervisor.run_all([Child("kafka", command, environments.base())])
    except StepFailed as failure:
        raise KafkaUnavailable(
            f"{failure}\nOr name a running one: make run EVENTS=kafka KAFKA_BOOTSTRAP=host:port"
        ) from None
    return f"127.0.0.1:{port}"


def stop(installation: Installation) -> None:
    """Stop the broker, if it was started."""
    subprocess.run(
        [sys.executable, _SCRIPT, "down", "--state", str(installation.state)], capture_output=True, check=False
    )
