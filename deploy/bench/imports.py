"""Import of a file of services as the worker does it, against a bare COPY of the same rows with their indexes."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from sqlalchemy import create_engine, make_url, text

from chassis.clock import SystemClock
from chassis.database import make_engine
from chassis.migrations import migrate
from deploy.bench import services_data
from deploy.bench.bare_copy import BareCopy
from deploy.bench.directory import filled
from deploy.bench.living_copy import LivingCopy
from deploy.bench.measure import Goal, Outcome, Round, Void, in_turns, ratio
from deploy.bench.settings import Bench
from services.directory.adapters.export_files import pieces_of
from services.directory.adapters.export_records import Exported
from services.directory.adapters.reference_loader import load_reference
from services.directory.adapters.unit_of_work import DirectoryUnitOfWork
from services.directory.application.imports import StartImport, start_import
from services.directory.domain.imports import Format

# A fifth of SIZE, and no more than the promise speaks of.
_SHARE = 5
_MOST_SERVICES = 100_000
_LEAST_RATIO = 0.5
_MOST_GROWTH = 1.2


@dataclass(frozen=True)
class _Sender:
    """The system that sends the file."""

    agency_id: str = "bench"
    subject: str = "bench"
    client_id: str = "bench"
    account_id: None = None


def run(bench: Bench) -> Outcome:
    """Import the same file again and again into an empty directory, in turns with two copies of the rows."""
    size = min(bench.size // _SHARE, _MOST_SERVICES)
    file = _file(bench, size)
    rounds = _Rounds(bench, file)
    rounds.import_once()
    copied = BareCopy(_plain(rounds.url), bench.state / "copied")
    living = LivingCopy(_plain(rounds.url), rounds.fresh_url, bench.state / "living")
    contenders: dict[str, Callable[[], Round]] = {
        "import": rounds.import_once,
        "copy into tables in use": living.run,
        "copy": copied.run,
    }
    series = in_turns(contenders, rounds=bench.rounds)
    growth = series["import"].median("end_mb") / series["import"].median("quarter_mb")
    return Outcome(
        name=f"imports: {rounds.services:,} services as HSDS, one per line, into an empty directory",
        series=series,
        goals=[
            Goal(
                what="rate against a bare copy",
                value=ratio(series, "import", "copy", "per_second"),
                at_least=_LEAST_RATIO,
            ),
            Goal(what="memory at the end against a quarter", value=growth, at_most=_MOST_GROWTH),
        ],
        notes={
            "MB in the file": round(file.stat().st_size / 1_000_000),
            "ready rows into tables in use, against a bare copy": round(
                ratio(series, "copy into tables in use", "copy", "per_second"), 2
            ),
        },
    )


def _file(bench: Bench, size: int) -> Path:
    """Return the file that everybody can have of a directory of that size."""
    bench.state.mkdir(parents=True, exist_ok=True)
    path = bench.state / f"services_{size}.ndjson"
    if not path.exists():
        engine = make_engine(filled(bench, size))
        unfinished = path.with_suffix(".unfinished")
        with unfinished.open("wb") as file:
            for piece in pieces_of(Exported(engine, None), Format.LINES, "3.1"):
                file.write(piece)
        unfinished.rename(path)
        engine.dispose()
    return path


class _Rounds:
    """Imports a file into one directory after the other, each fresh."""

    def __init__(self, bench: Bench, file: Path) -> None:
        self._bench = bench
        self._file = file
        # Made anew each time: it takes seconds, and one that was kept may be older than the tables.
        bench.database.drop("imports_empty")
        bench.database.filled("imports_empty", _prepare)
        self.url = ""
        with file.open("rb") as lines:
            self.services = sum(1 for _ in lines)

    def import_once(self) -> Round:
        """Import into a directory that holds nothing but places and terms; raise Void where a service is missing."""
        self.url = self._bench.database.copied("imports_run", "imports_empty")
        self._send()
        command = [sys.executable, "-m", "deploy.bench.import_worker", self.url]
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode:
            raise Void(done.stderr.strip().splitlines()[-1] if done.stderr else "the import failed")
        figures: dict[str, float] = json.loads(done.stdout)
        self._check()
        return {"per_second": self.services / figures.pop("seconds"), **figures}

    def fresh_url(self) -> str:
        """Return the URL, as the driver reads it, of a directory like the one that is imported into, for others."""
        return _plain(self._bench.database.copied("imports_living", "imports_empty"))

    def _send(self) -> None:
        engine = make_engine(self.url)
        clock = SystemClock()
        with self._file.open("rb") as content:
            start_import(
                StartImport(
                    principal=_Sender(),
                    content=content,
                    size=self._file.stat().st_size,
                    format=Format.LINES,
                    is_trial=False,
                    publish=True,
                    skip_duplicates=False,
                    organization_id=None,
                    country="AL",
                ),
                unit_of_work=partial(DirectoryUnitOfWork, engine, clock=clock),
                clock=clock,
            )
        engine.dispose()

    def _check(self) -> None:
        engine = create_engine(self.url)
        with engine.connect() as connection:
            state = connection.scalar(text("SELECT state FROM import_job"))
            written = connection.scalar(text("SELECT count(*) FROM published_document"))
        engine.dispose()
        if state != "done" or written != self.services:
            raise Void(f"the import is {state} and {written} of {self.services} services are there")


def _prepare(url: str) -> None:
    migrate(services_data.FOLDER, url)
    engine = create_engine(url)
    with engine.begin() as connection:
        load_reference(connection)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE"))
    engine.dispose()


def _plain(url: str) -> str:
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
