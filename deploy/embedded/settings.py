"""Reads what the operator chose: ports, the state folder, the engine of the event log."""

from __future__ import annotations

import hashlib
import os
import stat
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
OFFSETS = {"portal": 0, "directory": 1, "referral": 2, "notify": 3, "identity": 4, "smtp": 5}
# Above this the kernel hands ports to outgoing connections, which may sit on one when it is wanted.
HIGHEST_PORT = 32767
# The local Kafka and its controller lie behind the services.
FARTHEST_PORT = 40
# Linux takes 107 bytes for the path of a socket; PostgreSQL adds its file name.
LONGEST_SOCKET_FOLDER = 107 - len("/.s.PGSQL.5432.lock")


class SettingsError(Exception):
    """The operator chose something that cannot work; the message says what to choose instead."""


@dataclass(frozen=True)
class Installation:
    """Where one embedded installation lives and listens."""

    port_base: int
    state: Path
    events: str
    kafka_bootstrap: str

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Installation:
        """Read PORT_BASE, STATE_DIR, EVENTS and KAFKA_BOOTSTRAP; an empty variable counts as absent."""
        text = environment.get("PORT_BASE") or "8800"
        highest = HIGHEST_PORT - FARTHEST_PORT
        if not text.isdigit() or not 1024 <= int(text) <= highest:
            raise SettingsError(f"PORT_BASE={text} does not fit: choose a number from 1024 to {highest}.")
        events = environment.get("EVENTS") or "postgres"
        if events not in ("postgres", "kafka"):
            raise SettingsError(f"EVENTS={events} is not known: choose postgres or kafka.")
        state = Path(environment.get("STATE_DIR") or "var").expanduser()
        return cls(
            port_base=int(text),
            state=(state if state.is_absolute() else ROOT / state).resolve(),
            events=events,
            kafka_bootstrap=environment.get("KAFKA_BOOTSTRAP", ""),
        )

    def port(self, name: str) -> int:
        """Return the port of one of the names in OFFSETS."""
        return self.port_base + OFFSETS[name]

    def url(self, service: str) -> str:
        """Return the address of a service, without a slash at the end."""
        return f"http://127.0.0.1:{self.port(service)}"

    @property
    def log_folder(self) -> Path:
        """One file per process is written here."""
        return self.state / "log"

    @property
    def mail_folder(self) -> Path:
        """The mail catcher writes one file per e-mail here."""
        return self.state / "mail"

    def socket_folder(self, owner: int) -> Path:
        """Return (and create) a private folder short enough for the database's socket.

        A deep state folder cannot hold a socket, so that one lies in the system's temporary folder, under
        a name made from the state folder; somebody else's folder of that name is refused.
        """
        folder = self.state / "socket"
        if len(os.fsencode(folder)) > LONGEST_SOCKET_FOLDER:
            digest = hashlib.sha256(os.fsencode(self.state)).hexdigest()[:16]
            folder = Path(tempfile.gettempdir()) / f"lidhja-{digest}"
        folder.mkdir(mode=0o700, exist_ok=True)
        found = folder.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid not in (os.geteuid(), owner):
            raise SettingsError(f"{folder} belongs to somebody else; remove it or choose a shorter STATE_DIR.")
        os.chown(folder, owner, -1)
        folder.chmod(0o700)
        return folder
