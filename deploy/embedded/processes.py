"""Lists the processes of the system with the environment each is given: what a service needs, no more."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping

from deploy.embedded.postgres import EVENTS_DATABASE, Cluster
from deploy.embedded.secret_store import CLIENTS
from deploy.embedded.settings import ROOT, Installation
from deploy.embedded.supervisor import Child

# Services with a database, a worker and a part in the events; the portal has none of these.
STATEFUL = ("identity", "directory", "referral", "notify")
SERVICES = (*STATEFUL, "portal")
_INHERITED = ("PATH", "HOME", "LANG", "LC_ALL", "TZ", "TMPDIR", "VIRTUAL_ENV", "LOG_LEVEL", "SSL_CERT_FILE")


class Environments:
    """Builds the environment of every process of one installation."""

    def __init__(self, installation: Installation, cluster: Cluster, secrets: Mapping[str, str]) -> None:
        self._installation = installation
        self._cluster = cluster
        self._secrets = secrets
        self._kafka_bootstrap = installation.kafka_bootstrap

    def use_kafka(self, bootstrap: str) -> None:
        """Name the brokers, once they are known."""
        self._kafka_bootstrap = bootstrap

    def base(self) -> dict[str, str]:
        """Return what every process gets."""
        kept = {name: os.environ[name] for name in _INHERITED if name in os.environ}
        return kept | {"PYTHONUNBUFFERED": "1", "PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "ignore"}

    def of(self, service: str) -> dict[str, str]:
        """Return the environment of a service's processes."""
        url = self._installation.url
        client = "portal" if service == "portal" else f"svc-{service}"
        environment = self.base() | {
            "ISSUER": url("identity"),
            "JWKS_URL": f"{url('identity')}/oauth/jwks",
            "TOKEN_URL": f"{url('identity')}/oauth/token",
            "PORTAL_URL": url("portal"),
            "BIND": f"127.0.0.1:{self._installation.port(service)}",
            # The portal asks for all its visitors at once.
            "INTERNAL_NETWORKS": "127.0.0.0/8",
            **{f"{other.upper()}_URL": url(other) for other in STATEFUL},
        }
        if service != "identity":
            environment |= {"CLIENT_ID": client, "CLIENT_SECRET": self._secrets[f"client:{client}"]}
        if service in STATEFUL:
            environment |= self._storage(service)
        return environment | self._own(service)

    def _storage(self, service: str) -> dict[str, str]:
        role = f"lidhja_{service}"
        password = self._secrets[f"database:{role}"]
        storage = {
            "DATABASE_URL": self._cluster.url(role=role, password=password, database=role),
            "EVENTS_ENGINE": self._installation.events,
        }
        if self._installation.events == "kafka":
            return storage | {"KAFKA_BOOTSTRAP": self._kafka_bootstrap}
        events = self._cluster.url(role=role, password=password, database=EVENTS_DATABASE)
        return storage | {"EVENTS_DATABASE_URL": events}

    def _own(self, service: str) -> dict[str, str]:
        if service == "portal":
            return {"SESSION_KEY": self._secrets["session"]}
        own = {"KEY_ENCRYPTION_KEYS": self._secrets[f"keys:{service}"]} if f"keys:{service}" in self._secrets else {}
        if service == "directory":
            own |= {"PUBLIC_URL": self._installation.url(service)}
        if service == "notify":
            own |= {
                "SMTP_HOST": "127.0.0.1",
                "SMTP_PORT": str(self._installation.port("smtp")),
                "SMTP_FROM": "lidhja@example.org",
                "SMTP_STARTTLS": "false",
                # Partner systems on this very machine may be told; every other private address stays refused.
                "WEBHOOK_ALLOWED_NETWORKS": "127.0.0.0/8",
            }
        return own

    def for_demo(self, service: str) -> dict[str, str]:
        """Return the environment of the commands that load clients and demo data."""
        return self.of(service) | {
            "SERVICE_CLIENT_SECRETS": ",".join(f"{name}:{self._secrets[f'client:{name}']}" for name in CLIENTS),
            "DEMO_PASSWORD": self._secrets["demo:password"],
            "DEMO_SEED": self._secrets["demo:seed"],
        }


def cli(service: str, *arguments: str) -> list[str]:
    """Return the command line of a service's own command."""
    return [sys.executable, "-m", f"services.{service}.entrypoints.cli", *arguments]


def database(cluster: Cluster, environments: Environments) -> Child:
    """Return the embedded PostgreSQL; SIGINT is its fast and orderly stop."""
    import signal

    return Child("postgres", cluster.command(), environments.base(), user=cluster.runs_as, stop_signal=signal.SIGINT)


def mail_catcher(installation: Installation, environments: Environments) -> Child:
    """Return the SMTP server that writes what it gets as files."""
    port = str(installation.port("smtp"))
    command = [sys.executable, "-m", "deploy.embedded.mail_catcher", "--port", port]
    return Child("mail", [*command, "--folder", str(installation.mail_folder)], environments.base())


def api(service: str, environments: Environments) -> Child:
    """Return the web process of a service."""
    target = "wsgi" if service == "portal" else "asgi"
    command = [sys.executable, "-m", "gunicorn", "-c", f"services/{service}/gunicorn.conf.py"]
    return Child(service, [*command, f"services.{service}.entrypoints.{target}:app"], environments.of(service))


def worker(service: str, environments: Environments) -> Child:
    """Return the worker of a service: relay, consumer and whatever else it does in the background."""
    command = [sys.executable, "-m", f"services.{service}.entrypoints.worker"]
    return Child(f"{service}-worker", command, environments.of(service))
