"""What ten times the services cost a search: the slowest of a hundred answers, with a million and with fewer."""

from __future__ import annotations

from functools import partial

from sqlalchemy import create_engine

from deploy.bench.directory import directory_server, filled
from deploy.bench.load_client import Request, ask
from deploy.bench.machine import Server
from deploy.bench.measure import Goal, Outcome, in_turns, ratio
from deploy.bench.search import expected, fetched, questions
from deploy.bench.settings import Bench

_LARGE = 1_000_000
_MOST_TIMES = 3


def run(bench: Bench) -> Outcome:
    """Ask both directories the same in turns; each question's answers must stay as they were."""
    small, large = filled(bench), filled(bench, _LARGE)
    with (
        directory_server(small, workers=bench.workers) as usual,
        directory_server(large, workers=bench.workers) as grown,
    ):
        contenders = {
            name: partial(
                ask, server.port, _requests(url, server), clients=bench.clients, seconds=bench.seconds, seed=1
            )
            for name, url, server in (("usual", small, usual), ("grown", large, grown))
        }
        series = in_turns(contenders, rounds=bench.rounds)
    slower = ratio(series, "grown", "usual", "p99_ms")
    return Outcome(
        name=f"search with {_LARGE:,} services beside {bench.size:,}",
        series=series,
        goals=[Goal(what="p99 against the smaller one", value=slower, at_most=_MOST_TIMES)],
    )


def _requests(url: str, server: Server) -> list[Request]:
    engine = create_engine(url)
    asked = [Request(path=one.path, expect=expected(fetched(server.port, one.path))) for one in questions(engine)]
    engine.dispose()
    return asked
