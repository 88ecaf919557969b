"""Sends a file of services, lets the worker do its work, and says what became of it."""

from __future__ import annotations

import time
from typing import Any

from services.directory.bootstrap import Directory
from tests.support.directory import Agency

HEADER = "reference,name,description,kinds of help,languages,serves,municipality\n"


def row(reference: str, name: str = "Qendra Agimi", description: str = "Talks and games.") -> str:
    """Return a row under HEADER that is taken in."""
    return f"{reference},{name},{description},psychosocial-support,sq,AL-tirane,AL-tirane\n"


def imported(agency: Agency, directory: Directory, content: str | bytes, **parameters: Any) -> dict[str, Any]:
    """Return the import at its end, with its rows."""
    answer = agency.upload(content, **parameters)
    assert answer.status_code == 202, answer.text
    return work_off(agency, directory, answer.json()["id"])


def work_off(agency: Agency, directory: Directory, import_id: str) -> dict[str, Any]:
    """Do everything that waits, and return this import with its rows."""
    job, deadline = {"state": "waiting"}, time.monotonic() + 120
    # An import that broke off is held until the database has noticed that its connection is gone.
    while job["state"] in ("waiting", "running") and time.monotonic() < deadline:
        directory.run_next_import()
        job = agency.get(f"/imports/{import_id}").json()
    return {**job, "rows": agency.get(f"/imports/{import_id}/rows").json()["items"], "through": job["rows"]}


def errors_of(job: dict[str, Any]) -> list[tuple[str, str]]:
    """Return column and code of every fault of every row."""
    return [(error["column"], error["code"]) for row in job["rows"] for error in row["errors"]]


def actions_of(job: dict[str, Any]) -> list[str]:
    """Return what became of each row."""
    return [row["action"] for row in job["rows"]]
