"""Who can take this child now, asked of a full directory by many at once."""

from __future__ import annotations

import json
import random
import urllib.request
from collections.abc import Sequence
from functools import partial
from typing import Any

from sqlalchemy import create_engine, text

from deploy.bench.directory import directory_server, filled
from deploy.bench.issuer import issuer
from deploy.bench.load_client import Request, ask
from deploy.bench.measure import Goal, Outcome, in_turns
from deploy.bench.settings import Bench

_QUESTIONS = 200
_MOST_AT_P95 = 50
_LARGEST_TOWNS = "SELECT code FROM municipality WHERE rank >= 2 ORDER BY population DESC, code LIMIT 150"
_TERMS = (
    "SELECT term FROM (SELECT unnest(terms) AS term FROM search_entry LIMIT 50000) AS one GROUP BY term ORDER BY term"
)
_LANGUAGES = ("sq", "bs", "bg", "ro", "sr", "cnr", "rom", "en")


def run(bench: Bench) -> Outcome:
    """Ask what caseworkers ask, each question with a need, an age, a place and more."""
    url = filled(bench)
    with issuer() as tokens, directory_server(url, workers=bench.workers, JWKS_URL=tokens.keys_url) as directory:
        bearer = tokens.token(agency_id="bench", scopes="referrals:read")
        asked = [_with_expected(directory.port, body, bearer) for body in _questions(url)]
        measure = partial(ask, directory.port, asked, clients=bench.clients, seconds=bench.seconds, seed=1)
        series = in_turns({"matches": measure}, rounds=bench.rounds)
    fitting = sum(int(request.expect != '"matches":[]') for request in asked)
    return Outcome(
        name=f"POST /matches, {bench.size:,} services",
        series=series,
        goals=[Goal(what="p95 in ms", value=series["matches"].median("p95_ms"), at_most=_MOST_AT_P95)],
        notes={"questions": len(asked), "of which some service fits": fitting},
    )


def _questions(url: str) -> Sequence[dict[str, Any]]:
    rng = random.Random(11)  # noqa: S311 - the same questions at every run
    engine = create_engine(url)
    with engine.connect() as connection:
        towns = connection.scalars(text(_LARGEST_TOWNS)).all()
        terms = connection.scalars(text(_TERMS)).all()
    engine.dispose()
    return [_question(rng, towns, terms) for _ in range(_QUESTIONS)]


def _question(rng: random.Random, towns: Sequence[str], terms: Sequence[str]) -> dict[str, Any]:
    body: dict[str, Any] = {"needs": [rng.choice(terms)], "municipality": rng.choice(towns), "age": rng.randint(0, 17)}
    if rng.random() < 0.5:
        body["sex"] = rng.choice(["female", "male"])
    if rng.random() < 0.5:
        body["languages"] = [rng.choice(_LANGUAGES)]
    if rng.random() < 0.3:
        body["urgency"] = "emergency"
    if rng.random() < 0.2:
        body["accessibility"] = ["wheelchair"]
    return body


def _with_expected(port: int, body: dict[str, Any], bearer: str) -> Request:
    """Return the question with a text that every answer to it must hold: the best service that there is."""
    wire = json.dumps(body)
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {bearer}"}
    question = urllib.request.Request(f"http://127.0.0.1:{port}/matches", wire.encode(), headers)
    with urllib.request.urlopen(question) as answer:  # noqa: S310 - a server of our own
        matches = json.load(answer)["matches"]
    expect = matches[0]["service"]["id"] if matches else '"matches":[]'
    return Request(path="/matches", method="POST", body=wire, bearer=bearer, expect=expect)
