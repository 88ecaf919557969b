"""Requests are counted exactly, by many threads at once, and nothing is kept for ever."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from chassis import rate_limit
from chassis.rate_limit import ProcessStorage


class Clock:
    def __init__(self) -> None:
        self.now = 1_000.0

    def time(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    fake = Clock()
    monkeypatch.setattr(rate_limit, "time", fake)
    return fake


def test_many_threads_count_together_and_start_no_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: None, range(64)))

        def refuse(_thread: threading.Thread) -> None:
            raise AssertionError("counting starts a thread")

        monkeypatch.setattr(threading.Thread, "start", refuse)
        monkeypatch.setattr(pool, "_adjust_thread_count", lambda: None)
        storage = ProcessStorage()
        counts: list[Any] = list(pool.map(lambda _: storage.incr("caller", 60), range(4_000)))
        monkeypatch.undo()
    assert sorted(counts) == list(range(1, 4_001))


def test_a_count_ends_with_its_minute_and_begins_anew(clock: Clock) -> None:
    storage = ProcessStorage()
    assert [storage.incr("caller", 60), storage.incr("caller", 60)] == [1, 2]
    assert storage.get_expiry("caller") == clock.now + 60
    clock.now += 59.9
    assert storage.incr("caller", 60) == 3
    clock.now += 0.1
    assert storage.get("caller") == 0
    assert storage.incr("caller", 60) == 1


def test_who_has_not_asked_for_a_minute_is_forgotten(clock: Clock) -> None:
    storage = ProcessStorage()
    for number in range(100):
        storage.incr(f"caller {number}", 60)
    clock.now += 60
    storage.incr("another", 60)
    assert storage.reset() == 1


def test_one_caller_can_be_forgotten() -> None:
    storage = ProcessStorage()
    storage.incr("one", 60)
    storage.incr("other", 60)
    storage.clear("one")
    assert (storage.get("one"), storage.get("other"), storage.check()) == (0, 1, True)
