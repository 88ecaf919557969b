"""What a run of the benchmarks was asked to do, and what all of them share."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from deploy.bench.database import DatabaseServer


@dataclass(frozen=True)
class Bench:
    """One run: how large, how long, and where its databases are."""

    database: DatabaseServer
    state: Path
    size: int
    rounds: int
    seconds: float
    clients: int
    workers: int


def from_environment(database: DatabaseServer, state: Path) -> Bench:
    """Read SIZE, ROUNDS, SECONDS, CLIENTS and WORKERS; unset ones are as the promises are worded."""

    def number(name: str, default: int) -> int:
        return int(os.environ.get(name) or default)

    return Bench(
        database=database,
        state=state,
        size=number("SIZE", 100_000),
        rounds=number("ROUNDS", 5),
        seconds=float(number("SECONDS", 6)),
        clients=number("CLIENTS", 8),
        workers=number("WORKERS", len(os.sched_getaffinity(0))),
    )
