"""Runs the benchmarks by name, or all of them; ends with 1 where a promise is not kept."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping
from importlib import import_module
from pathlib import Path

from deploy.bench.database import database_server
from deploy.bench.measure import Outcome, Void
from deploy.bench.report import PEER, keep, show, versions
from deploy.bench.settings import Bench, from_environment

# Each has a function ``run`` of its own module, which is loaded only where it is wanted.
BENCHMARKS = ("search", "matches", "visibility", "imports", "growth")
# These hold a million services and are run only by name.
_LARGE = frozenset(("growth",))


def main(names: list[str]) -> int:
    """Run, print, and keep the figures."""
    unknown = set(names) - set(BENCHMARKS)
    if unknown:
        print(f"There is no benchmark {', '.join(sorted(unknown))}; there are {', '.join(BENCHMARKS)}.")
        return 2
    state = Path(os.environ.get("STATE_DIR") or "var").resolve() / "bench"
    outcomes: list[Outcome] = []
    with database_server(state) as database:
        bench = from_environment(database, state)
        print(f"{bench.size:,} services, {bench.workers} workers, {bench.clients} clients. For comparison: {PEER}.")
        for name in names or [name for name in BENCHMARKS if name not in _LARGE]:
            run: Callable[[Bench], Outcome] = import_module(f"deploy.bench.{name}").run
            try:
                outcomes.append(run(bench))
            except Void as void:
                print(f"\n{name}: VOID. {void}")
                return 1
            show(outcomes[-1])
        environment: Mapping[str, object] = {**versions(database.version()), "size": bench.size}
        print(f"\nKept in {keep(outcomes, folder=state / 'results', environment=dict(environment))}")
    return 0 if all(goal.is_met for outcome in outcomes for goal in outcome.goals) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
