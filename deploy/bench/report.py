"""Shows what the benchmarks found, and keeps it as JSON with the versions that it holds for."""

from __future__ import annotations

import json
import os
import platform
import subprocess
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from deploy.bench.measure import Goal, Outcome

_LIBRARIES = ("connexion", "flask", "gunicorn", "sqlalchemy", "psycopg", "orjson", "jsonschema")
# Measured apart, on the same two cores and 100,000 providers: see docs/benchmarks.md.
PEER = "streetlives-api (Node, PostGIS) answers 1.6 to 2.7 searches per second over 100,000 providers"


def versions(database: str) -> dict[str, Any]:
    """Return what the figures depend on."""
    return {
        "python": platform.python_version(),
        "postgresql": database,
        "libraries": {name: version(name) for name in _LIBRARIES},
        "cpus": len(os.sched_getaffinity(0)),
        "commit": _commit(),
    }


def _commit() -> str:
    done = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True)
    return done.stdout.strip()


def show(outcome: Outcome) -> None:
    """Print median and spread of each figure, then the goals."""
    print(f"\n{outcome.name}")
    for name, series in outcome.series.items():
        for figure in series.rounds[0]:
            least, most = series.spread(figure)
            print(f"  {name:<12} {figure:<14} {series.median(figure):>10.2f}   ({least:.2f} to {most:.2f})")
    for note, value in outcome.notes.items():
        print(f"  {note}: {value}")
    for goal in outcome.goals:
        print(f"  {'met ' if goal.is_met else 'MISSED'} {goal.what}: {goal.value:.2f} ({_asked(goal)})")


def _asked(goal: Goal) -> str:
    least = [] if goal.at_least is None else [f"at least {goal.at_least:g}"]
    return ", ".join(least + ([] if goal.at_most is None else [f"at most {goal.at_most:g}"]))


def keep(outcomes: Sequence[Outcome], *, folder: Path, environment: dict[str, Any]) -> Path:
    """Write everything to a file of its own and return its path."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"bench-{datetime.now(UTC):%Y%m%dT%H%M%SZ}.json"
    found = [
        {
            "name": outcome.name,
            "series": {name: [dict(entry) for entry in series.rounds] for name, series in outcome.series.items()},
            "goals": [{**vars(goal), "is_met": goal.is_met} for goal in outcome.goals],
            "notes": dict(outcome.notes),
        }
        for outcome in outcomes
    ]
    path.write_text(json.dumps({"environment": environment, "outcomes": found}, indent=1, default=str))
    return path
