"""A worker that is killed while it imports loses nothing and does nothing twice; several share the work."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from tests.support.directory import Agency
from tests.support.own_directory import OwnDirectory, own_directory

ROWS = 3000
HEADER = "reference,name,description,kinds of help,languages,serves,municipality\n"
WORKER = "from services.directory.entrypoints.worker import main; main(['imports'])"
# With processes of its own, as for a large file.
IN_THREE = f"from services.directory.adapters import import_desk; import_desk.LARGE_BYTES = 0; {WORKER}"


@pytest.fixture(scope="module")
def own() -> Any:
    with own_directory() as found:
        yield found


def file_of(rows: int, mark: str) -> str:
    lines = (f"{mark}{n},Qendra {mark} {n},Talks.,psychosocial-support,sq,AL-tirane,AL-tirane\n" for n in range(rows))
    return HEADER + "".join(lines)


def one(own: OwnDirectory, statement: str, **given: Any) -> Any:
    with own.directory.engine.connect() as connection:
        return connection.execute(text(statement), given).scalar()


def position(own: OwnDirectory, import_id: str) -> int:
    return int(one(own, "SELECT position FROM import_job WHERE id = :id", id=import_id))


def processes_of(group: int) -> list[int]:
    """Return the processes of a group that are there and not only waited for."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            state, _, its = stat.read_text().rpartition(")")[2].split()[:3]
            found += [int(stat.parent.name)] if int(its) == group and state != "Z" else []
    return found


@pytest.mark.parametrize("code", [WORKER, IN_THREE], ids=["alone", "in three processes"])
def test_a_kill_in_the_middle_leaves_every_row_once(code: str) -> None:
    with own_directory() as own:
        kill_in_the_middle(own, code)


def kill_in_the_middle(own: OwnDirectory, code: str) -> None:
    agency = Agency(own.client, own.issuer)
    wanted = {"organization_id": agency.organization(), "dry_run": False, "publish": True}
    import_id = agency.upload(file_of(ROWS, "k"), **wanted).json()["id"]
    url = own.directory.engine.url.render_as_string(hide_password=False)
    environment = {**os.environ, "DATABASE_URL": url, "ISSUER": "https://issuer.example.org"}
    worker = subprocess.Popen(
        [sys.executable, "-c", code], env=environment, stderr=subprocess.DEVNULL, start_new_session=True
    )
    try:
        deadline = time.monotonic() + 120
        while position(own, import_id) == 0 and time.monotonic() < deadline and worker.poll() is None:
            pass
    finally:
        worker.send_signal(signal.SIGKILL)
        worker.wait()
    # Whoever helped it has nobody to help any more.
    deadline = time.monotonic() + 30
    while processes_of(worker.pid) and time.monotonic() < deadline:
        pass
    assert processes_of(worker.pid) == []
    assert 0 < position(own, import_id) < ROWS
    deadline = time.monotonic() + 60
    while position(own, import_id) < ROWS and time.monotonic() < deadline:
        own.directory.run_next_import()
    job = agency.get(f"/imports/{import_id}").json()
    assert (job["state"], job["counts"]["created"]) == ("done", ROWS)
    for table in ("listing", "search_entry", "published_document", "import_row"):
        assert one(own, f"SELECT count(*) FROM {table}") == ROWS
    announced = "SELECT count(*), count(DISTINCT subject) FROM outbox WHERE type = 'service.published.v1'"
    with own.directory.engine.connect() as connection:
        assert tuple(connection.execute(text(announced)).one()) == (ROWS, ROWS)
    assert one(own, "SELECT count(*) FROM import_piece") == 0


def test_two_workers_do_not_get_in_each_others_way(own: OwnDirectory) -> None:
    agency = Agency(own.client, own.issuer)
    wanted = {"organization_id": agency.organization(), "dry_run": False}
    ids = [agency.upload(file_of(600, mark), **wanted).json()["id"] for mark in ("x", "y")]
    workers = [threading.Thread(target=own.directory.run_next_import) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    while own.directory.run_next_import():
        pass
    jobs = [agency.get(f"/imports/{import_id}").json() for import_id in ids]
    assert [(job["state"], job["counts"]["created"]) for job in jobs] == [("done", 600)] * 2
