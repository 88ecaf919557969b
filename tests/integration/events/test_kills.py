"""A worker killed with SIGKILL at random moments loses nothing, repeats nothing and keeps the order."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from sqlalchemy import func, select

from chassis.events.registry import EventRegistry
from chassis.outbox.table import outbox
from tests.integration.events.things import ThingService, effect, wait_until

ROOT = Path(__file__).resolve().parents[3]
KEYS = ("a", "b", "c", "d")
SEED = 20260302


@pytest.mark.timeout(300)
@pytest.mark.parametrize(
    ("event_log", "kills"),
    [("postgres", 12), pytest.param("kafka", 3, marks=pytest.mark.kafka)],
    indirect=["event_log"],
)
def test_a_worker_killed_again_and_again_converges(
    things: ThingService, kills: int, registry: EventRegistry, request: pytest.FixtureRequest
) -> None:
    chance = random.Random(SEED)
    arguments = _arguments(things, registry, request)
    emitted = 0
    for _ in range(kills):
        worker = _start(arguments)
        try:
            before = _effects(things)
            for _ in range(chance.randrange(5, 60)):
                things.emit(*KEYS)
                emitted += 1
            # The kill falls while work is under way: after the first new effects, at a moment left to chance.
            wait_until(lambda before=before: _effects(things) > before, seconds=60)
            threading.Event().wait(chance.uniform(0, 0.3))
        finally:
            worker.kill()
            worker.wait(10)
    worker = _start(arguments)
    try:
        # Only this worker can bring about the last effect: once it is seen, the worker listens to signals too.
        things.emit(*KEYS)
        emitted += 1
        things.wait_for({key: list(range(1, emitted + 1)) for key in KEYS}, seconds=90)
        numbers = select(func.count(), func.max(outbox.c.published_number))
        with things.engine.connect() as connection:
            assert connection.execute(numbers).one() == (emitted * len(KEYS), emitted * len(KEYS))
        worker.terminate()
        assert worker.wait(30) == 0
    finally:
        worker.kill()


def _effects(things: ThingService) -> int:
    return int(things.scalar(select(func.count()).select_from(effect)))


def _arguments(things: ThingService, registry: EventRegistry, request: pytest.FixtureRequest) -> dict[str, str]:
    arguments = {
        "database": things.engine.url.render_as_string(hide_password=False),
        "topic": things.topic,
        "schemas": str(next(iter(registry)).file.parents[1]),
    }
    if request.node.callspec.params["event_log"] == "kafka":
        return {**arguments, "kafka": ",".join(request.getfixturevalue("kafka_cluster").bootstrap)}
    return {**arguments, "events_database": request.getfixturevalue("events_database")}


def _start(arguments: dict[str, str]) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "tests.integration.events.thing_worker", json.dumps(arguments)]
    return subprocess.Popen(command, cwd=ROOT, stderr=subprocess.DEVNULL)
