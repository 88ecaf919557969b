"""Serves a directory of any size for the benchmarks, as it is served to everybody."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

from chassis.migrations import migrate
from deploy.bench import services_data
from deploy.bench.machine import Server, gunicorn
from deploy.bench.settings import Bench

# What is measured must not be refused for being asked too often.
_SETTINGS = {
    "ISSUER": "https://issuer.example.org",
    "RATE_LIMIT_PER_MINUTE": "100000000",
    "LOG_LEVEL": "WARNING",
    "CLIENT_ID": "bench",
    "CLIENT_SECRET": "bench",
}


def filled(bench: Bench, size: int | None = None) -> str:
    """Return the URL of a database with so many published services; it is filled once, kept, and kept up to date."""
    size = size or bench.size
    url = bench.database.filled(f"services_{size}", partial(services_data.fill, size=size))
    migrate(services_data.FOLDER, url)
    return url


@contextmanager
def directory_server(url: str, *, workers: int, **settings: str) -> Iterator[Server]:
    """Serve the directory over this database until the block ends."""
    arguments = ("-c", "services/directory/gunicorn.conf.py")
    environment = {**_SETTINGS, "DATABASE_URL": url, **settings}
    app = "services.directory.entrypoints.asgi:app"
    with gunicorn("directory", app, *arguments, environment=environment, workers=workers) as server:
        yield server
