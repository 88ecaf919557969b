"""Starts the whole system on this machine and keeps it running until it is told to end: `make run`."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import socket
import sys
import time
from http.client import HTTPConnection, HTTPException
from typing import Any

from deploy.embedded import kafka, processes
from deploy.embedded.passage import PassageRefused
from deploy.embedded.postgres import EVENTS_DATABASE, Cluster, ClusterFault
from deploy.embedded.secret_store import DATABASES, load_secrets, write_private
from deploy.embedded.settings import OFFSETS, ROOT, Installation, SettingsError
from deploy.embedded.supervisor import Child, StepFailed, Stopped, Supervisor, tie_to_parent
from services.identity import demo_data

READY_SECONDS = 120.0


class Embedded:
    """One run of one installation, from the first progress line to the last process gone."""

    def __init__(self, installation: Installation) -> None:
        self._installation = installation
        self._started = time.monotonic()
        for folder in (installation.state, installation.log_folder, installation.mail_folder):
            folder.mkdir(mode=0o755, parents=True, exist_ok=True)
        self._run_file = installation.state / "run.json"
        self._lock = self._take_lock()
        self._secrets = load_secrets(installation.state)
        self._supervisor = Supervisor(installation.log_folder, self.say)

    def say(self, text: str) -> None:
        """Print a progress line with the seconds since the start."""
        print(f"[{time.monotonic() - self._started:5.1f} s] {text}", flush=True)

    def _take_lock(self) -> Any:
        """Refuse to share a state folder with another run; the lock goes with this process."""
        lock = open(self._installation.state / "lock", "w")  # noqa: SIM115
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise SettingsError(
                f"The system already runs on {self._installation.state}.\n"
                "Stop it first, or run a second one: make run STATE_DIR=var2 PORT_BASE=8900"
            ) from None
        return lock

    def run(self) -> None:
        """Bring everything up, say so, and watch over it; raises Stopped when the operator ends it."""
        self._run_file.unlink(missing_ok=True)
        refuse_taken_ports(self._installation)
        try:
            self._bring_up()
            while True:
                self._supervisor.pause(1.0)
        except Stopped as stopped:
            self.say(f"Told to end by {stopped}.")
            raise
        finally:
            self.say("Stopping ...")
            self._run_file.unlink(missing_ok=True)
            self._supervisor.stop_all()
            if self._installation.events == "kafka" and not self._installation.kafka_bootstrap:
                kafka.stop(self._installation)
            self.say("Stopped.")

    def _bring_up(self) -> None:
        cluster = Cluster(self._installation)
        self._environments = processes.Environments(self._installation, cluster, self._secrets)
        self.say("Starting the database ...")
        for folder in cluster.prepare():
            self.say(f"Allowed the user '{cluster.user.pw_name}' to pass through {folder} (nothing else).")
        self._supervisor.start(processes.database(cluster, self._environments))
        self._supervisor.start(processes.mail_catcher(self._installation, self._environments))
        self._supervisor.wait_until(cluster.is_ready, what="The database", seconds=60, blame=["postgres"])
        cluster.create_databases({name: self._secrets[f"database:{name}"] for name in DATABASES})
        self._prepare_events(cluster)
        self._migrate(cluster)
        self._load_once(cluster, "clients", {"identity-clients": ("identity", "load-clients")})
        self._load_once(cluster, reference_step(), {"directory-reference": ("directory", "load-reference")})
        self.say("Starting the services ...")
        for service in processes.SERVICES:
            self._supervisor.start(processes.api(service, self._environments))
        for service in processes.STATEFUL:
            self._supervisor.start(processes.worker(service, self._environments))
        demo = {"identity-demo": ("identity", "load-demo"), "directory-demo": ("directory", "load-demo")}
        self._load_once(cluster, "demo data", demo)
        self._wait_for_services()
        self._announce()

    def _prepare_events(self, cluster: Cluster) -> None:
        if self._installation.events == "kafka":
            if not self._installation.kafka_bootstrap:
                self.say("Starting Apache Kafka (the first time Maven brings its jars) ...")
                self._environments.use_kafka(kafka.start(self._installation, self._supervisor, self._environments))
            return
        from chassis.eventlog_postgres.schema import create_event_log

        roles = [name for name in DATABASES if name != EVENTS_DATABASE]
        create_event_log(cluster.admin_url(EVENTS_DATABASE), roles)

    def _migrate(self, cluster: Cluster) -> None:
        """Migrate the databases that are not at their head; a database at its head costs one query."""
        behind = [
            service for service in processes.STATEFUL if cluster.revision(f"lidhja_{service}") != head_of(service)
        ]
        if behind:
            self.say(f"Preparing the databases of {', '.join(behind)} ...")
            self._run_steps({f"{service}-migrate": (service, "migrate") for service in behind})

    def _load_once(self, cluster: Cluster, step: str, commands: dict[str, tuple[str, str]]) -> None:
        if step not in cluster.done_steps():
            self.say(f"Loading the {step.split(':')[0]} ...")
            self._run_steps(commands)
            cluster.mark_done(step)

    def _run_steps(self, steps: dict[str, tuple[str, str]]) -> None:
        self._supervisor.run_all(
            [
                Child(name, processes.cli(service, command), self._environments.for_demo(service))
                for name, (service, command) in steps.items()
            ]
        )

    def _wait_for_services(self) -> None:
        waiting = set(processes.SERVICES)

        def all_ready() -> bool:
            for service in sorted(waiting):
                if answers(self._installation.port(service)):
                    waiting.discard(service)
            return not waiting

        try:
            self._supervisor.wait_until(all_ready, what="The system", seconds=READY_SECONDS, blame=[])
        except StepFailed as failure:
            logs = "\n".join(f"--- {name}\n{self._supervisor.tail(name)}" for name in sorted(waiting))
            raise StepFailed(f"{failure}\nNot ready: {', '.join(sorted(waiting))}\n{logs}") from None

    def _announce(self) -> None:
        accounts = demo_data.demo_accounts(self._secrets["demo:password"])
        clients = demo_data.demo_clients(self._secrets["demo:seed"])
        document = {name: self._installation.url(name) for name in processes.SERVICES} | {
            "accounts": [pick(account, "username", "password", "role", "agency") for account in accounts],
            "clients": [pick(client, "client_id", "client_secret", "agency") for client in clients],
            "mail": str(self._installation.mail_folder),
        }
        write_private(self._run_file, json.dumps(document, indent=2, ensure_ascii=False) + "\n")
        self.say("Ready.")
        width = max(len(account["username"]) for account in accounts)
        print(f"\n  Portal:    {self._installation.url('portal')}")
        print(f"  Password of all demo accounts: {accounts[0]['password']}\n")
        for account in accounts:
            print(f"    {account['username']:<{width}}  {account['role']}, {account['agency']}")
        print(f"\n  All addresses, accounts and API clients: {self._run_file}")
        print(f"  E-mails: {self._installation.mail_folder}   Logs: {self._installation.log_folder}")
        print("  Ctrl-C ends everything; the data stays.\n", flush=True)


def pick(entry: dict[str, str], *names: str) -> dict[str, str]:
    """Return only the named members of an entry."""
    return {name: entry[name] for name in names}


def head_of(service: str) -> str:
    """Return the newest migration of a service."""
    return (ROOT / "services" / service / "migrations" / "HEAD").read_text().strip()


def reference_step() -> str:
    """Name the loading of the reference data after its content, so that new content is loaded again."""
    folder = ROOT / "services" / "directory" / "reference_data"
    content = b"".join(path.read_bytes() for path in sorted(folder.iterdir()) if path.suffix in (".csv", ".yaml"))
    return f"reference data:{hashlib.sha256(content).hexdigest()[:16]}"


def answers(port: int) -> bool:
    """Say whether the process behind a port calls itself ready."""
    connection = HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/health/ready")
        return connection.getresponse().status == 200
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


def refuse_taken_ports(installation: Installation) -> None:
    """Find out before anything starts whether every port is free, and name all that are not."""
    taken = []
    for name in OFFSETS:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", installation.port(name)))
            except OSError:
                taken.append(f"{installation.port(name)} ({name})")
    if taken:
        raise SettingsError(
            f"Already in use on this machine: port {', '.join(taken)}.\n"
            f"Stop what uses it, or choose other ports: make run PORT_BASE={installation.port_base + 100}"
        )


def main() -> None:
    """Run until told to end; every way out leaves no process and no port behind."""
    if os.environ.get("MAKELEVEL"):
        tie_to_parent()
    try:
        Embedded(Installation.from_environment(os.environ)).run()
    except Stopped:
        return
    except (SettingsError, PassageRefused, ClusterFault, StepFailed, kafka.KafkaUnavailable) as fault:
        sys.exit(f"\n{fault}")


if __name__ == "__main__":
    main()
