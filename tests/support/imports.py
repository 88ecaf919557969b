"""Sends a file to be imported and lets the worker do its work; packs tables into a package of HSDS."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from typing import Any

from services.directory.bootstrap import Directory
from tests.support.directory import Agency
from tests.support.hsds import FOLDER


def imported(directory: Directory, agency: Agency, content: str | bytes, **parameters: Any) -> dict[str, Any]:
    """Return the import at its end, with the report on its first rows."""
    answer = agency.upload(content, **{"dry_run": False, **parameters})
    assert answer.status_code == 202, answer.text
    while directory.run_next_import():
        pass
    job = agency.get(f"/imports/{answer.json()['id']}").json()
    return {**job, "rows": agency.get(f"/imports/{job['id']}/rows?limit=200").json()["items"]}


def codes_of(job: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return the columns and codes of everything that is wrong in an import."""
    return [(error["column"], error["code"]) for row in job["rows"] for error in row["errors"]]


def packed(tables: Mapping[str, str]) -> bytes:
    """Return a package of tables, each by its name without the ending."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in tables.items():
            package.writestr(f"{name}.csv", content)
    return file.getvalue()


def official_package(version: str) -> bytes:
    """Return the package of the official examples."""
    folder = FOLDER / f"hsds-{version}" / "examples" / "csv"
    return packed({table.stem: table.read_text() for table in folder.glob("*.csv")})
