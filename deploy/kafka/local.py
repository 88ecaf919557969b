"""Runs a real Apache Kafka (KRaft, one broker or three) from its own jars, for machines without Docker.

    python deploy/kafka/local.py up --brokers 3 --state var --port-base 19092
    python deploy/kafka/local.py bootstrap --state var
    python deploy/kafka/local.py kill --broker 2 --state var
    python deploy/kafka/local.py down --state var

Needs Java 17 and Maven; the jars are brought by Maven once per state folder. Everything lies in
`<state>/kafka`. `up` starts whatever is not running, so it also brings a killed broker back.
"""

from __future__ import annotations

import argparse
import base64
import json
import os
import shutil
import signal
import socket
import struct
import subprocess
import sys
import time
import uuid
from dataclasses import asdict, dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
HOST = "127.0.0.1"
START_SECONDS = 90
STOP_SECONDS = 10
CONTROLLER_OFFSET = 10
JAVA_OPTIONS = ("-Xms128m", "-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")


class Refusal(Exception):
    """Why the command cannot be carried out, in one line."""


@dataclass(frozen=True)
class Cluster:
    """A cluster as it was formatted; kept in `cluster.json`."""

    folder: str
    brokers: int
    port_base: int
    cluster_id: str

    @property
    def root(self) -> Path:
        return Path(self.folder)

    @property
    def numbers(self) -> range:
        return range(1, self.brokers + 1)

    def port(self, number: int) -> int:
        return self.port_base + number - 1

    def controller_port(self, number: int) -> int:
        return self.port_base + CONTROLLER_OFFSET + number - 1

    def bootstrap(self) -> str:
        return ",".join(f"{HOST}:{self.port(number)}" for number in self.numbers)

    def broker_folder(self, number: int) -> Path:
        return self.root / f"broker-{number}"

    def pid_file(self, number: int) -> Path:
        return self.broker_folder(number) / "pid"


def load(state: Path) -> Cluster:
    file = state / "kafka" / "cluster.json"
    if not file.exists():
        raise Refusal(f"no cluster in {file.parent}")
    return Cluster(folder=str(file.parent), **json.loads(file.read_text(encoding="utf-8")))


def load_or_create(state: Path, brokers: int, port_base: int) -> Cluster:
    root = state / "kafka"
    if (root / "cluster.json").exists():
        cluster = load(state)
        if (cluster.brokers, cluster.port_base) != (brokers, port_base):
            raise Refusal(
                f"{root} holds a cluster of {cluster.brokers} from port {cluster.port_base}: remove the folder first"
            )
        return cluster
    root.mkdir(parents=True, exist_ok=True)
    cluster_id = base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")
    cluster = Cluster(str(root), brokers, port_base, cluster_id)
    kept = {key: value for key, value in asdict(cluster).items() if key != "folder"}
    (root / "cluster.json").write_text(json.dumps(kept) + "\n", encoding="utf-8")
    return cluster


def bring_jars(root: Path) -> str:
    """Let Maven copy the jars of pom.xml; return the broker's version."""
    libraries = root / "libs"
    if not list(libraries.glob("kafka_2.13-*.jar")):
        command = [
            "mvn", "-q", "-B", "-f", str(HERE / "pom.xml"), "dependency:copy-dependencies",
            "-DincludeScope=runtime", f"-DoutputDirectory={libraries}",
        ]  # fmt: skip
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise Refusal(f"Maven could not bring the jars of Kafka:\n{done.stdout[-2000:]}{done.stderr[-500:]}")
    jar = next(libraries.glob("kafka_2.13-*.jar"))
    return jar.stem.removeprefix("kafka_2.13-")


def java(cluster: Cluster, main: str, *arguments: str) -> list[str]:
    return ["java", *JAVA_OPTIONS, "-cp", f"{cluster.root / 'libs'}/*", main, *arguments]


def write_properties(cluster: Cluster, number: int) -> Path:
    folder = cluster.broker_folder(number)
    folder.mkdir(parents=True, exist_ok=True)
    voters = ",".join(f"{n}@{HOST}:{cluster.controller_port(n)}" for n in cluster.numbers)
    majority = max(1, cluster.brokers - 1)
    lines = {
        "process.roles": "broker,controller",
        "node.id": number,
        "controller.quorum.voters": voters,
        "controller.listener.names": "CONTROLLER",
        "listeners": f"PLAINTEXT://{HOST}:{cluster.port(number)},CONTROLLER://{HOST}:{cluster.controller_port(number)}",
        "advertised.listeners": f"PLAINTEXT://{HOST}:{cluster.port(number)}",
        "inter.broker.listener.name": "PLAINTEXT",
        "log.dirs": folder / "data",
        "default.replication.factor": cluster.brokers,
        "min.insync.replicas": majority,
        "offsets.topic.replication.factor": cluster.brokers,
        "offsets.topic.num.partitions": 8,
        "transaction.state.log.replication.factor": cluster.brokers,
        "transaction.state.log.min.isr": majority,
        "auto.create.topics.enable": "false",
        "unclean.leader.election.enable": "false",
        "group.initial.rebalance.delay.ms": 0,
        "broker.session.timeout.ms": 6000,
        "broker.heartbeat.interval.ms": 1000,
        "num.network.threads": 2,
        "num.io.threads": 4,
    }
    file = folder / "server.properties"
    file.write_text("".join(f"{key}={value}\n" for key, value in lines.items()), encoding="utf-8")
    return file


