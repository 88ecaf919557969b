"""Search by words, age, municipality and distance with the full answer, against what it could be at best."""

from __future__ import annotations

import json
import math
import random
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import Connection, Engine, create_engine, make_url, text

from deploy.bench import ceiling
from deploy.bench.directory import directory_server, filled
from deploy.bench.load_client import Request, ask
from deploy.bench.machine import Server, gunicorn
from deploy.bench.measure import Goal, Outcome, Round, Void, in_turns, ratio
from deploy.bench.settings import Bench
from services.directory.adapters.text_query import readings

_QUERIES = 200
_KM = 25
_PER_PAGE = 20
_LARGEST_TOWNS = "SELECT code, latitude, longitude FROM municipality ORDER BY population DESC, code LIMIT 80"
_CEILING_SETTINGS = ("-c", "chassis/gunicorn_conf.py")
_MOST_AT_P95 = 25
_LEAST_RATIO = 0.5
# What people type, the commonest first; each is asked half as often as the one before the last.
_WORDS = (
    "psikolog", "психолог", "psiholog", "legal aid", "qendër ditore", "adăpost", "правна помощ", "логопед",
    "pravna pomoć", "kounselling", "семејно насиље", "avokat", "дневен център", "mediator", "шелтер",
)  # fmt: skip


@dataclass(frozen=True)
class Question:
    """Words, a town and an age."""

    words: str
    municipality: str
    centre: tuple[float, float]
    age: int

    @property
    def path(self) -> str:
        """Return how the directory is asked."""
        place = {"municipality": self.municipality, "within_km": _KM}
        return "/services?" + urlencode(
            {"search": self.words, "age": self.age, **place, "full": "true", "per_page": _PER_PAGE}
        )


def run(bench: Bench) -> Outcome:
    """Measure both in turns on the same database, after making sure that both find the same."""
    with _both(bench) as (engine, directory, limit):
        asked, bare = _same_results(engine, directory, limit)

        def answers(server: Server, requests: Sequence[Request]) -> Round:
            return ask(server.port, requests, clients=bench.clients, seconds=bench.seconds, seed=1)

        contenders = {"directory": partial(answers, directory, asked), "ceiling": partial(answers, limit, bare)}
        series = in_turns(contenders, rounds=bench.rounds)
        memory = [round(megabytes) for megabytes in directory.megabytes().values()]
    rate = ratio(series, "directory", "ceiling", "per_second")
    return Outcome(
        name=f"search: words, age, municipality, {_KM} km, full answers, {bench.size:,} services",
        series=series,
        goals=[
            Goal(what="rate against the ceiling", value=rate, at_least=_LEAST_RATIO),
            Goal(what="p95 in ms", value=series["directory"].median("p95_ms"), at_most=_MOST_AT_P95),
        ],
        notes={"requests in the mix": len(asked), "MB of each process": memory},
    )


@contextmanager
def _both(bench: Bench) -> Iterator[tuple[Engine, Server, Server]]:
    """Serve the directory and the ceiling over one database."""
    url = filled(bench)
    engine = create_engine(url)
    with engine.begin() as connection:
        for statement in ceiling.TABLE:
            connection.execute(text(statement))
    flat = {"CEILING_DATABASE": make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)}
    with (
        directory_server(url, workers=bench.workers) as directory,
        gunicorn(
            "ceiling", "deploy.bench.ceiling:app", *_CEILING_SETTINGS, environment=flat, workers=bench.workers
        ) as limit,
    ):
        yield engine, directory, limit


def questions(engine: Engine) -> Iterator[Question]:
    """Yield what people ask, the same at every run: common words and large towns more often than others."""
    rng = random.Random(7)  # noqa: S311 - no secret
    with engine.connect() as connection:
        places = connection.execute(text(_LARGEST_TOWNS)).all()
    for _ in range(_QUERIES):
        words = _WORDS[min(int(rng.expovariate(0.3)), len(_WORDS) - 1)]
        place = places[min(int(rng.expovariate(0.05)), len(places) - 1)]
        yield Question(words, place.code, (place.latitude, place.longitude), rng.randint(3, 17))


def _same_results(engine: Engine, directory: Server, limit: Server) -> tuple[list[Request], list[Request]]:
    """Return requests that find the same services at both."""
    asked, bare = [], []
    with engine.connect() as connection:
        for question in questions(engine):
            here, (flat, there) = fetched(directory.port, question.path), _at_best(connection, limit, question)
            ids = [[service["id"] for service in answer["contents"]] for answer in (here, there)]
            is_one_page = here["total_items"] <= _PER_PAGE
            if here["total_items"] != there["total_items"] or (is_one_page and set(ids[0]) != set(ids[1])):
                raise Void(f"the directory and the ceiling find different services for {question.path}")
            expect = expected(here)
            asked.append(Request(path=question.path, expect=expect))
            bare.append(Request(path=flat, expect=expect))
    return asked, bare


def expected(answer: Mapping[str, Any]) -> str:
    """Return a text that every answer to the same question must hold."""
    return f'"total_items":{answer["total_items"]},'


def _at_best(connection: Connection, limit: Server, question: Question) -> tuple[str, dict[str, Any]]:
    """Return how the ceiling is asked and what it answers, by the first reading of the words that finds enough."""
    path, answer = "", dict[str, Any]()
    for reading in readings(connection, question.words):
        if path and answer["total_items"] >= reading.unless_found:
            break
        asked = {"query": str(reading.condition.values["words"]), "age": question.age, "km": _KM}
        path = "/search?" + urlencode({**asked, **_box(*question.centre)})
        answer = fetched(limit.port, path)
    return path, answer


def _box(latitude: float, longitude: float) -> dict[str, float]:
    high = _KM / 111.19
    wide = high / math.cos(math.radians(latitude + high))
    sides = {"west": longitude - wide, "east": longitude + wide, "south": latitude - high, "north": latitude + high}
    return {**sides, "latitude": latitude, "longitude": longitude}


def fetched(port: int, path: str) -> dict[str, Any]:
    """Return the answer of a server of our own."""
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}") as answer:
        found: dict[str, Any] = json.load(answer)
    return found