def running_pid(cluster: Cluster, number: int) -> int | None:
    """The broker's process id, if that process is still this very broker."""
    try:
        pid = int(cluster.pid_file(number).read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return None
    shown = subprocess.run(["ps", "-ww", "-p", str(pid), "-o", "args="], capture_output=True, text=True, check=False)
    return pid if str(cluster.broker_folder(number) / "server.properties") in shown.stdout else None


def format_command(cluster: Cluster, properties: Path) -> list[str]:
    """Return the command that formats a broker's storage; an id may begin with a dash, and is no option then."""
    return java(
        cluster, "kafka.tools.StorageTool", "format", f"--cluster-id={cluster.cluster_id}", "-c", str(properties)
    )


def start(cluster: Cluster, number: int) -> None:
    properties = write_properties(cluster, number)
    folder = cluster.broker_folder(number)
    if not (folder / "data" / "meta.properties").exists():
        done = subprocess.run(format_command(cluster, properties), capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise Refusal(f"broker {number} could not format its storage:\n{done.stdout}{done.stderr}")
    with (folder / "broker.log").open("ab") as log:
        process = subprocess.Popen(
            java(cluster, "kafka.Kafka", str(properties)),
            stdout=log, stderr=log, stdin=subprocess.DEVNULL, start_new_session=True, cwd=folder,
        )  # fmt: skip
    cluster.pid_file(number).write_text(f"{process.pid}\n", encoding="utf-8")


def known_brokers(port: int) -> int:
    """How many brokers one of them knows: a Metadata request (version 1, no topics) on a plain socket."""
    name = b"local"
    request = struct.pack(">hhih", 3, 1, 1, len(name)) + name + struct.pack(">i", 0)
    with socket.create_connection((HOST, port), timeout=2) as connection:
        connection.sendall(struct.pack(">i", len(request)) + request)
        with connection.makefile("rb") as answer:
            answer.read(8)
            (count,) = struct.unpack(">i", answer.read(4))
    return int(count)


def wait_until_ready(cluster: Cluster) -> None:
    deadline = time.monotonic() + START_SECONDS
    waiting = set(cluster.numbers)
    while waiting:
        for number in sorted(waiting):
            if running_pid(cluster, number) is None:
                log = (cluster.broker_folder(number) / "broker.log").read_text(errors="replace")[-2000:]
                raise Refusal(f"broker {number} has ended:\n{log}")
            try:
                if known_brokers(cluster.port(number)) == cluster.brokers:
                    waiting.discard(number)
            except (OSError, struct.error):
                pass
        if time.monotonic() > deadline:
            raise Refusal(f"brokers {sorted(waiting)} were not ready after {START_SECONDS} s; see broker.log")
        time.sleep(0.2)


def up(state: Path, brokers: int, port_base: int) -> None:
    for tool, package in (("java", "Java 17 (openjdk-17-jre-headless)"), ("mvn", "Maven (maven)")):
        if shutil.which(tool) is None:
            raise Refusal(f"{tool} is missing: install {package}")
    cluster = load_or_create(state, brokers, port_base)
    version = bring_jars(cluster.root)
    for number in cluster.numbers:
        if running_pid(cluster, number) is None:
            start(cluster, number)
    wait_until_ready(cluster)
    print(f"Apache Kafka {version}, {cluster.brokers} broker(s), bootstrap {cluster.bootstrap()}")


def down(cluster: Cluster) -> None:
    pids = {number: running_pid(cluster, number) for number in cluster.numbers}
    for pid in filter(None, pids.values()):
        os.kill(pid, signal.SIGTERM)
    deadline = time.monotonic() + STOP_SECONDS
    for number, told in pids.items():
        while told and running_pid(cluster, number) and time.monotonic() < deadline:
            time.sleep(0.2)
        # The last of three has no majority left to say goodbye to.
        if running_pid(cluster, number):
            kill(cluster, number)
        cluster.pid_file(number).unlink(missing_ok=True)


def kill(cluster: Cluster, number: int) -> None:
    pid = running_pid(cluster, number)
    if pid is None:
        raise Refusal(f"broker {number} is not running")
    os.kill(pid, signal.SIGKILL)
    while running_pid(cluster, number) is not None:
        time.sleep(0.05)


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    commands = parser.add_subparsers(dest="command", required=True)
    for name in ("up", "down", "bootstrap", "kill"):
        command = commands.add_parser(name)
        command.add_argument("--state", type=lambda text: Path(text).resolve(), required=True)
        if name == "up":
            command.add_argument("--brokers", type=int, choices=(1, 3), default=1)
            command.add_argument("--port-base", type=int, default=19092)
        if name == "kill":
            command.add_argument("--broker", type=int, required=True)
    arguments = parser.parse_args()
    try:
        if arguments.command == "up":
            up(arguments.state, arguments.brokers, arguments.port_base)
        elif arguments.command == "down":
            down(load(arguments.state))
        elif arguments.command == "kill":
            kill(load(arguments.state), arguments.broker)
        else:
            print(load(arguments.state).bootstrap())
    except Refusal as refusal:
        sys.stderr.write(f"{refusal}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
